// Recorded from OpenSMTPD 6.8 and OpenSMTPD 7.6; host names replaced.

extension RecordedReplies {
    static let openSMTPD68 = RecordedReplies(
        server: "OpenSMTPD 6.8",
        text: #"""
            # EHLO, smtp
            220 opensmtpd.mail.example ESMTP OpenSMTPD
            250-opensmtpd.mail.example Hello client.mail.example [127.0.0.1], pleased to meet you
            250-8BITMIME
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-DSN
            250-STARTTLS
            250 HELP
            # EHLO, submission
            220 opensmtpd.mail.example ESMTP OpenSMTPD
            250-opensmtpd.mail.example Hello client.mail.example [127.0.0.1], pleased to meet you
            250-8BITMIME
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-DSN
            250-STARTTLS
            250 HELP
            """#
    )

    static let openSMTPD76 = RecordedReplies(
        server: "OpenSMTPD 7.6",
        text: #"""
            # EHLO, smtp
            220 opensmtpd.mail.example ESMTP OpenSMTPD
            250-opensmtpd.mail.example Hello client.mail.example [127.0.0.1], pleased to meet you
            250-8BITMIME
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-DSN
            250-STARTTLS
            250 HELP
            # EHLO, smtp after STARTTLS
            220 2.0.0 Ready to start TLS
            250-opensmtpd.mail.example Hello client.mail.example [127.0.0.1], pleased to meet you
            250-8BITMIME
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-DSN
            250 HELP
            # EHLO, submission
            220 opensmtpd.mail.example ESMTP OpenSMTPD
            250-opensmtpd.mail.example Hello client.mail.example [127.0.0.1], pleased to meet you
            250-8BITMIME
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-DSN
            250-STARTTLS
            250 HELP
            # EHLO, submission after STARTTLS
            220 2.0.0 Ready to start TLS
            250-opensmtpd.mail.example Hello client.mail.example [127.0.0.1], pleased to meet you
            250-8BITMIME
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-DSN
            250-AUTH PLAIN LOGIN
            250 HELP
            # EHLO, submissions, implicit TLS
            220 opensmtpd.mail.example ESMTP OpenSMTPD
            250-opensmtpd.mail.example Hello client.mail.example [127.0.0.1], pleased to meet you
            250-8BITMIME
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-DSN
            250-AUTH PLAIN LOGIN
            250 HELP
            # unknown command
            500 5.5.1 Invalid command: Command unrecognized
            # empty line
            500 5.5.1 Invalid command: Command unrecognized
            # GET / HTTP/1.1
            500 5.5.1 Invalid command: Command unrecognized
            # MAIL before EHLO
            503 5.5.1 Invalid command: Command not allowed at this point.
            # EHLO without argument
            501 5.5.1 Invalid command: EHLO requires domain name
            # EHLO with underscore/space
            501 5.5.4 Invalid command arguments: Invalid domain name
            # EHLO address literal
            250-opensmtpd.mail.example Hello [127.0.0.1] [127.0.0.1], pleased to meet you
            250-8BITMIME
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-DSN
            250-STARTTLS
            250 HELP
            # HELO
            250 opensmtpd.mail.example Hello c.test [127.0.0.1], pleased to meet you
            # RCPT before MAIL
            503 5.5.1 Invalid command: Command not allowed at this point.
            # DATA before MAIL
            503 5.5.1 Invalid command: Command not allowed at this point.
            # DATA without RCPT
            503 5.5.4 Invalid command arguments: No recipient specified
            # MAIL twice
            503 5.5.1 Invalid command: Command not allowed at this point.
            # BDAT before MAIL
            500 5.5.1 Invalid command: Command unrecognized
            # MAIL syntax
            553 5.1.0 Sender address syntax error
            # MAIL syntax 2
            553 5.1.0 Sender address syntax error
            # MAIL FROM: <a@x.test> (space)
            250 2.0.0 Ok
            # MAIL FROM:<>
            250 2.0.0 Ok
            # MAIL unqualified sender
            250 2.0.0 Ok
            # MAIL unknown parameter
            503 5.5.4 Invalid command arguments: Unsupported option FOO=bar
            # RCPT unknown parameter
            503 Unsupported option FOO=bar
            # MAIL BODY=BINARYMIME
            503 5.5.4 Invalid command arguments: Unsupported option BODY=BINARYMIME
            # MAIL BODY=junk
            503 5.5.4 Invalid command arguments: Unsupported option BODY=junk
            # MAIL SIZE=junk
            250 2.0.0 Ok
            # MAIL AUTH=<>
            250 2.0.0 Ok
            # UTF-8 sender without SMTPUTF8
            553 5.1.0 Sender address syntax error
            # UTF-8 recipient without SMTPUTF8
            501 5.1.3 Recipient address syntax error
            # MAIL RET=junk
            250 2.0.0 Ok
            # RCPT NOTIFY=junk
            250 2.1.5 Destination address valid: Recipient ok
            # MAIL PRDR
            503 5.5.4 Invalid command arguments: Unsupported option PRDR
            # MAIL REQUIRETLS
            503 5.5.4 Invalid command arguments: Unsupported option REQUIRETLS
            # RCPT quoted local part
            501 5.1.3 Recipient address syntax error
            # RCPT syntax
            550 Invalid recipient: <user@opensmtpd.mail.example>
            # RCPT unqualified
            550 Invalid recipient: <postmaster@opensmtpd.mail.example>
            # RCPT OK
            250 2.1.5 Destination address valid: Recipient ok
            # RCPT nosuch
            524 5.2.4 Mailing list expansion problem: <nosuch@mail.example>
            # RCPT tempfail
            450 4.2.0 Greylisted, come back in 5 minutes
            # RCPT temp451
            451 4.3.0 Local error in processing
            # RCPT full
            452 4.2.2 Mailbox full
            # RCPT quota
            552 5.2.2 Mailbox over quota
            # RCPT reject
            550 5.7.1 Rejected by policy
            # RCPT shutdown
            421 4.3.2 Service shutting down
            # relay denied
            550 Invalid recipient: <x@elsewhere.example>
            # blocked sender, MAIL
            550 5.7.1 Sender blocked
            # blocked sender, RCPT
            503 5.5.1 Invalid command: Command not allowed at this point.
            # temp sender, MAIL
            450 4.1.8 Sender domain not found, try later
            # temp sender, RCPT
            503 5.5.1 Invalid command: Command not allowed at this point.
            # DATA refused (nodata@)
            354 Enter mail, end with "." on a line by itself
            # DATA ok (354)
            354 Enter mail, end with "." on a line by itself
            # after dot: 250
            250 2.0.0 c0610a34 Message accepted for delivery
            # after dot: dataperm
            524 5.2.4 Mailing list expansion problem: <dataperm@mail.example>
            # after dot: datatemp
            524 5.2.4 Mailing list expansion problem: <datatemp@mail.example>
            # after dot: content
            250 2.0.0 e32abdbd Message accepted for delivery
            # RSET
            250 2.0.0 Reset state
            # NOOP
            250 2.0.0 Ok
            # NOOP arg
            250 2.0.0 Ok
            # VRFY
            500 5.5.1 Invalid command: Command unrecognized
            # EXPN
            500 5.5.1 Invalid command: Command unrecognized
            # HELP
            214-2.0.0 This is OpenSMTPD
            214-2.0.0 To report bugs in the implementation, please contact bugs@openbsd.org
            214-2.0.0 with full details
            214 2.0.0 End of HELP info
            # QUIT
            221 2.0.0 Bye
            # STARTTLS argument
            501 5.5.4 Invalid command arguments: No parameters allowed
            # RCPT line of 600
            501 5.1.3 Recipient address syntax error
            # RCPT line of 1100
            501 5.1.3 Recipient address syntax error
            # RCPT line of 3000
            500 5.0.0 Command line too long
            # RCPT line of 20000
            500 5.0.0 Command line too long
            # RCPT line of 100000
            500 5.0.0 Line too long
            # NOOP line of 3000
            500 5.0.0 Command line too long
            # submission: MAIL before STARTTLS
            530 5.5.1 Invalid command: Must issue a STARTTLS command first
            # submission: RCPT before STARTTLS
            503 5.5.1 Invalid command: Command not allowed at this point.
            # submission: AUTH before STARTTLS
            503 5.5.1 Invalid command: Command not supported
            # submission: MAIL without AUTH
            530 5.5.1 Invalid command: Must issue an AUTH command first
            # submission: RCPT without AUTH
            503 5.5.1 Invalid command: Command not allowed at this point.
            # AUTH unknown mechanism
            504 5.7.4 Security features not supported: AUTH method "FOO" not supported
            # AUTH cancelled
            501 5.5.2 Syntax error: Syntax error
            # AUTH bad base64
            501 5.5.2 Syntax error: Syntax error
            # AUTH LOGIN bad base64
            501 5.5.2 Syntax error: Syntax error
            # AUTH without mechanism
            501 5.5.4 Invalid command arguments: No parameters given
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            334 VXNlcm5hbWU6
            # AUTH LOGIN with user as IR
            334 UGFzc3dvcmQ6
            # STARTTLS twice
            503 5.5.1 Invalid command: Channel already secured
            # AUTH again after 235
            503 5.5.1 Invalid command: Already authenticated
            # AUTH within a transaction
            503 5.5.1 Invalid command: Command not allowed at this point.
            """#
    )
}
