import SMTPWire
import Testing

@Suite("HelloName")
struct HelloNameTests {
    @Test("Legal names", arguments: ["localhost", "a.example", "[192.0.2.1]", "[IPv6:::1]", "xn--bcher-kva.example"])
    func legal(text: String) throws {
        #expect(try HelloName(text).text == text)
        #expect(try HelloName(lenient: text).text == text)
    }

    @Test(
        "Illegal names, those beyond ASCII too: the server has not yet said that it takes them",
        arguments: [
            Refusal("", Failure(.empty, .helloName, at: 0)),
            Refusal("a b", Failure(.invalidOctet, .helloName, 0x20, at: 1)),
            Refusal("a\r\nMAIL FROM:<>", Failure(.invalidOctet, .helloName, 0x0D, at: 1)),
            Refusal("a_b", Failure(.invalidOctet, .helloName, 0x5F, at: 1)),
            Refusal("[1.2.3.4", Failure(.incomplete, .helloName, at: 8)),
            Refusal("[]", Failure(.empty, .helloName, at: 1)),
            Refusal("a.bücher", Failure(.invalidOctet, .helloName, 0xC3, at: 3)),
        ]
    )
    func illegal(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try HelloName(refusal.text) } == refusal.failure)
    }

    @Test("Being lenient takes underscores and a final dot, and nothing beyond ASCII")
    func lenient() throws {
        #expect(try HelloName(lenient: "my_host.").text == "my_host")
        #expect(throws: WireError.self) { try HelloName(lenient: "bücher") }
    }
}
