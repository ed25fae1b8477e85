// Recorded from aiosmtpd 1.4.6; host names replaced.

extension RecordedReplies {
    static let aiosmtpd = RecordedReplies(
        server: "aiosmtpd 1.4.6",
        text: #"""
            # EHLO, smtp
            220 aiosmtpd.mail.example Python SMTP 1.4.6
            250-aiosmtpd.mail.example
            250-SIZE 5000000
            250-8BITMIME
            250-SMTPUTF8
            250-STARTTLS
            250 HELP
            # EHLO, smtp after STARTTLS
            220 Ready to start TLS
            250-aiosmtpd.mail.example
            250-SIZE 5000000
            250-8BITMIME
            250-SMTPUTF8
            250-AUTH LOGIN PLAIN
            250 HELP
            # EHLO, submission
            220 aiosmtpd.mail.example Python SMTP 1.4.6
            250-aiosmtpd.mail.example
            250-SIZE 5000000
            250-8BITMIME
            250-SMTPUTF8
            250-STARTTLS
            250 HELP
            # EHLO, submission after STARTTLS
            220 Ready to start TLS
            250-aiosmtpd.mail.example
            250-SIZE 5000000
            250-8BITMIME
            250-SMTPUTF8
            250-AUTH LOGIN PLAIN
            250 HELP
            # EHLO, submissions, implicit TLS
            220 aiosmtpd.mail.example Python SMTP 1.4.6
            250-aiosmtpd.mail.example
            250-SIZE 5000000
            250-8BITMIME
            250-SMTPUTF8
            250-AUTH LOGIN PLAIN
            250 HELP
            # EHLO, auth_plaintext
            220 aiosmtpd.mail.example Python SMTP 1.4.6
            250-aiosmtpd.mail.example
            250-SIZE 5000000
            250-8BITMIME
            250-SMTPUTF8
            250-AUTH LOGIN PLAIN
            250 HELP
            # EHLO, lmtp
            220 localhost aiosmtpd LMTP
            250-localhost
            250-SIZE 33554432
            250-8BITMIME
            250-SMTPUTF8
            250 HELP
            # unknown command
            500 Error: command "XYZZY" not recognized
            # empty line
            500 Error: bad syntax
            # GET / HTTP/1.1
            500 Error: command "GET" not recognized
            # MAIL before EHLO
            503 Error: send HELO first
            # EHLO without argument
            501 Syntax: EHLO hostname
            # EHLO with underscore/space
            250-aiosmtpd.mail.example
            250-SIZE 5000000
            250-8BITMIME
            250-SMTPUTF8
            250-STARTTLS
            250 HELP
            # EHLO address literal
            250-aiosmtpd.mail.example
            250-SIZE 5000000
            250-8BITMIME
            250-SMTPUTF8
            250-STARTTLS
            250 HELP
            # HELO
            250 aiosmtpd.mail.example
            # RCPT before MAIL
            503 Error: need MAIL command
            # DATA before MAIL
            503 Error: need RCPT command
            # DATA without RCPT
            503 Error: need RCPT command
            # MAIL twice
            503 Error: nested MAIL command
            # BDAT before MAIL
            500 Error: command "BDAT" not recognized
            # MAIL syntax
            250 OK
            # MAIL syntax 2
            250 OK
            # MAIL FROM: <a@x.test> (space)
            250 OK
            # MAIL FROM:<>
            250 OK
            # MAIL unqualified sender
            250 OK
            # MAIL unknown parameter
            555 MAIL FROM parameters not recognized or not implemented
            # RCPT unknown parameter
            555 RCPT TO parameters not recognized or not implemented
            # MAIL BODY=BINARYMIME
            501 Error: BODY can only be one of 7BIT, 8BITMIME
            # MAIL BODY=junk
            501 Error: BODY can only be one of 7BIT, 8BITMIME
            # MAIL SIZE=junk
            501 Syntax: MAIL FROM: <address> [SP <mail-parameters>]
            # MAIL AUTH=<>
            555 MAIL FROM parameters not recognized or not implemented
            # UTF-8 sender without SMTPUTF8
            250 OK
            # UTF-8 recipient without SMTPUTF8
            250 OK
            # MAIL RET=junk
            555 MAIL FROM parameters not recognized or not implemented
            # RCPT NOTIFY=junk
            555 RCPT TO parameters not recognized or not implemented
            # MAIL PRDR
            555 MAIL FROM parameters not recognized or not implemented
            # MAIL REQUIRETLS
            555 MAIL FROM parameters not recognized or not implemented
            # RCPT quoted local part
            250 OK
            # RCPT syntax
            553 5.1.3 Error: malformed address
            # RCPT unqualified
            250 OK
            # RCPT OK
            250 OK
            # RCPT nosuch
            550 5.1.1 Unknown user
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
            250 OK
            # after 421: NOOP
            250 OK
            # relay denied
            250 OK
            # blocked sender, MAIL
            550 5.7.1 Sender blocked
            # blocked sender, RCPT
            503 Error: need MAIL command
            # temp sender, MAIL
            250 OK
            # temp sender, RCPT
            250 OK
            # DATA refused (nodata@)
            354 End data with <CR><LF>.<CR><LF>
            # DATA ok (354)
            354 End data with <CR><LF>.<CR><LF>
            # after dot: 250
            250 2.0.0 stored as 1795449664.030448.13529_34.aio
            # after dot: dataperm
            250 2.0.0 stored as 1795449664.031656.13529_35.aio
            # after dot: datatemp
            250 2.0.0 stored as 1795449664.032765.13529_36.aio
            # after dot: content
            550 5.7.1 Message content rejected
            # RSET
            250 OK
            # NOOP
            250 OK
            # NOOP arg
            250 OK
            # VRFY
            252 Cannot VRFY user, but will accept message and attempt delivery
            # EXPN
            502 EXPN not implemented
            # HELP
            250 Supported commands: AUTH DATA EHLO HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY
            # QUIT
            221 Bye
            # STARTTLS argument
            501 Syntax: STARTTLS
            # RCPT line of 600
            500 Command line too long
            # RCPT line of 1100
            500 Command line too long
            # RCPT line of 3000
            500 Command line too long
            # RCPT line of 20000
            500 Command line too long
            # RCPT line of 100000
            500 Command line too long
            # NOOP line of 3000
            500 Command line too long
            # submission: MAIL before STARTTLS
            250 OK
            # submission: RCPT before STARTTLS
            250 OK
            # submission: AUTH before STARTTLS
            538 5.7.11 Encryption required for requested authentication mechanism
            # submission: MAIL without AUTH
            250 OK
            # submission: RCPT without AUTH
            250 OK
            # AUTH unknown mechanism
            504 5.5.4 Unrecognized authentication type
            # AUTH cancelled
            501 5.7.0 Auth aborted
            # AUTH bad base64
            501 5.5.2 Can't decode base64
            # AUTH LOGIN bad base64
            501 5.5.2 Can't decode base64
            # AUTH without mechanism
            501 Not enough value
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            334 VXNlciBOYW1lAA==
            # AUTH LOGIN with user as IR
            334 UGFzc3dvcmQA
            # STARTTLS twice
            220 Ready to start TLS
            # AUTH again after 235
            503 Already authenticated
            # AUTH within a transaction
            503 Already authenticated
            # AUTH line of 16000, then NOOP
            250 OK
            """#
    )
}
