import SMTPWire
import Testing

@Suite("AddressLiteral")
struct AddressLiteralTests {
    @Test(
        "Legal literals",
        arguments: [
            "[0.0.0.0]", "[255.255.255.255]", "[192.000.002.001]", "[IPv6:::]", "[IPv6:::1]", "[IPv6:1::]",
            "[IPv6:1:2:3:4:5:6:7:8]", "[ipv6:1:2:3:4:5:6:7:8]", "[IPv6:1:2:3:4:5:6::]", "[IPv6:::3:4:5:6:7:8]",
            "[IPv6:1::ffff:192.0.2.1]", "[IPv6:1:2:3:4:5:6:192.0.2.1]", "[IPv6:::192.0.2.1]", "[x:y]", "[a-b:!]",
        ]
    )
    func legal(text: String) throws {
        #expect(try AddressLiteral(text).description == text)
    }

    @Test(
        "What is in brackets and no address is refused by its first octet that has no place, or by its end",
        arguments: [
            ("[1.2.3]", 6), ("[1.2.3.4.5]", 8), ("[1.2.3.256]", 9), ("[1.2.3.0004]", 10), ("[1..2.3]", 3),
            ("[1.2.3.]", 7), ("[.1.2.3]", 1), ("[a]", 1), ("[1.2.3.a]", 7), ("[IPv6]", 1), ("[IPv6:]", 6),
            ("[IPv6::]", 6), ("[IPv6:1]", 7), ("[IPv6:1:2:3:4:5:6:7]", 19), ("[IPv6:1:2:3:4:5:6:7:8:9]", 21),
            ("[IPv6:1:2:3:4:5:6:7:8:]", 21), ("[IPv6:1::2::3]", 11), ("[IPv6:::::]", 8), ("[IPv6:12345::]", 10),
            ("[IPv6:g::]", 6), ("[IPv6:1:2:3:4:5:6:7::]", 20), ("[IPv6:::2:3:4:5:6:7:8]", 19),
            ("[IPv6:192.0.2.1::]", 9), ("[IPv6:1:2:3:4:5:6:7:192.0.2.1]", 23), ("[IPv6:1:192.0.2.1]", 11),
            ("[IPv6:::1:2:3:4:5:192.0.2.1]", 21), ("[IPv6:::192.0.2.256]", 18), ("[IPv6:1:]", 8), ("[IPv6::1]", 6),
            ("[IPv6:fe80::1%eth0]", 13), ("[:x]", 1), ("[x:]", 3), ("[x-:y]", 3), ("[x_y:z]", 2),
        ]
    )
    func fault(text: String, offset: Int) {
        let octet = Array(text.utf8)[offset]
        let isEnd = offset == text.utf8.count - 1
        #expect(
            failure { () throws(WireError) in try AddressLiteral(text) }
                == Failure(isEnd ? .incomplete : .invalidOctet, .addressLiteral, isEnd ? nil : octet, at: offset)
        )
    }

    @Test(
        "Illegal literals",
        arguments: [
            Refusal("", Failure(.empty, .addressLiteral, at: 0)),
            Refusal("1.2.3.4", Failure(.invalidOctet, .addressLiteral, 0x31, at: 0)),
            Refusal("[", Failure(.incomplete, .addressLiteral, at: 1)),
            Refusal("[]", Failure(.empty, .addressLiteral, at: 1)),
            Refusal("[1.2.3.4", Failure(.incomplete, .addressLiteral, at: 8)),
            Refusal("[1.2.3.4]]", Failure(.invalidOctet, .addressLiteral, 0x5D, at: 9)),
            Refusal("[x:a b]", Failure(.invalidOctet, .addressLiteral, 0x20, at: 4)),
            Refusal("[x:\\]", Failure(.invalidOctet, .addressLiteral, 0x5C, at: 3)),
            Refusal("[x:[]", Failure(.invalidOctet, .addressLiteral, 0x5B, at: 3)),
            Refusal("[x:é]", Failure(.invalidOctet, .addressLiteral, 0xC3, at: 3)),
            Refusal("[x:\r\n]", Failure(.invalidOctet, .addressLiteral, 0x0D, at: 3)),
            Refusal(
                "[x:" + String(repeating: "a", count: 255) + "]",
                Failure(.tooLong(limit: 256), .addressLiteral, 0x61, at: 257)
            ),
        ]
    )
    func illegal(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try AddressLiteral(refusal.text) } == refusal.failure)
    }

    @Test(
        "An address as text becomes a literal, without its zone",
        arguments: [
            ("192.0.2.1", "[192.0.2.1]"), ("2001:db8::1", "[IPv6:2001:db8::1]"), ("fe80::1%eth0", "[IPv6:fe80::1]"),
            ("::ffff:192.0.2.1", "[IPv6:::ffff:192.0.2.1]"),
        ]
    )
    func address(text: String, literal: String) {
        #expect(AddressLiteral(address: text)?.description == literal)
        #expect(HelloName(address: text)?.text == literal)
    }

    @Test(
        "What is no address is none",
        arguments: ["", "%", "localhost", "1.2.3", "[1.2.3.4]", "1.2.3.4\r\n", "::1\u{301}"]
    )
    func noAddress(text: String) {
        #expect(AddressLiteral(address: text) == nil)
    }
}
