import SMTPWire
import Testing

@Suite("ReversePath and ForwardPath")
struct PathTests {
    @Test("The null reverse-path", arguments: ["", "<>"])
    func null(text: String) throws {
        #expect(try ReversePath(text) == .null)
        #expect(try ReversePath(lenient: text) == .null)
        #expect(throws: WireError.self) { try ForwardPath(text) }
    }

    @Test("Postmaster needs no domain, in any case", arguments: ["postmaster", "<Postmaster>", "POSTMASTER"])
    func postmaster(text: String) throws {
        #expect(try ForwardPath(text) == .postmaster)
        #expect(try ForwardPath(lenient: text) == .postmaster)
        #expect(throws: WireError.self) { try ReversePath(text) }
    }

    @Test("Brackets may stand or not", arguments: ["a@b", "<a@b>"])
    func brackets(text: String) throws {
        let mailbox = try Mailbox("a@b")
        #expect(try ReversePath(text) == .mailbox(mailbox))
        #expect(try ForwardPath(text) == .mailbox(mailbox))
    }

    @Test(
        "Illegal paths, with offsets that count the bracket",
        arguments: [
            Refusal("<", Failure(.incomplete, .path, at: 1)),
            Refusal("<a@b", Failure(.incomplete, .path, at: 4)),
            Refusal("<a@b> SIZE=1", Failure(.incomplete, .path, at: 12)),
            Refusal("<a@b>\r\n", Failure(.incomplete, .path, at: 7)),
            Refusal("<a@b>>", Failure(.invalidOctet, .domain, 0x3E, at: 4)),
            Refusal("<a@b c>", Failure(.invalidOctet, .domain, 0x20, at: 4)),
            Refusal("< a@b>", Failure(.invalidOctet, .localPart, 0x20, at: 1)),
            Refusal("<a>", Failure(.incomplete, .mailbox, at: 2)),
            Refusal("<@a,@b:user@c>", Failure(.empty, .localPart, at: 1)),
            Refusal("<a@[1.2.3.4>", Failure(.incomplete, .addressLiteral, at: 11)),
            Refusal("<\"a\r\"@b>", Failure(.invalidOctet, .localPart, 0x0D, at: 3)),
            // A combining character joins the bracket for who reads text, and not for who reads octets.
            Refusal("<\u{301}a@b\u{600}>", Failure(.invalidOctet, .domain, 0xD8, at: 6)),
        ]
    )
    func illegal(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try ReversePath(refusal.text) } == refusal.failure)
        #expect(failure { () throws(WireError) in try ForwardPath(refusal.text) } == refusal.failure)
    }

    @Test("A combining character behind the bracket is part of the address")
    func graphemes() throws {
        #expect(try ReversePath("<\u{301}a@b>").description.unicodeScalars.first == "\u{301}")
    }

    @Test("Being lenient is the mailbox's")
    func lenient() throws {
        #expect(try ReversePath(lenient: "<a..b@c_d>").description == "\"a..b\"@c_d")
        #expect(try ForwardPath(lenient: "a..b@c_d").description == "\"a..b\"@c_d")
        #expect(failure { () throws(WireError) in try ForwardPath(lenient: "<>") } == Failure(.empty, .mailbox, at: 1))
    }
}
