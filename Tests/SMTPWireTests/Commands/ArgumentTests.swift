import SMTPWire
import Testing

@Suite("Arguments of commands")
struct ArgumentTests {
    @Test(
        "CommandArgument takes any one line",
        arguments: [
            Refusal("", Failure(.empty, .argument, at: 0)),
            Refusal("a\rb", Failure(.invalidOctet, .argument, 0x0D, at: 1)),
            Refusal("é\n", Failure(.invalidOctet, .argument, 0x0A, at: 2)),
            Refusal("\0", Failure(.invalidOctet, .argument, 0x00, at: 0)),
            Refusal("\u{1B}", Failure(.invalidOctet, .argument, 0x1B, at: 0)),
            Refusal("\u{7F}", Failure(.invalidOctet, .argument, 0x7F, at: 0)),
            Refusal(
                String(repeating: "a", count: 12_289),
                Failure(.tooLong(limit: 12_288), .argument, 0x61, at: 12_288)
            ),
        ]
    )
    func argument(refusal: Refusal) throws {
        #expect(failure { () throws(WireError) in try CommandArgument(refusal.text) } == refusal.failure)
        #expect(try CommandArgument(String(repeating: "a", count: 12_288)).text.utf8.count == 12_288)
    }

    @Test(
        "CommandVerb is letters, digits and hyphens",
        arguments: [
            Refusal("", Failure(.empty, .verb, at: 0)),
            Refusal("A B", Failure(.invalidOctet, .verb, 0x20, at: 1)),
            Refusal("É", Failure(.invalidOctet, .verb, 0xC3, at: 0)),
            Refusal("A_", Failure(.invalidOctet, .verb, 0x5F, at: 1)),
            Refusal(String(repeating: "A", count: 65), Failure(.tooLong(limit: 64), .verb, 0x41, at: 64)),
        ]
    )
    func verb(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try CommandVerb(refusal.text) } == refusal.failure)
    }

    @Test("AuthenticationMechanism is of twenty octets at most, in upper case")
    func mechanism() throws {
        #expect(try AuthenticationMechanism("scram-sha-256").name == "SCRAM-SHA-256")
        #expect(try AuthenticationMechanism("A_1") == AuthenticationMechanism("a_1"))
        #expect(throws: WireError.self) { try AuthenticationMechanism("PLAIN =") }
        #expect(throws: WireError.self) { try AuthenticationMechanism("ı") }
        #expect(try AuthenticationMechanism(String(repeating: "a", count: 20)).name.utf8.count == 20)
        #expect(throws: WireError.self) { try AuthenticationMechanism(String(repeating: "a", count: 21)) }
    }

    @Test("EnvelopeID is visible ASCII and spaces, a hundred octets of xtext at most")
    func envelopeID() throws {
        #expect(try EnvelopeID("a b").text == "a b")
        #expect(try EnvelopeID(String(repeating: "a", count: 100)).text.utf8.count == 100)
        for text in ["", "a\n", "é", "\u{7F}", String(repeating: "a", count: 101), String(repeating: "+", count: 34)] {
            #expect(throws: WireError.self) { try EnvelopeID(text) }
        }
        #expect(
            failure { () throws(WireError) in try EnvelopeID("a" + String(repeating: "+", count: 34)) }
                == Failure(.tooLong(limit: 100), .envelopeID, 0x2B, at: 34)
        )
    }

    @Test(
        "ContentURL has a scheme, and nothing that no URL has",
        arguments: [
            Refusal("", Failure(.empty, .contentURL, at: 0)),
            Refusal("imap", Failure(.incomplete, .contentURL, at: 4)),
            Refusal("imap:", Failure(.incomplete, .contentURL, at: 5)),
            Refusal("://x", Failure(.empty, .contentURL, at: 0)),
            Refusal("1map://x", Failure(.invalidOctet, .contentURL, 0x31, at: 0)),
            Refusal("i/m:x", Failure(.invalidOctet, .contentURL, 0x2F, at: 1)),
            Refusal("imap://a b", Failure(.invalidOctet, .contentURL, 0x20, at: 8)),
            Refusal("imap://a\r\nLAST", Failure(.invalidOctet, .contentURL, 0x0D, at: 8)),
            Refusal("imap://é", Failure(.invalidOctet, .contentURL, 0xC3, at: 7)),
            Refusal("imap://<x>", Failure(.invalidOctet, .contentURL, 0x3C, at: 7)),
            Refusal(
                "a:" + String(repeating: "a", count: 8191),
                Failure(.tooLong(limit: 8192), .contentURL, 0x61, at: 8192)
            ),
        ]
    )
    func url(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try ContentURL(refusal.text) } == refusal.failure)
    }

    @Test("A URL with a token in it is never shown")
    func urlIsHidden() throws {
        let url = try ContentURL("imap://joe@h/INBOX/;uid=20/;section=1.2;urlauth=submit+joe:internal:91354a47")
        var dumped = ""
        dump(url, to: &dumped)
        for shown in ["\(url)", String(reflecting: url), dumped] { #expect(!shown.contains("91354a47")) }
    }
}
