// Recorded from Exim 4.96 and Exim 4.98; host names replaced.

extension RecordedReplies {
    static let exim496 = RecordedReplies(
        server: "Exim 4.96",
        text: #"""
            # EHLO, smtp
            220 exim.mail.example ESMTP Exim 4.96
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-CHUNKING
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, smtp after STARTTLS
            220 TLS go ahead
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-CHUNKING
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, submission
            220 exim.mail.example ESMTP Exim 4.96
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-CHUNKING
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, submission after STARTTLS
            220 TLS go ahead
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 DIGEST-MD5 XOAUTH2 OAUTHBEARER
            250-CHUNKING
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, submissions, implicit TLS
            220 exim.mail.example ESMTP Exim 4.96
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 DIGEST-MD5 XOAUTH2 OAUTHBEARER
            250-CHUNKING
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, auth_plaintext
            220 exim.mail.example ESMTP Exim 4.96
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 DIGEST-MD5 XOAUTH2 OAUTHBEARER
            250-CHUNKING
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, bare
            220 exim.mail.example ESMTP Exim 4.96
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-8BITMIME
            250-DSN
            250-VRFY
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, no_pipelining
            220 exim.mail.example ESMTP Exim 4.96
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-8BITMIME
            250-DSN
            250-VRFY
            250-CHUNKING
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # unknown command
            500 unrecognized command
            # empty line
            500 unrecognized command
            # GET / HTTP/1.1
            500 unrecognized command
            # MAIL before EHLO
            503 HELO or EHLO required
            # EHLO without argument
            501 Syntactically invalid EHLO argument(s)
            # EHLO with underscore/space
            501 Syntactically invalid EHLO argument(s)
            # EHLO address literal
            250-exim.mail.example Hello [127.0.0.1] [127.0.0.1]
            250-SIZE 5000000
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-CHUNKING
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # HELO
            250 exim.mail.example Hello c.test [127.0.0.1]
            # RCPT before MAIL
            503 sender not yet given
            # DATA before MAIL
            503 valid RCPT command must precede DATA
            # DATA without RCPT
            503 valid RCPT command must precede DATA
            # MAIL twice
            503 sender already given
            # BDAT before MAIL
            503 valid RCPT command must precede BDAT
            # MAIL syntax
            250 OK
            # MAIL syntax 2
            501 <a b@x.test>: "@" or "." expected after "a"
            # MAIL FROM: <a@x.test> (space)
            250 OK
            # MAIL FROM:<>
            250 OK
            # MAIL unqualified sender
            501 <root>: sender address must contain a domain
            # MAIL unknown parameter
            501 <a@x.test> FOO=bar: malformed address: FOO=bar may not follow <a@x.test> 
            # RCPT unknown parameter
            501 <user@mail.example> FOO=bar: malformed address: FOO=bar may not follow <user@mail.example> 
            # MAIL BODY=BINARYMIME
            501 invalid data for BODY
            # MAIL BODY=junk
            501 invalid data for BODY
            # MAIL SIZE=junk
            250 OK
            # MAIL AUTH=<>
            250 OK
            # UTF-8 sender without SMTPUTF8
            250 OK
            # UTF-8 recipient without SMTPUTF8
            250 Accepted
            # MAIL RET=junk
            501 Value for RET is invalid
            # RCPT NOTIFY=junk
            501 Invalid value for NOTIFY parameter
            # MAIL PRDR
            250 OK, PRDR Requested
            # MAIL REQUIRETLS
            501 <a@x.test> REQUIRETLS: malformed address: REQUIRETLS may not follow <a@x.test> 
            # RCPT quoted local part
            250 Accepted
            # RCPT syntax
            501 <user@>: domain missing or malformed
            # RCPT unqualified
            550 relay not permitted
            # RCPT OK
            250 Accepted
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
            550 Service shutting down
            # relay denied
            550 relay not permitted
            # blocked sender, MAIL
            550 5.7.1 Sender blocked
            # blocked sender, RCPT
            503 sender not yet given
            # temp sender, MAIL
            450 4.1.8 Sender domain not found, try later
            # temp sender, RCPT
            503 sender not yet given
            # DATA refused (nodata@)
            554 5.7.1 No DATA from you
            # DATA ok (354)
            354 Enter message, ending with "." on a line by itself
            # after dot: 250
            250 OK id=1xVWte-0001VF-1D
            # after dot: dataperm
            250 OK id=1xVWte-0001VH-1E
            # after dot: datatemp
            250 OK id=1xVWte-0001VL-1H
            # after dot: content
            550 5.7.1 Message content rejected
            # RSET
            250 Reset OK
            # NOOP
            250 OK
            # NOOP arg
            250 OK
            # VRFY
            501 user: recipient address must contain a domain
            # EXPN
            550 Administrative prohibition
            # HELP
            214-Commands supported:
            214 AUTH STARTTLS HELO EHLO MAIL RCPT DATA BDAT NOOP QUIT RSET HELP VRFY
            # QUIT
            221 exim.mail.example closing connection
            # STARTTLS argument
            501 unexpected argument data
            # RCPT line of 20000
            500 unrecognized command
            # RCPT line of 100000
            500 unrecognized command
            # NOOP line of 3000
            250 OK
            # submission: MAIL before STARTTLS
            250 OK
            # submission: RCPT before STARTTLS
            250 Accepted
            # submission: AUTH before STARTTLS
            503 AUTH command used when not advertised
            # submission: MAIL without AUTH
            250 OK
            # submission: RCPT without AUTH
            250 Accepted
            # AUTH unknown mechanism
            504 FOO authentication mechanism not supported
            # AUTH cancelled
            501 Authentication cancelled
            # AUTH bad base64
            501 Invalid base64 data
            # AUTH LOGIN bad base64
            501 Invalid base64 data
            # AUTH without mechanism
            504  authentication mechanism not supported
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            334 VXNlcm5hbWU6
            # AUTH LOGIN with user as IR
            334 UGFzc3dvcmQ6
            # STARTTLS twice
            503 STARTTLS command used when not advertised
            # AUTH again after 235
            503 already authenticated
            # AUTH within a transaction
            503 already authenticated
            # AUTH line of 16000, then NOOP
            250 OK
            # greet_554
            554 5.7.1 No service for you
            # greet_421
            421 4.3.2 Too busy, come back later
            """#
    )

    static let exim498 = RecordedReplies(
        server: "Exim 4.98",
        text: #"""
            # EHLO, smtp
            220 exim.mail.example ESMTP Exim 4.98.2
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-LIMITS RCPTMAX=100
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-CHUNKING
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, smtp after STARTTLS
            220 TLS go ahead
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-LIMITS RCPTMAX=100
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-CHUNKING
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, submission
            220 exim.mail.example ESMTP Exim 4.98.2
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-LIMITS RCPTMAX=100
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-CHUNKING
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, submission after STARTTLS
            220 TLS go ahead
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-LIMITS RCPTMAX=100
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 DIGEST-MD5 XOAUTH2 OAUTHBEARER
            250-CHUNKING
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, submissions, implicit TLS
            220 exim.mail.example ESMTP Exim 4.98.2
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-LIMITS RCPTMAX=100
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 DIGEST-MD5 XOAUTH2 OAUTHBEARER
            250-CHUNKING
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, auth_plaintext
            220 exim.mail.example ESMTP Exim 4.98.2
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-LIMITS RCPTMAX=100
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 DIGEST-MD5 XOAUTH2 OAUTHBEARER
            250-CHUNKING
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, bare
            220 exim.mail.example ESMTP Exim 4.98.2
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-LIMITS RCPTMAX=100
            250-8BITMIME
            250-DSN
            250-VRFY
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # EHLO, no_pipelining
            220 exim.mail.example ESMTP Exim 4.98.2
            250-exim.mail.example Hello client.mail.example [127.0.0.1]
            250-SIZE 5000000
            250-LIMITS RCPTMAX=100
            250-8BITMIME
            250-DSN
            250-VRFY
            250-CHUNKING
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # unknown command
            500 unrecognized command
            # empty line
            500 unrecognized command
            # GET / HTTP/1.1
            500 unrecognized command
            # MAIL before EHLO
            503 HELO or EHLO required
            # EHLO without argument
            501 Syntactically invalid EHLO argument(s)
            # EHLO with underscore/space
            501 Syntactically invalid EHLO argument(s)
            # EHLO address literal
            250-exim.mail.example Hello [127.0.0.1] [127.0.0.1]
            250-SIZE 5000000
            250-LIMITS RCPTMAX=100
            250-8BITMIME
            250-DSN
            250-VRFY
            250-PIPELINING
            250-PIPECONNECT
            250-CHUNKING
            250-STARTTLS
            250-PRDR
            250-SMTPUTF8
            250 HELP
            # HELO
            250 exim.mail.example Hello c.test [127.0.0.1]
            # RCPT before MAIL
            503 sender not yet given
            # DATA before MAIL
            503 valid RCPT command must precede DATA
            # DATA without RCPT
            503 valid RCPT command must precede DATA
            # MAIL twice
            503 sender already given
            # BDAT before MAIL
            503 valid RCPT command must precede BDAT
            # MAIL syntax
            250 OK
            # MAIL syntax 2
            501 <a b@x.test>: "@" or "." expected after "a"
            # MAIL FROM: <a@x.test> (space)
            250 OK
            # MAIL FROM:<>
            250 OK
            # MAIL unqualified sender
            501 <root>: sender address must contain a domain
            # MAIL unknown parameter
            501 <a@x.test> FOO=bar: malformed address: FOO=bar may not follow <a@x.test> 
            # RCPT unknown parameter
            501 <user@mail.example> FOO=bar: malformed address: FOO=bar may not follow <user@mail.example> 
            # MAIL BODY=BINARYMIME
            501 invalid data for BODY
            # MAIL BODY=junk
            501 invalid data for BODY
            # MAIL SIZE=junk
            250 OK
            # MAIL AUTH=<>
            250 OK
            # UTF-8 sender without SMTPUTF8
            250 OK
            # UTF-8 recipient without SMTPUTF8
            250 Accepted
            # MAIL RET=junk
            501 Value for RET is invalid
            # RCPT NOTIFY=junk
            501 Invalid value for NOTIFY parameter
            # MAIL PRDR
            250 OK, PRDR Requested
            # MAIL REQUIRETLS
            501 <a@x.test> REQUIRETLS: malformed address: REQUIRETLS may not follow <a@x.test> 
            # RCPT quoted local part
            250 Accepted
            # RCPT syntax
            501 <user@>: domain missing or malformed
            # RCPT unqualified
            550 relay not permitted
            # RCPT OK
            250 Accepted
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
            550 Service shutting down
            # relay denied
            550 relay not permitted
            # blocked sender, MAIL
            550 5.7.1 Sender blocked
            # blocked sender, RCPT
            503 sender not yet given
            # temp sender, MAIL
            450 4.1.8 Sender domain not found, try later
            # temp sender, RCPT
            503 sender not yet given
            # DATA refused (nodata@)
            554 5.7.1 No DATA from you
            # DATA ok (354)
            354 Enter message, ending with "." on a line by itself
            # after dot: 250
            250 OK id=1xVWT2-000000006gJ-01Xs
            # after dot: dataperm
            250 OK id=1xVWT2-000000006gM-02dz
            # after dot: datatemp
            250 OK id=1xVWT2-000000006gO-05Ml
            # after dot: content
            550 5.7.1 Message content rejected
            # RSET
            250 Reset OK
            # NOOP
            250 OK
            # NOOP arg
            250 OK
            # VRFY
            501 user: recipient address must contain a domain
            # EXPN
            550 Administrative prohibition
            # HELP
            214-Commands supported:
            214 AUTH STARTTLS HELO EHLO MAIL RCPT DATA BDAT NOOP QUIT RSET HELP VRFY
            # QUIT
            221 exim.mail.example closing connection
            # STARTTLS argument
            501 unexpected argument data
            # RCPT line of 20000
            500 unrecognized command
            # RCPT line of 100000
            500 unrecognized command
            # NOOP line of 3000
            250 OK
            # submission: MAIL before STARTTLS
            250 OK
            # submission: RCPT before STARTTLS
            250 Accepted
            # submission: AUTH before STARTTLS
            503 AUTH command used when not advertised
            # submission: MAIL without AUTH
            250 OK
            # submission: RCPT without AUTH
            250 Accepted
            # AUTH unknown mechanism
            504 FOO authentication mechanism not supported
            # AUTH cancelled
            501 Authentication cancelled
            # AUTH bad base64
            501 Invalid base64 data
            # AUTH LOGIN bad base64
            501 Invalid base64 data
            # AUTH without mechanism
            504  authentication mechanism not supported
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            334 VXNlcm5hbWU6
            # AUTH LOGIN with user as IR
            334 UGFzc3dvcmQ6
            # STARTTLS twice
            503 STARTTLS command used when not advertised
            # AUTH again after 235
            503 already authenticated
            # AUTH within a transaction
            503 already authenticated
            # AUTH line of 16000, then NOOP
            250 OK
            # greet_554
            554 5.7.1 No service for you
            # greet_421
            421 4.3.2 Too busy, come back later
            """#
    )
}
