import SMTPWire
import Testing

@Suite("XText")
struct XTextTests {
    @Test("Any octets come back, and what stands between is visible ASCII")
    func roundTrip() throws {
        let all = Array(UInt8.min...UInt8.max)
        let encoded = XText.encode(all)
        #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3D })
        #expect(try XText.decode(encoded) == all)
        #expect(XText.encode("a+b=c d\n".utf8) == "a+2Bb+3Dc+20d+0A")
    }

    @Test(
        "What is no xtext is refused with the octet that is to blame",
        arguments: [
            Refusal("a b", Failure(.invalidOctet, .xtext, 0x20, at: 1)),
            Refusal("a=b", Failure(.invalidOctet, .xtext, 0x3D, at: 1)),
            Refusal("aé", Failure(.invalidOctet, .xtext, 0xC3, at: 1)),
            Refusal("a\r", Failure(.invalidOctet, .xtext, 0x0D, at: 1)),
            Refusal("+", Failure(.incomplete, .xtext, at: 1)),
            Refusal("a+4", Failure(.incomplete, .xtext, at: 3)),
            Refusal("+G0", Failure(.invalidOctet, .xtext, 0x47, at: 1)),
            Refusal("+0G", Failure(.invalidOctet, .xtext, 0x47, at: 2)),
            Refusal("+G", Failure(.invalidOctet, .xtext, 0x47, at: 1)),
        ]
    )
    func refusals(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try XText.decode(refusal.text) } == refusal.failure)
    }

    @Test("Digits in lower case are understood")
    func lowerCase() throws {
        #expect(try XText.decode("+2b+aF") == [0x2B, 0xAF])
    }
}

@Suite("Base64")
struct Base64Tests {
    @Test(
        "The vectors of RFC 4648 §10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(plain: String, encoded: String) {
        #expect(string(Base64.encode(Array(plain.utf8))) == encoded)
        #expect(Base64.decode(encoded.utf8) == Array(plain.utf8))
    }

    @Test("Any octets of any length come back")
    func roundTrip() {
        let octets = (0..<1024).map { UInt8(truncatingIfNeeded: $0 &* 167) }
        for count in 0..<octets.count {
            let some = Array(octets[..<count])
            #expect(Base64.decode(Base64.encode(some)) == some)
        }
    }

    @Test(
        "Nothing else is decoded",
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "=", "==", "====", "Zm8", "Zm9v=", "Z===", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9v",
            "Zm9v\n",
            "Zm9-", "Zm9_", "Zm9é", "Zg=A", "=Zg=", " Zg=", "\0\0\0\0", "+/8",
        ]
    )
    func refusals(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }
}

@Suite("DisplayText")
struct DisplayTextTests {
    @Test(
        "Text that is safe stays, and all else is escaped",
        arguments: [
            ("", ""), ("plain ~", "plain ~"), ("é 用 😀", "é 用 😀"), ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\u{1B}[31m", "\\u{1B}[31m"),
            ("\0\u{7F}", "\\u{0}\\u{7F}"), ("\u{9B}2J", "\\u{9B}2J"), ("\u{85}", "\\u{85}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{202E}abc\u{2066}", "\\u{202E}abc\\u{2066}"), ("\u{200B}\u{FEFF}\u{AD}", "\\u{200B}\\u{FEFF}\\u{AD}"),
            ("\u{E0041}", "\\u{E0041}"), ("\u{61C}\u{200F}", "\\u{61C}\\u{200F}"), ("e\u{301}", "e\u{301}"),
        ]
    )
    func text(text: String, shown: String) {
        #expect(DisplayText.escape(text) == shown)
    }

    @Test(
        "Octets that are no UTF-8 are escaped one by one",
        arguments: [
            ([0xFF], "\\xFF"), ([0x61, 0xC3], "a\\xC3"), ([0xC3, 0x28], "\\xC3("),
            ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
            ([0xC0, 0x80], "\\xC0\\x80"), ([0xF4, 0x90, 0x80, 0x80], "\\xF4\\x90\\x80\\x80"),
            ([0xE2, 0x82, 0x41], "\\xE2\\x82A"),
            ([0xF0, 0x9F, 0x98], "\\xF0\\x9F\\x98"), ([0xE2, 0x82, 0xAC, 0x80], "€\\x80"),
        ] as [([UInt8], String)]
    )
    func octets(octets: [UInt8], shown: String) {
        #expect(DisplayText.escape(octets) == shown)
    }

    @Test("Whatever comes in, what goes out is one line without a control character, and nothing is lost")
    func noise() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let octets = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let shown = DisplayText.escape(octets)
            #expect(!shown.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
            #expect(shown.utf8.count >= octets.count)
        }
    }

    @Test("A great text takes time in proportion: a quadratic way would not end here")
    func great() {
        let octets = [UInt8](repeating: 0xFF, count: 1 << 20)
        #expect(DisplayText.escape(octets).utf8.count == 4 << 20)
    }
}
