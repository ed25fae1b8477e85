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
            ("[IPv6::]", 7), ("[IPv6:1]", 7), ("[IPv6:1:2:3:4:5:6:7]", 19), ("[IPv6:1:2:3:4:5:6:7:8:9]", 21),
            ("[IPv6:1:2:3:4:5:6:7:8:]", 21), ("[IPv6:1::2::3]", 11), ("[IPv6:::::]", 8), ("[IPv6:12345::]", 10),
            ("[IPv6:g::]", 6), ("[IPv6:1:2:3:4:5:6:7::]", 20), ("[IPv6:::2:3:4:5:6:7:8]", 19),
            ("[IPv6:192.0.2.1::]", 9), ("[IPv6:1:2:3:4:5:6:7:192.0.2.1]", 23), ("[IPv6:1:192.0.2.1]", 11),
            ("[IPv6:::1:2:3:4:5:192.0.2.1]", 21), ("[IPv6:::192.0.2.256]", 18), ("[IPv6:1:]", 8), ("[IPv6:1::2:]", 11),
            ("[IPv6:::1:]", 10), ("[IPv6:1:2:3:4:5:6::7]", 19), ("[IPv6:1:2:3:4:5::6:7:8]", 18), ("[IPv6::1]", 7),
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

    @Test("An IPv6 address is legal if its parts are, put together in any way", arguments: 0..<4 as Range<UInt64>)
    func sixes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = ["1", "ffff", "A0", ":", ":", ":", "::", "12345", "g", "1.2.3.4", "1.2.3"]
        for _ in 0..<5000 {
            // Mostly legal ones, with a piece in the wrong place now and then.
            var text = ""
            for _ in 0..<Int.random(in: 0...9, using: &generator) {
                text += pieces.prefix(3).randomElement(using: &generator) ?? ""
                text += Int.random(in: 0..<6, using: &generator) == 0 ? "::" : ":"
                let isDisturbed = Int.random(in: 0..<12, using: &generator) == 0
                if isDisturbed { text += pieces.randomElement(using: &generator) ?? "" }
            }
            if Bool.random(using: &generator) { text += pieces.randomElement(using: &generator) ?? "" }
            if Bool.random(using: &generator), text.hasSuffix(":"), !text.hasSuffix("::") { text.removeLast() }
            let isLegal = Self.isIPv6(text)
            #expect(((try? AddressLiteral("[IPv6:\(text)]")) != nil) == isLegal, "\(text)")
        }
    }

    /// The rule of RFC 5321 §4.1.3, by splitting.
    private static func isIPv6(_ text: String) -> Bool {
        func groups(_ part: Substring, isLast: Bool) -> Int? {
            if part.isEmpty { return 0 }
            var count = 0
            let parts = part.split(separator: ":", omittingEmptySubsequences: false)
            for (index, group) in parts.enumerated() {
                if isLast, index == parts.count - 1, (try? AddressLiteral("[\(group)]")) != nil {
                    count += 2
                } else if (1...4).contains(group.count), group.allSatisfy(\.isHexDigit) {
                    count += 1
                } else {
                    return nil
                }
            }
            return count
        }
        guard let gap = text.firstRange(of: "::") else {
            return groups(text[...], isLast: true) == 8
        }
        guard let before = groups(text[..<gap.lowerBound], isLast: false),
            let behind = groups(text[gap.upperBound...], isLast: true)
        else { return false }
        return before + behind <= 6
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
