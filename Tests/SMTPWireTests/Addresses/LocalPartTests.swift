import SMTPWire
import Testing

@Suite("LocalPart")
struct LocalPartTests {
    @Test(
        "It is quoted where atoms do not suffice",
        arguments: [
            ("a", "a"), ("a.b", "a.b"), ("a b", "\"a b\""), ("\"", "\"\\\"\""), ("\\", "\"\\\\\""), ("a.", "\"a.\""),
            ("é", "é"), ("é é", "\"é é\""), ("(c)", "\"(c)\""), ("a,b", "\"a,b\""), ("e\u{301}\"", "\"e\u{301}\\\"\""),
        ]
    )
    func quoting(text: String, written: String) throws {
        #expect(try LocalPart(unquoted: text).description == written)
    }

    @Test(
        "Controls, nothing and too much are refused",
        arguments: [
            Refusal("", Failure(.empty, .localPart, at: 0)),
            Refusal("a\nb", Failure(.invalidOctet, .localPart, 0x0A, at: 1)),
            Refusal("\u{9F}", Failure(.invalidOctet, .localPart, 0xC2, at: 0)),
            Refusal("a\u{2029}", Failure(.invalidOctet, .localPart, 0xE2, at: 1)),
            Refusal("\u{85}\n", Failure(.invalidOctet, .localPart, 0xC2, at: 0)),
            Refusal(String(repeating: "é", count: 257), Failure(.tooLong(limit: 512), .localPart, 0xC3, at: 512)),
        ]
    )
    func refusals(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try LocalPart(unquoted: refusal.text) } == refusal.failure)
    }
}
