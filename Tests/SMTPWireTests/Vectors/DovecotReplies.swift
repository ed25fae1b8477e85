// Recorded from Dovecot 2.3.19 and Dovecot 2.4.1; host names replaced.

extension RecordedReplies {
    static let dovecot23 = RecordedReplies(
        server: "Dovecot 2.3.19",
        text: #"""
            # EHLO, submission
            220 dovecot.mail.example Dovecot (Debian) ready.
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-STARTTLS
            250 PIPELINING
            # EHLO, submission after STARTTLS
            220 2.0.0 Begin TLS negotiation now.
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250 PIPELINING
            # EHLO, submissions, implicit TLS
            220 dovecot.mail.example Dovecot (Debian) ready.
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250 PIPELINING
            # EHLO, submissions after AUTH
            235 2.7.0 Logged in.
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH
            250-BURL imap imap://dovecot.mail.example
            250-CHUNKING
            250-DSN
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250-SIZE 4998976
            250 VRFY
            # EHLO, lmtp
            220 dovecot.mail.example Dovecot (Debian) ready.
            250-dovecot.mail.example
            250-8BITMIME
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250 STARTTLS
            # EHLO, lmtp after STARTTLS
            220 2.0.0 Begin TLS negotiation now.
            250-dovecot.mail.example
            250-8BITMIME
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250 PIPELINING
            # unknown command
            500 5.5.1 Unknown command
            # empty line
            500 5.5.1 Unknown command
            # GET / HTTP/1.1
            500 5.5.1 Unknown command
            # MAIL before EHLO
            530 5.7.0 Authentication required.
            # EHLO without argument
            501 Missing hostname
            # EHLO with underscore/space
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-STARTTLS
            250 PIPELINING
            # EHLO address literal
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-STARTTLS
            250 PIPELINING
            # HELO
            250 dovecot.mail.example
            # RCPT before MAIL
            503 5.5.0 MAIL needed first
            # DATA before MAIL
            503 5.5.0 MAIL needed first
            # DATA without RCPT
            554 5.5.0 No valid recipients
            # MAIL twice
            503 5.5.0 MAIL already given
            # BDAT before MAIL
            503 5.5.0 MAIL needed first
            # MAIL syntax
            501 5.5.4 Invalid FROM: Missing '<' at beginning of path
            # MAIL syntax 2
            501 5.5.4 Invalid FROM: Invalid character in localpart
            # MAIL FROM: <a@x.test> (space)
            501 5.5.4 Invalid FROM: Unexpected whitespace before path
            # MAIL FROM:<>
            250 2.1.0 Ok
            # MAIL unqualified sender
            501 5.5.4 Invalid FROM: Missing domain
            # MAIL unknown parameter
            555 5.5.4 Unsupported parameters
            # RCPT unknown parameter
            555 5.5.4 Unsupported parameters
            # MAIL BODY=BINARYMIME
            555 5.5.4 Unsupported mail BODY type
            # MAIL BODY=junk
            555 5.5.4 Unsupported mail BODY type
            # MAIL SIZE=junk
            555 5.5.4 Unsupported SIZE parameter value
            # MAIL AUTH=<>
            250 2.1.0 Ok
            # UTF-8 sender without SMTPUTF8
            501 5.5.4 Invalid FROM: Invalid character in localpart
            # UTF-8 recipient without SMTPUTF8
            501 5.5.4 Invalid TO: Missing '>' at end of path
            # MAIL RET=junk
            555 5.5.4 Unsupported RET= parameter keyword
            # RCPT NOTIFY=junk
            555 5.5.4 Invalid NOTIFY= parameter value
            # MAIL PRDR
            555 5.5.4 Unsupported parameters
            # MAIL REQUIRETLS
            555 5.5.4 Unsupported parameters
            # RCPT quoted local part
            250 2.1.5 Ok
            # RCPT syntax
            501 5.5.4 Invalid TO: Missing domain after '@'
            # RCPT unqualified
            250 2.1.5 Ok
            # RCPT OK
            250 2.1.5 Ok
            # RCPT nosuch
            550 5.1.1 <nosuch@mail.example> <nosuch@mail.example>: Recipient address rejected: User unknown in virtual mailbox table
            # RCPT tempfail
            450 4.2.0 <tempfail@mail.example> <tempfail@mail.example>: Recipient address rejected: Greylisted, come back in 5 minutes
            # RCPT temp451
            451 4.3.0 <temp451@mail.example> <temp451@mail.example>: Recipient address rejected: Local error in processing
            # RCPT full
            452 4.2.2 <full@mail.example> <full@mail.example>: Recipient address rejected: Mailbox full
            # RCPT quota
            552 5.2.2 <quota@mail.example> <quota@mail.example>: Recipient address rejected: Mailbox over quota
            # RCPT reject
            550 5.7.1 <reject@mail.example> <reject@mail.example>: Recipient address rejected: Rejected by policy
            # RCPT shutdown
            421-4.3.2 dovecot.mail.example Lost connection to relay server:
            421 4.3.2 Recipient address rejected: Service shutting down (connection lost)
            # relay denied
            250 2.1.5 Ok
            # blocked sender, MAIL
            250 2.1.0 Ok
            # blocked sender, RCPT
            550 5.7.1 <user@mail.example> <blocked@x.test>: Sender address rejected: Sender blocked
            # temp sender, MAIL
            250 2.1.0 Ok
            # temp sender, RCPT
            450 4.1.8 <user@mail.example> <tempsender@x.test>: Sender address rejected: Sender domain not found, try later
            # DATA refused (nodata@)
            354 OK
            # DATA ok (354)
            354 OK
            # after dot: 250
            250 2.0.0 Ok: 378 bytes queued as 648E8FA4D6C
            # after dot: dataperm
            554 5.7.1 <dataperm@mail.example>: Recipient address rejected: Content rejected for this recipient
            # after dot: datatemp
            451 4.7.1 <datatemp@mail.example>: Recipient address rejected: Content deferred for this recipient
            # after dot: content
            550 5.7.1 Message content rejected
            # RSET
            250 2.0.0 Ok
            # NOOP
            250 2.0.0 OK
            # NOOP arg
            250 2.0.0 OK
            # VRFY
            252 2.0.0 user
            # EXPN
            500 5.5.1 Unknown command
            # HELP
            500 5.5.1 Unknown command
            # QUIT
            221 2.0.0 Bye
            # STARTTLS argument
            502 5.5.1 TLS support is not enabled.
            # RCPT line of 600
            250 2.1.5 Ok
            # RCPT line of 1100
            250 2.1.5 Ok
            # RCPT line of 20000
            500 5.5.2 Line too long
            # RCPT line of 100000
            500 5.5.2 Line too long
            # NOOP line of 3000
            250 2.0.0 OK
            # submission: MAIL before STARTTLS
            530 5.7.0 Authentication required.
            # submission: RCPT before STARTTLS
            530 5.7.0 Authentication required.
            # submission: AUTH before STARTTLS
            235 2.7.0 Logged in.
            # submission: MAIL without AUTH
            530 5.7.0 Authentication required.
            # submission: RCPT without AUTH
            530 5.7.0 Authentication required.
            # AUTH unknown mechanism
            504 5.5.4 Unsupported authentication mechanism.
            # AUTH cancelled
            501 5.5.2 Authentication aborted by client.
            # AUTH bad base64
            501 5.5.2 Invalid base64 data in initial response
            # AUTH LOGIN bad base64
            535 5.7.8 Invalid base64 in response
            # AUTH without mechanism
            501 5.5.4 Missing SASL mechanism parameter
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            334 VXNlcm5hbWU6
            # AUTH LOGIN with user as IR
            334 UGFzc3dvcmQ6
            # STARTTLS twice
            502 5.5.1 TLS is already active.
            # AUTH again after 235
            503 5.5.0 Already authenticated
            # AUTH within a transaction
            503 5.5.0 Already authenticated
            # AUTH line of 16000, then NOOP
            250 2.0.0 OK
            """#
    )

    static let dovecot24 = RecordedReplies(
        server: "Dovecot 2.4.1",
        text: #"""
            # EHLO, submission
            220 dovecot.mail.example Dovecot ready.
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-STARTTLS
            250 PIPELINING
            # EHLO, submission after STARTTLS
            220 2.0.0 Begin TLS negotiation now.
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250 PIPELINING
            # EHLO, submissions, implicit TLS
            220 dovecot.mail.example Dovecot ready.
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250 PIPELINING
            # EHLO, submissions after AUTH
            235 2.7.0 Logged in.
            250-dovecot.mail.example
            250-8BITMIME
            250-SMTPUTF8
            250-AUTH
            250-BURL imap imap://dovecot.mail.example
            250-CHUNKING
            250-DSN
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250-SIZE 4998976
            250 VRFY
            # EHLO, lmtp
            220 dovecot.mail.example Dovecot ready.
            250-dovecot.mail.example
            250-8BITMIME
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-PIPELINING
            250 STARTTLS
            # EHLO, lmtp after STARTTLS
            220 2.0.0 Begin TLS negotiation now.
            250-localhost
            250-8BITMIME
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250 PIPELINING
            # unknown command
            500 5.5.1 Unknown command
            # empty line
            500 5.5.1 Unknown command
            # GET / HTTP/1.1
            500 5.5.1 Unknown command
            # MAIL before EHLO
            530 5.7.0 Authentication required.
            # EHLO without argument
            501 Missing hostname
            # EHLO with underscore/space
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-STARTTLS
            250 PIPELINING
            # EHLO address literal
            250-dovecot.mail.example
            250-8BITMIME
            250-AUTH PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER
            250-BURL imap
            250-CHUNKING
            250-ENHANCEDSTATUSCODES
            250-SIZE 5000000
            250-STARTTLS
            250 PIPELINING
            # HELO
            250 dovecot.mail.example
            # RCPT before MAIL
            503 5.5.0 MAIL needed first
            # DATA before MAIL
            503 5.5.0 MAIL needed first
            # DATA without RCPT
            554 5.5.0 No valid recipients
            # MAIL twice
            503 5.5.0 MAIL already given
            # BDAT before MAIL
            503 5.5.0 MAIL needed first
            # MAIL syntax
            501 5.5.4 Invalid FROM: Missing '<' at beginning of path
            # MAIL syntax 2
            501 5.5.4 Invalid FROM: Invalid character in localpart
            # MAIL FROM: <a@x.test> (space)
            501 5.5.4 Invalid FROM: Unexpected whitespace before path
            # MAIL FROM:<>
            250 2.1.0 Ok
            # MAIL unqualified sender
            501 5.5.4 Invalid FROM: Missing domain
            # MAIL unknown parameter
            555 5.5.4 Unsupported parameters
            # RCPT unknown parameter
            555 5.5.4 Unsupported parameters
            # MAIL BODY=BINARYMIME
            555 5.5.4 Unsupported mail BODY type
            # MAIL BODY=junk
            555 5.5.4 Unsupported mail BODY type
            # MAIL SIZE=junk
            555 5.5.4 Unsupported SIZE parameter value
            # MAIL AUTH=<>
            250 2.1.0 Ok
            # UTF-8 sender without SMTPUTF8
            250 2.1.0 Ok
            # UTF-8 recipient without SMTPUTF8
            250 2.1.5 Ok
            # MAIL RET=junk
            555 5.5.4 Unsupported RET= parameter keyword
            # RCPT NOTIFY=junk
            555 5.5.4 Invalid NOTIFY= parameter value
            # MAIL PRDR
            555 5.5.4 Unsupported parameters
            # MAIL REQUIRETLS
            555 5.5.4 Unsupported parameters
            # RCPT quoted local part
            250 2.1.5 Ok
            # RCPT syntax
            501 5.5.4 Invalid TO: Missing domain after '@'
            # RCPT unqualified
            250 2.1.5 Ok
            # RCPT OK
            250 2.1.5 Ok
            # RCPT nosuch
            550 5.1.1 <nosuch@mail.example> <nosuch@mail.example>: Recipient address rejected: User unknown in virtual mailbox table
            # RCPT tempfail
            450 4.2.0 <tempfail@mail.example> <tempfail@mail.example>: Recipient address rejected: Greylisted, come back in 5 minutes
            # RCPT temp451
            451 4.3.0 <temp451@mail.example> <temp451@mail.example>: Recipient address rejected: Local error in processing
            # RCPT full
            452 4.2.2 <full@mail.example> <full@mail.example>: Recipient address rejected: Mailbox full
            # RCPT quota
            552 5.2.2 <quota@mail.example> <quota@mail.example>: Recipient address rejected: Mailbox over quota
            # RCPT reject
            550 5.7.1 <reject@mail.example> <reject@mail.example>: Recipient address rejected: Rejected by policy
            # RCPT shutdown
            421-4.3.2 dovecot.mail.example Lost connection to relay server:
            421 4.3.2 Recipient address rejected: Service shutting down (connection lost)
            # relay denied
            250 2.1.5 Ok
            # blocked sender, MAIL
            250 2.1.0 Ok
            # blocked sender, RCPT
            550 5.7.1 <user@mail.example> <blocked@x.test>: Sender address rejected: Sender blocked
            # temp sender, MAIL
            250 2.1.0 Ok
            # temp sender, RCPT
            450 4.1.8 <user@mail.example> <tempsender@x.test>: Sender address rejected: Sender domain not found, try later
            # DATA refused (nodata@)
            354 OK
            # DATA ok (354)
            354 OK
            # after dot: 250
            250 2.0.0 Ok: 378 bytes queued as 7DA9BFA40B1
            # after dot: dataperm
            554 5.7.1 <dataperm@mail.example>: Recipient address rejected: Content rejected for this recipient
            # after dot: datatemp
            451 4.7.1 <datatemp@mail.example>: Recipient address rejected: Content deferred for this recipient
            # after dot: content
            550 5.7.1 Message content rejected
            # RSET
            250 2.0.0 Ok
            # NOOP
            250 2.0.0 OK
            # NOOP arg
            250 2.0.0 OK
            # VRFY
            252 2.0.0 user
            # EXPN
            500 5.5.1 Unknown command
            # HELP
            500 5.5.1 Unknown command
            # QUIT
            221 2.0.0 Bye
            # STARTTLS argument
            502 5.5.1 TLS support is not enabled.
            # RCPT line of 600
            250 2.1.5 Ok
            # RCPT line of 1100
            250 2.1.5 Ok
            # RCPT line of 20000
            500 5.5.2 Line too long
            # RCPT line of 100000
            500 5.5.2 Line too long
            # NOOP line of 3000
            250 2.0.0 OK
            # submission: MAIL before STARTTLS
            530 5.7.0 Authentication required.
            # submission: RCPT before STARTTLS
            530 5.7.0 Authentication required.
            # submission: AUTH before STARTTLS
            235 2.7.0 Logged in.
            # submission: MAIL without AUTH
            530 5.7.0 Authentication required.
            # submission: RCPT without AUTH
            530 5.7.0 Authentication required.
            # AUTH unknown mechanism
            504 5.5.4 Unsupported authentication mechanism.
            # AUTH cancelled
            501 5.5.2 Authentication aborted by client.
            # AUTH bad base64
            501 5.5.2 Invalid base64 data in initial response
            # AUTH LOGIN bad base64
            535 5.7.8 Invalid base64 in response
            # AUTH without mechanism
            501 5.5.4 Missing SASL mechanism parameter
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            334 VXNlcm5hbWU6
            # AUTH LOGIN with user as IR
            334 UGFzc3dvcmQ6
            # STARTTLS twice
            502 5.5.1 TLS is already active.
            # AUTH again after 235
            503 5.5.0 Already authenticated
            # AUTH within a transaction
            503 5.5.0 Already authenticated
            # AUTH line of 16000, then NOOP
            250 2.0.0 OK
            """#
    )
}
