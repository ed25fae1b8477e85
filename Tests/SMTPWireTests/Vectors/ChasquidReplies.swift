// Recorded from chasquid 1.11 and chasquid 1.15; host names replaced.

extension RecordedReplies {
    static let chasquid111 = RecordedReplies(
        server: "chasquid 1.11",
        text: #"""
            # EHLO, smtp
            220 chasquid.mail.example ESMTP chasquid
            250-chasquid.mail.example - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-STARTTLS
            250 HELP
            # EHLO, smtp after STARTTLS
            220 2.0.0 You experience a strange sense of peace
            250-localhost - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-AUTH PLAIN
            250 HELP
            # EHLO, submission
            220 chasquid.mail.example ESMTP chasquid
            250-chasquid.mail.example - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-STARTTLS
            250 HELP
            # EHLO, submission after STARTTLS
            220 2.0.0 You experience a strange sense of peace
            250-localhost - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-AUTH PLAIN
            250 HELP
            # EHLO, submissions, implicit TLS
            220 localhost ESMTP chasquid
            250-localhost - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-AUTH PLAIN
            250 HELP
            # unknown command
            500 5.5.1 Unknown command
            # empty line
            500 5.5.1 Unknown command
            # GET / HTTP/1.1
            502 5.7.0 You hear someone cursing shoplifters
            # MAIL before EHLO
            250 2.1.5 You feel like you are being watched
            # EHLO without argument
            501 Invisible customers are not welcome!
            # EHLO with underscore/space
            250-chasquid.mail.example - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-STARTTLS
            250 HELP
            # EHLO address literal
            250-chasquid.mail.example - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-STARTTLS
            250 HELP
            # HELO
            250 Hello my friend, welcome to chasqui's delicatessen!
            # RCPT before MAIL
            503 5.5.1 Sender not yet given
            # DATA before MAIL
            503 5.5.1 Sender not yet given
            # DATA without RCPT
            503 5.5.1 Need an address to send to
            # MAIL twice
            250 2.1.5 You feel like you are being watched
            # BDAT before MAIL
            500 5.5.1 Unknown command
            # MAIL syntax
            250 2.1.5 You feel like you are being watched
            # MAIL syntax 2
            501 5.1.7 Sender address malformed
            # MAIL FROM: <a@x.test> (space)
            250 2.1.5 You feel like you are being watched
            # MAIL FROM:<>
            250 2.1.5 You feel like you are being watched
            # MAIL unqualified sender
            501 5.1.7 Sender address malformed
            # MAIL unknown parameter
            250 2.1.5 You feel like you are being watched
            # RCPT unknown parameter
            250 2.1.5 You have an eerie feeling...
            # MAIL BODY=BINARYMIME
            250 2.1.5 You feel like you are being watched
            # MAIL BODY=junk
            250 2.1.5 You feel like you are being watched
            # MAIL SIZE=junk
            250 2.1.5 You feel like you are being watched
            # MAIL AUTH=<>
            250 2.1.5 You feel like you are being watched
            # UTF-8 sender without SMTPUTF8
            250 2.1.5 You feel like you are being watched
            # UTF-8 recipient without SMTPUTF8
            550 5.1.1 Destination address is unknown (user does not exist)
            # MAIL RET=junk
            250 2.1.5 You feel like you are being watched
            # RCPT NOTIFY=junk
            250 2.1.5 You have an eerie feeling...
            # MAIL PRDR
            250 2.1.5 You feel like you are being watched
            # MAIL REQUIRETLS
            250 2.1.5 You feel like you are being watched
            # RCPT quoted local part
            501 5.1.3 Malformed destination address
            # RCPT syntax
            501 5.1.3 Malformed destination address
            # RCPT unqualified
            501 5.1.3 Malformed destination address
            # RCPT OK
            250 2.1.5 You have an eerie feeling...
            # RCPT nosuch
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT tempfail
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT temp451
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT full
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT quota
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT reject
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT shutdown
            550 5.1.1 Destination address is unknown (user does not exist)
            # after 421: NOOP
            250 2.0.0 You hear a faint typing noise.
            # relay denied
            503 5.7.1 Relay not allowed
            # blocked sender, MAIL
            250 2.1.5 You feel like you are being watched
            # blocked sender, RCPT
            250 2.1.5 You have an eerie feeling...
            # temp sender, MAIL
            250 2.1.5 You feel like you are being watched
            # temp sender, RCPT
            250 2.1.5 You have an eerie feeling...
            # DATA refused (nodata@)
            354 You suddenly realize it is unnaturally quiet
            # DATA ok (354)
            354 You suddenly realize it is unnaturally quiet
            # after dot: 250
            250 2.0.0 In return to thy service, I grant thee the gift of Immortality!
            # after dot: dataperm
            550 5.1.1 Destination address is unknown (user does not exist)
            # after dot: datatemp
            550 5.1.1 Destination address is unknown (user does not exist)
            # after dot: content
            250 2.0.0 You offer the Amulet of Yendor to Anhur...
            # RSET
            250 2.0.0 Your mind releases itself from mundane concerns.
            # NOOP
            250 2.0.0 You hear a faint typing noise.
            # NOOP arg
            250 2.0.0 You hear a faint typing noise.
            # VRFY
            502 5.5.1 You have a strange feeling for a moment, then it passes.
            # EXPN
            502 5.5.1 You feel disoriented for a moment.
            # HELP
            214 2.0.0 Hoy por ti, mañana por mi
            # QUIT
            221 2.0.0 Be seeing you...
            # STARTTLS argument
            220 2.0.0 You experience a strange sense of peace
            # RCPT line of 600
            501 5.1.3 Destination address too long
            # RCPT line of 1100
            554 error reading command: line too long
            # RCPT line of 3000
            554 error reading command: line too long
            # RCPT line of 20000
            554 error reading command: line too long
            # RCPT line of 100000
            554 error reading command: line too long
            # NOOP line of 3000
            554 error reading command: line too long
            # submission: MAIL before STARTTLS
            550 5.7.9 Mail to submission port must be authenticated
            # submission: RCPT before STARTTLS
            503 5.5.1 Sender not yet given
            # submission: AUTH before STARTTLS
            503 5.7.10 You feel vulnerable
            # submission: MAIL without AUTH
            550 5.7.9 Mail to submission port must be authenticated
            # submission: RCPT without AUTH
            503 5.5.1 Sender not yet given
            # AUTH unknown mechanism
            534 5.7.9 Asmodeus demands 534 zorkmids for safe passage
            # AUTH cancelled
            500 5.5.1 Unknown command
            # AUTH bad base64
            501 5.5.2 Error decoding AUTH response: illegal base64 data at input byte 0
            # AUTH LOGIN bad base64
            500 5.5.1 Unknown command
            # AUTH without mechanism
            534 5.7.9 Asmodeus demands 534 zorkmids for safe passage
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            534 5.7.9 Asmodeus demands 534 zorkmids for safe passage
            # AUTH LOGIN with user as IR
            534 5.7.9 Asmodeus demands 534 zorkmids for safe passage
            # STARTTLS twice
            503 5.5.1 You are already wearing that!
            # AUTH again after 235
            503 5.5.1 You are already wearing that!
            # AUTH within a transaction
            503 5.5.1 You are already wearing that!
            """#
    )

    static let chasquid115 = RecordedReplies(
        server: "chasquid 1.15",
        text: #"""
            # EHLO, smtp
            220 chasquid.mail.example ESMTP chasquid
            250-chasquid.mail.example - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-STARTTLS
            250 HELP
            # EHLO, smtp after STARTTLS
            220 2.0.0 You experience a strange sense of peace
            250-localhost - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-AUTH PLAIN
            250 HELP
            # EHLO, submission
            220 chasquid.mail.example ESMTP chasquid
            250-chasquid.mail.example - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-STARTTLS
            250 HELP
            # EHLO, submission after STARTTLS
            220 2.0.0 You experience a strange sense of peace
            250-localhost - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-AUTH PLAIN
            250 HELP
            # EHLO, submissions, implicit TLS
            220 localhost ESMTP chasquid
            250-localhost - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-AUTH PLAIN
            250 HELP
            # unknown command
            500 5.5.1 Unknown command
            # empty line
            500 5.5.1 Unknown command
            # GET / HTTP/1.1
            502 5.7.0 You hear someone cursing shoplifters
            # MAIL before EHLO
            250 2.1.5 You feel like you are being watched
            # EHLO without argument
            501 Invisible customers are not welcome!
            # EHLO with underscore/space
            250-chasquid.mail.example - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-STARTTLS
            250 HELP
            # EHLO address literal
            250-chasquid.mail.example - Your hour of destiny has come.
            250-8BITMIME
            250-PIPELINING
            250-SMTPUTF8
            250-ENHANCEDSTATUSCODES
            250-SIZE 5242880
            250-STARTTLS
            250 HELP
            # HELO
            250 Hello my friend, welcome to chasqui's second-hand bookstore!
            # RCPT before MAIL
            503 5.5.1 Sender not yet given
            # DATA before MAIL
            503 5.5.1 Sender not yet given
            # DATA without RCPT
            503 5.5.1 Need an address to send to
            # MAIL twice
            250 2.1.5 You feel like you are being watched
            # BDAT before MAIL
            500 5.5.1 Unknown command
            # MAIL syntax
            250 2.1.5 You feel like you are being watched
            # MAIL syntax 2
            501 5.1.7 Sender address malformed
            # MAIL FROM: <a@x.test> (space)
            250 2.1.5 You feel like you are being watched
            # MAIL FROM:<>
            250 2.1.5 You feel like you are being watched
            # MAIL unqualified sender
            501 5.1.7 Sender address malformed
            # MAIL unknown parameter
            250 2.1.5 You feel like you are being watched
            # RCPT unknown parameter
            250 2.1.5 You have an eerie feeling...
            # MAIL BODY=BINARYMIME
            250 2.1.5 You feel like you are being watched
            # MAIL BODY=junk
            250 2.1.5 You feel like you are being watched
            # MAIL SIZE=junk
            250 2.1.5 You feel like you are being watched
            # MAIL AUTH=<>
            250 2.1.5 You feel like you are being watched
            # UTF-8 sender without SMTPUTF8
            250 2.1.5 You feel like you are being watched
            # UTF-8 recipient without SMTPUTF8
            550 5.1.1 Destination address is unknown (user does not exist)
            # MAIL RET=junk
            250 2.1.5 You feel like you are being watched
            # RCPT NOTIFY=junk
            250 2.1.5 You have an eerie feeling...
            # MAIL PRDR
            250 2.1.5 You feel like you are being watched
            # MAIL REQUIRETLS
            250 2.1.5 You feel like you are being watched
            # RCPT quoted local part
            501 5.1.3 Malformed destination address
            # RCPT syntax
            501 5.1.3 Malformed destination address
            # RCPT unqualified
            501 5.1.3 Malformed destination address
            # RCPT OK
            250 2.1.5 You have an eerie feeling...
            # RCPT nosuch
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT tempfail
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT temp451
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT full
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT quota
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT reject
            550 5.1.1 Destination address is unknown (user does not exist)
            # RCPT shutdown
            550 5.1.1 Destination address is unknown (user does not exist)
            # after 421: NOOP
            250 2.0.0 You hear a faint typing noise.
            # relay denied
            503 5.7.1 Relay not allowed
            # blocked sender, MAIL
            250 2.1.5 You feel like you are being watched
            # blocked sender, RCPT
            250 2.1.5 You have an eerie feeling...
            # temp sender, MAIL
            250 2.1.5 You feel like you are being watched
            # temp sender, RCPT
            250 2.1.5 You have an eerie feeling...
            # DATA refused (nodata@)
            354 You suddenly realize it is unnaturally quiet
            # DATA ok (354)
            354 You suddenly realize it is unnaturally quiet
            # after dot: 250
            250 2.0.0 The voice of Anhur booms out: Congratulations, mortal!
            # after dot: dataperm
            550 5.1.1 Destination address is unknown (user does not exist)
            # after dot: datatemp
            550 5.1.1 Destination address is unknown (user does not exist)
            # after dot: content
            250 2.0.0 An invisible choir sings, and you are bathed in radiance...
            # RSET
            250 2.0.0 Your mind releases itself from mundane concerns.
            # NOOP
            250 2.0.0 You hear a faint typing noise.
            # NOOP arg
            250 2.0.0 You hear a faint typing noise.
            # VRFY
            502 5.5.1 You have a strange feeling for a moment, then it passes.
            # EXPN
            502 5.5.1 You feel disoriented for a moment.
            # HELP
            214 2.0.0 Hoy por ti, mañana por mi
            # QUIT
            221 2.0.0 Be seeing you...
            # STARTTLS argument
            220 2.0.0 You experience a strange sense of peace
            # RCPT line of 600
            501 5.1.3 Destination address too long
            # RCPT line of 1100
            554 error reading command: line too long
            # RCPT line of 3000
            554 error reading command: line too long
            # RCPT line of 20000
            554 error reading command: line too long
            # RCPT line of 100000
            554 error reading command: line too long
            # NOOP line of 3000
            554 error reading command: line too long
            # submission: MAIL before STARTTLS
            550 5.7.9 Mail to submission port must be authenticated
            # submission: RCPT before STARTTLS
            503 5.5.1 Sender not yet given
            # submission: AUTH before STARTTLS
            503 5.7.10 You feel vulnerable
            # submission: MAIL without AUTH
            550 5.7.9 Mail to submission port must be authenticated
            # submission: RCPT without AUTH
            503 5.5.1 Sender not yet given
            # AUTH unknown mechanism
            534 5.7.9 Asmodeus demands 534 zorkmids for safe passage
            # AUTH cancelled
            500 5.5.1 Unknown command
            # AUTH bad base64
            501 5.5.2 Error decoding AUTH response: illegal base64 data at input byte 0
            # AUTH LOGIN bad base64
            500 5.5.1 Unknown command
            # AUTH without mechanism
            534 5.7.9 Asmodeus demands 534 zorkmids for safe passage
            # AUTH PLAIN no IR: challenge
            334 
            # AUTH LOGIN: challenge 1
            534 5.7.9 Asmodeus demands 534 zorkmids for safe passage
            # AUTH LOGIN with user as IR
            534 5.7.9 Asmodeus demands 534 zorkmids for safe passage
            # STARTTLS twice
            503 5.5.1 You are already wearing that!
            # AUTH again after 235
            503 5.5.1 You are already wearing that!
            # AUTH within a transaction
            503 5.5.1 You are already wearing that!
            """#
    )
}
