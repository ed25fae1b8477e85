import SMTPWire
import Testing

@Suite("Domain")
struct DomainTests {
    private static let label63 = String(repeating: "a", count: 63)

    @Test(
        "Legal names",
        arguments: [
            "a", "a.b", "example.org", "EXAMPLE.org", "1.2", "123.example", "a-b.c--d", "xn--bcher-kva.example",
            label63,
            label63 + "." + label63, "bücher.example", "例子.中国", "नी\u{200C}.example",
        ]
    )
    func legal(name: String) throws {
        #expect(try Domain(name).name == name)
        #expect(try Domain(lenient: name).name == name)
        #expect(try Domain(lenient: name + ".").name == name)
    }

    @Test(
        "Illegal names",
        arguments: [
            Refusal("", Failure(.empty, .domain, at: 0)),
            Refusal(".", Failure(.invalidOctet, .domain, 0x2E, at: 0)),
            Refusal(".a", Failure(.invalidOctet, .domain, 0x2E, at: 0)),
            Refusal("a.", Failure(.invalidOctet, .domain, 0x2E, at: 1)),
            Refusal("a..b", Failure(.invalidOctet, .domain, 0x2E, at: 2)),
            Refusal("-a", Failure(.invalidOctet, .domain, 0x2D, at: 0)),
            Refusal("a-", Failure(.invalidOctet, .domain, 0x2D, at: 1)),
            Refusal("a.-b", Failure(.invalidOctet, .domain, 0x2D, at: 2)),
            Refusal("a-.b", Failure(.invalidOctet, .domain, 0x2D, at: 1)),
            Refusal("a_b", Failure(.invalidOctet, .domain, 0x5F, at: 1)),
            Refusal("a b", Failure(.invalidOctet, .domain, 0x20, at: 1)),
            Refusal("a@b", Failure(.invalidOctet, .domain, 0x40, at: 1)),
            Refusal("[1.2.3.4]", Failure(.invalidOctet, .domain, 0x5B, at: 0)),
            Refusal("é.b c", Failure(.invalidOctet, .domain, 0x20, at: 4)),
            Refusal("é\u{A0}", Failure(.invalidOctet, .domain, 0xC2, at: 2)),
            Refusal("a\u{200B}b", Failure(.invalidOctet, .domain, 0xE2, at: 1)),
            Refusal("a\u{FEFF}", Failure(.invalidOctet, .domain, 0xEF, at: 1)),
            Refusal("a\u{3000}b", Failure(.invalidOctet, .domain, 0xE3, at: 1)),
            Refusal(label63 + "a", Failure(.tooLong(limit: 63), .label, 0x61, at: 63)),
            Refusal("a." + label63 + "a.b", Failure(.tooLong(limit: 63), .label, 0x61, at: 65)),
            Refusal(String(repeating: "a.", count: 256) + "a", Failure(.tooLong(limit: 512), .domain, 0x61, at: 512)),
        ]
    )
    func illegal(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try Domain(refusal.text) } == refusal.failure)
    }

    @Test(
        "Being lenient takes underscores and one final dot",
        arguments: [("a_b", "a_b"), ("_dmarc.example", "_dmarc.example"), ("a.", "a"), ("_", "_")]
    )
    func lenient(name: String, result: String) throws {
        #expect(try Domain(lenient: name).name == result)
        #expect(throws: WireError.self) { try Domain(name) }
    }

    @Test("And no more", arguments: ["", ".", "..", "a..", "a-", "a b", "a\u{202E}"])
    func lenientRefuses(name: String) {
        #expect(throws: WireError.self) { try Domain(lenient: name) }
    }

    @Test("A domain may have 512 octets, twice what DNS can hold")
    func length() throws {
        let name = String(repeating: "a.", count: 255) + "ab"
        #expect(try Domain(name).name.utf8.count == 512)
    }
}
