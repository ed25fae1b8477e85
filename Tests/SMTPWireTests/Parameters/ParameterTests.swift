import SMTPWire
import Testing

@Suite("Parameters of MAIL and RCPT")
struct ParameterTests {
    @Test("Each parameter of MAIL as it stands on the wire")
    func mail() throws {
        let time = try UTCTime(secondsSince1970: 1_795_493_700)
        let table: [(MailParameter, String)] = [
            (.size(0), "SIZE=0"),
            (.size(.max), "SIZE=18446744073709551615"),
            (.body(.sevenBit), "BODY=7BIT"),
            (.body(.eightBitMIME), "BODY=8BITMIME"),
            (.body(.binaryMIME), "BODY=BINARYMIME"),
            (.smtpUTF8, "SMTPUTF8"),
            (.ret(.full), "RET=FULL"),
            (.ret(.headers), "RET=HDRS"),
            (.envelopeID(try EnvelopeID("QQ314159")), "ENVID=QQ314159"),
            (.envelopeID(try EnvelopeID("a b+c=d")), "ENVID=a+20b+2Bc+3Dd"),
            (.auth(nil), "AUTH=<>"),
            (.auth(try Mailbox("e=mc2@example.com")), "AUTH=e+3Dmc2@example.com"),
            (.auth(try Mailbox("\"a b\"@example.com")), "AUTH=\"a+20b\"@example.com"),
            (.auth(try Mailbox("é@example.com")), "AUTH=+C3+A9@example.com"),
            (.deliverBy(try DeliverBy(seconds: 120, mode: .returns)), "BY=120;R"),
            (.deliverBy(try DeliverBy(seconds: -5, mode: .notifies, isTraced: true)), "BY=-5;NT"),
            (.deliverBy(try DeliverBy(seconds: 999_999_999, mode: .returns, isTraced: true)), "BY=999999999;RT"),
            (.futureRelease(try FutureRelease(afterSeconds: 86_400)), "HOLDFOR=86400"),
            (.futureRelease(FutureRelease(at: time)), "HOLDUNTIL=2026-11-24T04:15:00Z"),
            (.priority(try MessagePriority(-9)), "MT-PRIORITY=-9"),
            (.priority(try MessagePriority(0)), "MT-PRIORITY=0"),
            (.priority(try MessagePriority(9)), "MT-PRIORITY=9"),
            (
                .solicitation(try SolicitationKeywords(["org.example:ADV", "net.example:X_1-2"])),
                "SOLICIT=org.example:ADV,net.example:X_1-2"
            ),
            (.requireTLS, "REQUIRETLS"),
            (.prdr, "PRDR"),
            (.other(try ESMTPParameter("XVERP")), "XVERP"),
            (.other(try ESMTPParameter("xverp", value: "+é")), "xverp=+é"),
        ]
        for (parameter, text) in table {
            #expect(parameter.description == text)
            #expect(string(SMTPCommand.mail(.null, [parameter, .prdr]).bytes) == "MAIL FROM:<> \(text) PRDR\r\n")
        }
    }

    @Test("Each parameter of RCPT as it stands on the wire")
    func recipient() throws {
        let table: [(RecipientParameter, String)] = [
            (.notify(.never), "NOTIFY=NEVER"),
            (.notify(.when(success: true, failure: true, delay: true)), "NOTIFY=SUCCESS,FAILURE,DELAY"),
            (.notify(.when(success: false, failure: true, delay: false)), "NOTIFY=FAILURE"),
            (.notify(.when(success: true, failure: false, delay: true)), "NOTIFY=SUCCESS,DELAY"),
            (.notify(.when(success: false, failure: false, delay: false)), "NOTIFY=NEVER"),
            (.originalRecipient(try Mailbox("a+b=c@example.org")), "ORCPT=rfc822;a+2Bb+3Dc@example.org"),
            (.originalRecipient(try Mailbox("\"a b\"@example.org")), "ORCPT=rfc822;\"a+20b\"@example.org"),
            (
                .originalRecipient(try Mailbox("jörg+x@bücher.example")),
                "ORCPT=utf-8;j\\x{F6}rg\\x{2B}x@b\\x{FC}cher.example"
            ),
            (.originalRecipient(try Mailbox("\"é =\\\\\"@x")), "ORCPT=utf-8;\"\\x{E9}\\x{20}\\x{3D}\\x{5C}\\x{5C}\"@x"),
            (.originalRecipient(try Mailbox("用😀@x")), "ORCPT=utf-8;\\x{7528}\\x{1F600}@x"),
            (.other(try ESMTPParameter("RRVS", value: "2014-04-03T23:01:00Z;C")), "RRVS=2014-04-03T23:01:00Z;C"),
        ]
        for (parameter, text) in table {
            #expect(parameter.description == text)
            #expect(
                string(SMTPCommand.recipient(.postmaster, [parameter, .notify(.never)]).bytes)
                    == "RCPT TO:<Postmaster> \(text) NOTIFY=NEVER\r\n"
            )
        }
    }

    @Test("A form of RFC 6533 has no code point with a leading zero, and none that is plain")
    func codePoints() throws {
        for value in [0xA0, 0xFF, 0x100, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x10FFFD] as [UInt32] {
            let scalar = try #require(Unicode.Scalar(value))
            let parameter = RecipientParameter.originalRecipient(try Mailbox("\(scalar)@x"))
            let digits = String(value, radix: 16, uppercase: true)
            #expect(parameter.description == "ORCPT=utf-8;\\x{\(digits)}@x")
        }
    }

    @Test("Parameters are the same if their octets are, and not if they only look the same")
    func sameOctets() throws {
        let composed = try ESMTPParameter("XNAME", value: "\u{E9}")
        #expect(composed == (try ESMTPParameter("XNAME", value: "\u{E9}")))
        #expect(composed != (try ESMTPParameter("XNAME", value: "e\u{301}")))
        #expect(composed != (try ESMTPParameter("XNAME")))
        #expect(Set([composed, try ESMTPParameter("XNAME", value: "e\u{301}"), composed]).count == 2)
    }

    @Test(
        "ESMTPParameter refuses what is no keyword or no value",
        arguments: [
            ("", nil, Failure(.empty, .parameter, at: 0)),
            ("-A", nil, Failure(.invalidOctet, .parameter, 0x2D, at: 0)),
            ("A B", nil, Failure(.invalidOctet, .parameter, 0x20, at: 1)),
            ("A=B", nil, Failure(.invalidOctet, .parameter, 0x3D, at: 1)),
            ("A\r\nDATA", nil, Failure(.invalidOctet, .parameter, 0x0D, at: 1)),
            ("É", nil, Failure(.invalidOctet, .parameter, 0xC3, at: 0)),
            ("A", "", Failure(.empty, .parameter, at: 0)),
            ("A", "a b", Failure(.invalidOctet, .parameter, 0x20, at: 1)),
            ("A", "a=b", Failure(.invalidOctet, .parameter, 0x3D, at: 1)),
            ("A", "é\n", Failure(.invalidOctet, .parameter, 0x0A, at: 2)),
            ("A", "\u{7F}", Failure(.invalidOctet, .parameter, 0x7F, at: 0)),
            ("A", "é\u{9B}", Failure(.invalidOctet, .parameter, 0xC2, at: 2)),
            (String(repeating: "A", count: 129), nil, Failure(.tooLong(limit: 128), .parameter, 0x41, at: 128)),
            ("A", String(repeating: "a", count: 4097), Failure(.tooLong(limit: 4096), .parameter, 0x61, at: 4096)),
        ] as [(String, String?, Failure)]
    )
    func other(keyword: String, value: String?, expected: Failure) {
        #expect(failure { () throws(WireError) in try ESMTPParameter(keyword, value: value) } == expected)
    }

    @Test(
        "DeliverBy: nine digits, and time to come if the message is to be returned",
        arguments: [
            (0, DeliverBy.Mode.returns), (-1, .returns), (1_000_000_000, .returns), (1_000_000_000, .notifies),
            (-1_000_000_000, .notifies), (.min, .notifies), (.max, .notifies),
        ]
    )
    func deliverBy(seconds: Int, mode: DeliverBy.Mode) throws {
        #expect(
            failure { () throws(WireError) in try DeliverBy(seconds: seconds, mode: mode) }
                == Failure(.outOfRange, .deliverBy)
        )
        #expect(try DeliverBy(seconds: 0, mode: .notifies).description == "BY=0;N")
    }

    @Test("FutureRelease: nine digits, and not now", arguments: [0, -1, 1_000_000_000, .min, .max])
    func futureRelease(seconds: Int) {
        #expect(
            failure { () throws(WireError) in try FutureRelease(afterSeconds: seconds) }
                == Failure(.outOfRange, .releaseTime)
        )
    }

    @Test("MessagePriority: from -9 to 9", arguments: [-10, 10, .min, .max])
    func priority(value: Int) throws {
        #expect(failure { () throws(WireError) in try MessagePriority(value) } == Failure(.outOfRange, .priority))
        #expect(try MessagePriority(-1) < MessagePriority(0))
    }

    @Test(
        "SolicitationKeywords: words of a letter and more, a thousand octets at most",
        arguments: [
            ([], Failure(.empty, .solicitation)),
            ([""], Failure(.empty, .solicitation, at: 0)),
            (["a", "1a"], Failure(.invalidOctet, .solicitation, 0x31, at: 0)),
            (["a b"], Failure(.invalidOctet, .solicitation, 0x20, at: 1)),
            (["a,b"], Failure(.invalidOctet, .solicitation, 0x2C, at: 1)),
            (["a\r\n"], Failure(.invalidOctet, .solicitation, 0x0D, at: 1)),
            (
                [String(repeating: "a", count: 500), String(repeating: "b", count: 500)],
                Failure(.tooLong(limit: 1000), .solicitation, 0x62, at: 499)
            ),
        ] as [([String], Failure)]
    )
    func solicitation(keywords: [String], expected: Failure) throws {
        #expect(failure { () throws(WireError) in try SolicitationKeywords(keywords) } == expected)
        let longest = [String(repeating: "a", count: 500), String(repeating: "b", count: 499)]
        #expect(try SolicitationKeywords(longest).description.utf8.count == 1000)
    }
}
