// Recorded from sendmail 8.17; host names replaced.

extension RecordedReplies {
    static let sendmail = RecordedReplies(
        server: "sendmail 8.17",
        text: #"""
            # EHLO, smtp
            220 sendmail.mail.example ESMTP Sendmail 8.17.1.9/8.17.1.9
            250-sendmail.mail.example Hello localhost [127.0.0.1], pleased to meet you
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250-EXPN
            250-VERB
            250-8BITMIME
            250-SIZE 5000000
            250-DSN
            250-ETRN
            250-STARTTLS
            250-DELIVERBY
            250 HELP
            # EHLO, smtp after STARTTLS
            220 2.0.0 Ready to start TLS
            250-sendmail.mail.example Hello localhost [127.0.0.1], pleased to meet you
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250-EXPN
            250-VERB
            250-8BITMIME
            250-SIZE 5000000
            250-DSN
            250-ETRN
            250-DELIVERBY
            250 HELP
            # EHLO, submission
            220 sendmail.mail.example ESMTP Sendmail 8.17.1.9/8.17.1.9
            250-sendmail.mail.example Hello localhost [127.0.0.1], pleased to meet you
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250-EXPN
            250-VERB
            250-8BITMIME
            250-SIZE 5000000
            250-DSN
            250-ETRN
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-256
            250-STARTTLS
            250-DELIVERBY
            250 HELP
            # EHLO, submission after STARTTLS
            220 2.0.0 Ready to start TLS
            250-sendmail.mail.example Hello localhost [127.0.0.1], pleased to meet you
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250-EXPN
            250-VERB
            250-8BITMIME
            250-SIZE 5000000
            250-DSN
            250-ETRN
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-256
            250-DELIVERBY
            250 HELP
            # EHLO, submissions, implicit TLS
            220 sendmail.mail.example ESMTP Sendmail 8.17.1.9/8.17.1.9
            250-sendmail.mail.example Hello localhost [127.0.0.1], pleased to meet you
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250-EXPN
            250-VERB
            250-8BITMIME
            250-SIZE 5000000
            250-DSN
            250-ETRN
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-256
            250-DELIVERBY
            250 HELP
            # unknown command
            500 5.5.1 Command unrecognized: "XYZZY foo"
            # empty line
            500 5.5.1 Command unrecognized: ""
            # GET / HTTP/1.1
            500 5.5.1 Command unrecognized: "GET / HTTP/1.1"
            # EHLO without argument
            501 5.0.0 EHLO requires domain address
            # EHLO with underscore/space
            501 5.0.0 Invalid domain name
            # EHLO address literal
            250-sendmail.mail.example Hello localhost [127.0.0.1], pleased to meet you
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250-EXPN
            250-VERB
            250-8BITMIME
            250-SIZE 5000000
            250-DSN
            250-ETRN
            250-STARTTLS
            250-DELIVERBY
            250 HELP
            # HELO
            250 sendmail.mail.example Hello localhost [127.0.0.1], pleased to meet you
            # RCPT before MAIL
            503 5.0.0 Need MAIL before RCPT
            # DATA before MAIL
            503 5.0.0 Need MAIL command
            # DATA without RCPT
            503 5.0.0 Need RCPT (recipient)
            # MAIL twice
            503 5.5.0 Sender already specified
            # BDAT before MAIL
            500 5.5.1 Command unrecognized: "BDAT 0 LAST"
            # MAIL syntax
            250 2.1.0 a@x.test... Sender ok
            # MAIL syntax 2
            250 2.1.0 <a b@x.test>... Sender ok
            # MAIL FROM: <a@x.test> (space)
            250 2.1.0 <a@x.test>... Sender ok
            # MAIL FROM:<>
            250 2.1.0 <>... Sender ok
            # MAIL unqualified sender
            250 2.1.0 <root>... Sender ok
            # MAIL unknown parameter
            555 5.5.4 FOO parameter unrecognized
            # RCPT unknown parameter
            555 5.5.4 FOO parameter unrecognized
            # MAIL BODY=BINARYMIME
            501 5.5.4 Unknown BODY type BINARYMIME
            # MAIL BODY=junk
            501 5.5.4 Unknown BODY type junk
            # MAIL SIZE=junk
            250 2.1.0 <a@x.test>... Sender ok
            # MAIL AUTH=<>
            250 2.1.0 <a@x.test>... Sender ok
            # UTF-8 sender without SMTPUTF8
            250 2.1.0 <jC<rgen@x.test>... Sender ok
            # UTF-8 recipient without SMTPUTF8
            250 2.1.5 <jC<rgen@mail.example>... Recipient ok
            # MAIL RET=junk
            501 5.5.2 Bad argument "junk" to RET
            # RCPT NOTIFY=junk
            501 5.5.4 Bad argument "junk"  to NOTIFY
            # MAIL PRDR
            555 5.5.4 PRDR parameter unrecognized
            # MAIL REQUIRETLS
            555 5.5.4 REQUIRETLS parameter unrecognized
            # RCPT quoted local part
            250 2.1.5 <"a b"@mail.example>... Recipient ok
            # RCPT syntax
            553 5.1.3 <user@>... Hostname required
            # RCPT unqualified
            250 2.1.5 <postmaster>... Recipient ok
            # RCPT OK
            250 2.1.5 <user@mail.example>... Recipient ok
            # RCPT nosuch
            550 5.1.1 <nosuch@mail.example>... Unknown user
            # RCPT tempfail
            450 4.2.0 <tempfail@mail.example>... Greylisted,come back in 5 minutes
            # RCPT temp451
            451 4.3.0 Local error in processing
            # RCPT full
            452 4.2.2 Mailbox full
            # RCPT quota
            552 5.2.2 Mailbox over quota
            # RCPT reject
            550 5.7.1 <reject@mail.example>... Rejected by policy
            # RCPT shutdown
            421 4.3.2 Service shutting down
            # after 421: NOOP
            250 2.0.0 OK
            # relay denied
            250 2.1.5 <x@elsewhere.example>... Recipient ok
            # blocked sender, MAIL
            250 2.1.0 <blocked@x.test>... Sender ok
            # blocked sender, RCPT
            550 5.7.1 <user@mail.example>... Sender blocked
            # temp sender, MAIL
            250 2.1.0 <tempsender@x.test>... Sender ok
            # temp sender, RCPT
            450 4.1.8 <user@mail.example>... Sender domain not found,try later
            # DATA refused (nodata@)
            354 End data with <CR><LF>.<CR><LF>
            # DATA ok (354)
            354 End data with <CR><LF>.<CR><LF>
            # after dot: 250
            250 2.0.0 6ANGRI3a002762 Message accepted for delivery
            # after dot: dataperm
            250 2.0.0 6ANGRI4l002768 Message accepted for delivery
            # after dot: datatemp
            250 2.0.0 6ANGRINi002773 Message accepted for delivery
            # after dot: content
            250 2.0.0 6ANGRIYv002785 Message accepted for delivery
            # RSET
            250 2.0.0 Reset state
            # NOOP
            250 2.0.0 OK
            # NOOP arg
            250 2.0.0 OK
            # VRFY
            250 2.1.5 <user@sendmail.mail.example>
            # EXPN
            250 2.1.5 <list@sendmail.mail.example>
            # HELP
            214-2.0.0 This is sendmail version 8.17.1.9
            214-2.0.0 Topics:
            214-2.0.0 	HELO	EHLO	MAIL	RCPT	DATA
            214-2.0.0 	RSET	NOOP	QUIT	HELP	VRFY
            214-2.0.0 	EXPN	VERB	ETRN	DSN	AUTH
            214-2.0.0 	STARTTLS
            214-2.0.0 For more info use "HELP <topic>".
            214-2.0.0 To report bugs in the implementation see
            214-2.0.0 	http://www.sendmail.org/email-addresses.html
            214-2.0.0 For local information send email to Postmaster at your site.
            214 2.0.0 End of HELP info
            # QUIT
            221 2.0.0 sendmail.mail.example closing connection
            # STARTTLS argument
            501 5.5.2 Syntax error (no parameters allowed)
            # RCPT line of 600
            553 5.1.0 <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@mail.example>... prescan: token too long
            # RCPT line of 1100
            553 5.1.0 <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@mail.example>... prescan: token too long
            # RCPT line of 3000
            421 4.7.0 sendmail.mail.example Command too long, possible attack localhost [127.0.0.1]
            # RCPT line of 20000
            421 4.7.0 sendmail.mail.example Command too long, possible attack localhost [127.0.0.1]
            # RCPT line of 100000
            421 4.7.0 sendmail.mail.example Command too long, possible attack localhost [127.0.0.1]
            # NOOP line of 3000
            421 4.7.0 sendmail.mail.example Command too long, possible attack localhost [127.0.0.1]
            # submission: MAIL before STARTTLS
            250 2.1.0 <a@x.test>... Sender ok
            # submission: RCPT before STARTTLS
            250 2.1.5 <user@mail.example>... Recipient ok
            # submission: AUTH before STARTTLS
            235 2.0.0 OK Authenticated
            # submission: MAIL without AUTH
            250 2.1.0 <a@x.test>... Sender ok
            # submission: RCPT without AUTH
            250 2.1.5 <user@mail.example>... Recipient ok
            # AUTH unknown mechanism
            504 5.3.3 AUTH mechanism FOO not available
            # AUTH cancelled
            501 5.0.0 AUTH aborted
            # AUTH bad base64
            501 5.5.4 cannot BASE64 decode '###'
            # AUTH LOGIN bad base64
            501 5.5.4 cannot decode AUTH parameter ###
            # AUTH without mechanism
            501 5.5.2 AUTH mechanism must be specified
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            334 VXNlcm5hbWU6
            # AUTH LOGIN with user as IR
            334 UGFzc3dvcmQ6
            # STARTTLS twice
            454 4.3.3 TLS not available after start
            # AUTH again after 235
            503 5.5.0 Already Authenticated
            # AUTH within a transaction
            503 5.5.0 Already Authenticated
            # AUTH line of 16000, then NOOP
            421 4.7.0 sendmail.mail.example Command too long, possible attack localhost [127.0.0.1]
            """#
    )
}
