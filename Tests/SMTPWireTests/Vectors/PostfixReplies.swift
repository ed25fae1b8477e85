// Recorded from Postfix 3.7 and Postfix 3.10; host names replaced.

extension RecordedReplies {
    static let postfix37 = RecordedReplies(
        server: "Postfix 3.7",
        text: #"""
            # EHLO, smtp
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, smtp after STARTTLS
            220 2.0.0 Ready to start TLS
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, submission
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, submission after STARTTLS
            220 2.0.0 Ready to start TLS
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, submissions, implicit TLS
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, auth_plaintext
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, auth_cyrus
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, bare
            220 postfix.mail.example ESMTP
            250 postfix.mail.example
            # EHLO, postscreen
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # unknown command
            500 5.5.2 Error: command not recognized
            # empty line
            500 5.5.2 Error: bad syntax
            # GET / HTTP/1.1
            221 2.7.0 Error: I can break rules, too. Goodbye.
            # MAIL before EHLO
            503 5.5.1 Error: send HELO/EHLO first
            # EHLO without argument
            501 Syntax: EHLO hostname
            # EHLO with underscore/space
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO address literal
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # HELO
            250 postfix.mail.example
            # RCPT before MAIL
            503 5.5.1 Error: need MAIL command
            # DATA before MAIL
            503 5.5.1 Error: need RCPT command
            # DATA without RCPT
            554 5.5.1 Error: no valid recipients
            # MAIL twice
            503 5.5.1 Error: nested MAIL command
            # BDAT before MAIL
            503 5.5.1 Error: need RCPT command
            # MAIL syntax
            250 2.1.0 Ok
            # MAIL syntax 2
            501 5.1.7 Bad sender address syntax
            # MAIL FROM: <a@x.test> (space)
            250 2.1.0 Ok
            # MAIL FROM:<>
            250 2.1.0 Ok
            # MAIL unqualified sender
            250 2.1.0 Ok
            # MAIL unknown parameter
            555 5.5.4 Unsupported option: FOO=bar
            # RCPT unknown parameter
            555 5.5.4 Unsupported option: FOO=bar
            # MAIL BODY=BINARYMIME
            555 5.5.4 Unsupported option: BODY=BINARYMIME
            # MAIL BODY=junk
            555 5.5.4 Unsupported option: BODY=junk
            # MAIL SIZE=junk
            501 5.5.4 Bad message size syntax
            # MAIL AUTH=<>
            250 2.1.0 Ok
            # UTF-8 sender without SMTPUTF8
            250 2.1.0 Ok
            # UTF-8 recipient without SMTPUTF8
            250 2.1.5 Ok
            # MAIL RET=junk
            501 5.5.4 Bad RET parameter syntax
            # RCPT NOTIFY=junk
            501 5.5.4 Error: Bad NOTIFY parameter syntax
            # MAIL PRDR
            555 5.5.4 Unsupported option: PRDR
            # MAIL REQUIRETLS
            555 5.5.4 Unsupported option: REQUIRETLS
            # RCPT quoted local part
            250 2.1.5 Ok
            # RCPT syntax
            501 5.1.3 Bad recipient address syntax
            # RCPT unqualified
            250 2.1.5 Ok
            # RCPT OK
            250 2.1.5 Ok
            # RCPT nosuch
            550 5.1.1 <nosuch@mail.example>: Recipient address rejected: User unknown in virtual mailbox table
            # RCPT tempfail
            450 4.2.0 <tempfail@mail.example>: Recipient address rejected: Greylisted, come back in 5 minutes
            # RCPT temp451
            451 4.3.0 <temp451@mail.example>: Recipient address rejected: Local error in processing
            # RCPT full
            452 4.2.2 <full@mail.example>: Recipient address rejected: Mailbox full
            # RCPT quota
            552 5.2.2 <quota@mail.example>: Recipient address rejected: Mailbox over quota
            # RCPT reject
            550 5.7.1 <reject@mail.example>: Recipient address rejected: Rejected by policy
            # RCPT shutdown
            421 4.3.2 <shutdown@mail.example>: Recipient address rejected: Service shutting down
            # relay denied
            554 5.7.1 <x@elsewhere.example>: Relay access denied
            # blocked sender, MAIL
            250 2.1.0 Ok
            # blocked sender, RCPT
            550 5.7.1 <blocked@x.test>: Sender address rejected: Sender blocked
            # temp sender, MAIL
            250 2.1.0 Ok
            # temp sender, RCPT
            450 4.1.8 <tempsender@x.test>: Sender address rejected: Sender domain not found, try later
            # DATA refused (nodata@)
            554 5.7.1 <nodata@x.test>: Sender address rejected: No DATA from you
            # DATA ok (354)
            354 End data with <CR><LF>.<CR><LF>
            # after dot: 250
            250 2.0.0 Ok: queued as C2BF3B0C00B
            # after dot: dataperm
            554 5.7.1 <dataperm@mail.example>: Recipient address rejected: Content rejected for this recipient
            # after dot: datatemp
            451 4.7.1 <datatemp@mail.example>: Recipient address rejected: Content deferred for this recipient
            # after dot: content
            550 5.7.1 Message content rejected
            # RSET
            250 2.0.0 Ok
            # NOOP
            250 2.0.0 Ok
            # NOOP arg
            250 2.0.0 Ok
            # VRFY
            554 5.7.1 <user>: Relay access denied
            # EXPN
            500 5.5.2 Error: command not recognized
            # HELP
            500 5.5.2 Error: command not recognized
            # QUIT
            221 2.0.0 Bye
            # STARTTLS argument
            501 5.5.4 Syntax: STARTTLS
            # RCPT line of 600
            250 2.1.5 Ok
            # RCPT line of 1100
            250 2.1.5 Ok
            # RCPT line of 3000
            501 5.1.3 Bad recipient address syntax
            # RCPT line of 20000
            501 5.1.3 Bad recipient address syntax
            # RCPT line of 100000
            501 5.1.3 Bad recipient address syntax
            # NOOP line of 3000
            250 2.0.0 Ok
            # submission: MAIL before STARTTLS
            250 2.1.0 Ok
            # submission: RCPT before STARTTLS
            554 5.7.1 <user@mail.example>: Recipient address rejected: Access denied
            # submission: AUTH before STARTTLS
            503 5.5.1 Error: authentication not enabled
            # submission: MAIL without AUTH
            250 2.1.0 Ok
            # submission: RCPT without AUTH
            554 5.7.1 <user@mail.example>: Recipient address rejected: Access denied
            # AUTH unknown mechanism
            535 5.7.8 Error: authentication failed: Invalid authentication mechanism
            # AUTH cancelled
            501 5.7.0 Authentication aborted
            # AUTH bad base64
            535 5.7.8 Error: authentication failed: Invalid base64 data in initial response
            # AUTH LOGIN bad base64
            535 5.7.8 Error: authentication failed: Invalid base64 data in continued response
            # AUTH without mechanism
            501 5.5.4 Syntax: AUTH mechanism
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            334 VXNlcm5hbWU6
            # AUTH LOGIN with user as IR
            334 UGFzc3dvcmQ6
            # STARTTLS twice
            554 5.5.1 Error: TLS already active
            # AUTH again after 235
            503 5.5.1 Error: already authenticated
            # AUTH within a transaction
            503 5.5.1 Error: MAIL transaction in progress
            # AUTH line of 16000, then NOOP
            250 2.0.0 Ok
            # no_delay_reject: MAIL blocked
            550 5.7.1 <blocked@x.test>: Sender address rejected: Sender blocked
            # hard error limit 3
            421 4.7.0 postfix.mail.example Error: too many errors
            # idle for 2 s
            421 4.4.2 postfix.mail.example Error: timeout exceeded
            # recipient limit 5: RCPT 6
            452 4.5.3 Error: too many recipients
            """#
    )

    static let postfix310 = RecordedReplies(
        server: "Postfix 3.10",
        text: #"""
            # EHLO, smtp
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, smtp after STARTTLS
            220 2.0.0 Ready to start TLS
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, submission
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, submission after STARTTLS
            220 2.0.0 Ready to start TLS
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, submissions, implicit TLS
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, auth_plaintext
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, auth_cyrus
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO, bare
            220 postfix.mail.example ESMTP
            250 postfix.mail.example
            # EHLO, postscreen
            220-Wait
            220 postfix.mail.example ESMTP
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # unknown command
            500 5.5.2 Error: command not recognized
            # empty line
            500 5.5.2 Error: bad syntax
            # GET / HTTP/1.1
            221 2.7.0 Error: I can break rules, too. Goodbye.
            # MAIL before EHLO
            503 5.5.1 Error: send HELO/EHLO first
            # EHLO without argument
            501 Syntax: EHLO hostname
            # EHLO with underscore/space
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # EHLO address literal
            250-postfix.mail.example
            250-PIPELINING
            250-SIZE 5000000
            250-VRFY
            250-ETRN
            250-STARTTLS
            250-ENHANCEDSTATUSCODES
            250-8BITMIME
            250-DSN
            250-SMTPUTF8
            250 CHUNKING
            # HELO
            250 postfix.mail.example
            # RCPT before MAIL
            503 5.5.1 Error: need MAIL command
            # DATA before MAIL
            503 5.5.1 Error: need RCPT command
            # DATA without RCPT
            554 5.5.1 Error: no valid recipients
            # MAIL twice
            503 5.5.1 Error: nested MAIL command
            # BDAT before MAIL
            503 5.5.1 Error: need RCPT command
            # MAIL syntax
            250 2.1.0 Ok
            # MAIL syntax 2
            501 5.1.7 Bad sender address syntax
            # MAIL FROM: <a@x.test> (space)
            250 2.1.0 Ok
            # MAIL FROM:<>
            250 2.1.0 Ok
            # MAIL unqualified sender
            250 2.1.0 Ok
            # MAIL unknown parameter
            555 5.5.4 Unsupported option: FOO=bar
            # RCPT unknown parameter
            555 5.5.4 Unsupported option: FOO=bar
            # MAIL BODY=BINARYMIME
            555 5.5.4 Unsupported option: BODY=BINARYMIME
            # MAIL BODY=junk
            555 5.5.4 Unsupported option: BODY=junk
            # MAIL SIZE=junk
            501 5.5.4 Bad message size syntax
            # MAIL AUTH=<>
            250 2.1.0 Ok
            # UTF-8 sender without SMTPUTF8
            250 2.1.0 Ok
            # UTF-8 recipient without SMTPUTF8
            250 2.1.5 Ok
            # MAIL RET=junk
            501 5.5.4 Bad RET parameter syntax
            # RCPT NOTIFY=junk
            501 5.5.4 Error: Bad NOTIFY parameter syntax
            # MAIL PRDR
            555 5.5.4 Unsupported option: PRDR
            # MAIL REQUIRETLS
            555 5.5.4 Unsupported option: REQUIRETLS
            # RCPT quoted local part
            250 2.1.5 Ok
            # RCPT syntax
            501 5.1.3 Bad recipient address syntax
            # RCPT unqualified
            250 2.1.5 Ok
            # RCPT OK
            250 2.1.5 Ok
            # RCPT nosuch
            550 5.1.1 <nosuch@mail.example>: Recipient address rejected: User unknown in virtual mailbox table
            # RCPT tempfail
            450 4.2.0 <tempfail@mail.example>: Recipient address rejected: Greylisted, come back in 5 minutes
            # RCPT temp451
            451 4.3.0 <temp451@mail.example>: Recipient address rejected: Local error in processing
            # RCPT full
            452 4.2.2 <full@mail.example>: Recipient address rejected: Mailbox full
            # RCPT quota
            552 5.2.2 <quota@mail.example>: Recipient address rejected: Mailbox over quota
            # RCPT reject
            550 5.7.1 <reject@mail.example>: Recipient address rejected: Rejected by policy
            # RCPT shutdown
            421 4.3.2 <shutdown@mail.example>: Recipient address rejected: Service shutting down
            # relay denied
            554 5.7.1 <x@elsewhere.example>: Relay access denied
            # blocked sender, MAIL
            250 2.1.0 Ok
            # blocked sender, RCPT
            550 5.7.1 <blocked@x.test>: Sender address rejected: Sender blocked
            # temp sender, MAIL
            250 2.1.0 Ok
            # temp sender, RCPT
            450 4.1.8 <tempsender@x.test>: Sender address rejected: Sender domain not found, try later
            # DATA refused (nodata@)
            554 5.7.1 <nodata@x.test>: Sender address rejected: No DATA from you
            # DATA ok (354)
            354 End data with <CR><LF>.<CR><LF>
            # after dot: 250
            250 2.0.0 Ok: queued as EC1C3FA44AD
            # after dot: dataperm
            554 5.7.1 <dataperm@mail.example>: Recipient address rejected: Content rejected for this recipient
            # after dot: datatemp
            451 4.7.1 <datatemp@mail.example>: Recipient address rejected: Content deferred for this recipient
            # after dot: content
            550 5.7.1 Message content rejected
            # RSET
            250 2.0.0 Ok
            # NOOP
            250 2.0.0 Ok
            # NOOP arg
            250 2.0.0 Ok
            # VRFY
            554 5.7.1 <user>: Relay access denied
            # EXPN
            500 5.5.2 Error: command not recognized
            # HELP
            214 2.0.0 Commands: AUTH BDAT DATA EHLO ETRN HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY XCLIENT XFORWARD
            # QUIT
            221 2.0.0 Bye
            # STARTTLS argument
            501 5.5.4 Syntax: STARTTLS
            # RCPT line of 600
            250 2.1.5 Ok
            # RCPT line of 1100
            250 2.1.5 Ok
            # RCPT line of 3000
            501 5.1.3 Bad recipient address syntax
            # RCPT line of 20000
            501 5.1.3 Bad recipient address syntax
            # RCPT line of 100000
            501 5.1.3 Bad recipient address syntax
            # NOOP line of 3000
            250 2.0.0 Ok
            # submission: MAIL before STARTTLS
            250 2.1.0 Ok
            # submission: RCPT before STARTTLS
            554 5.7.1 <user@mail.example>: Recipient address rejected: Access denied
            # submission: AUTH before STARTTLS
            503 5.5.1 Error: authentication not enabled
            # submission: MAIL without AUTH
            250 2.1.0 Ok
            # submission: RCPT without AUTH
            554 5.7.1 <user@mail.example>: Recipient address rejected: Access denied
            # AUTH unknown mechanism
            535 5.7.8 Error: authentication failed: Invalid authentication mechanism: 'FOO'
            # AUTH cancelled
            501 5.7.0 Authentication aborted
            # AUTH bad base64
            535 5.7.8 Error: authentication failed: Invalid base64 data in initial response
            # AUTH LOGIN bad base64
            535 5.7.8 Error: authentication failed: Invalid base64 data in continued response
            # AUTH without mechanism
            501 5.5.4 Syntax: AUTH mechanism
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            334 VXNlcm5hbWU6
            # AUTH LOGIN with user as IR
            334 UGFzc3dvcmQ6
            # STARTTLS twice
            554 5.5.1 Error: TLS already active
            # AUTH again after 235
            503 5.5.1 Error: already authenticated
            # AUTH within a transaction
            503 5.5.1 Error: MAIL transaction in progress
            # AUTH line of 16000, then NOOP
            500 5.5.2 Error: command not recognized
            # no_delay_reject: MAIL blocked
            550 5.7.1 <blocked@x.test>: Sender address rejected: Sender blocked
            # hard error limit 3
            421 4.7.0 postfix.mail.example Error: too many errors
            # idle for 2 s
            421 4.4.2 postfix.mail.example Error: timeout exceeded
            # recipient limit 5: RCPT 6
            452 4.5.3 Error: too many recipients
            """#
    )
}
