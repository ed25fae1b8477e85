import SMTPWire
import Testing

@Suite("Domain: the ASCII form")
struct DomainASCIITests {
    @Test(
        "Labels are put in ASCII as RFC 3492 and the registries have them",
        arguments: [
            ("bücher.example", "xn--bcher-kva.example"),
            ("example.org", "example.org"),
            ("münchen.bayern", "xn--mnchen-3ya.bayern"),
            ("straße.example", "xn--strae-oqa.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
            ("пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"),
            ("उदाहरण.परीक्षा", "xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g"),
            ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"),
            ("ร้าน.ไทย", "xn--q3ct9b5e.xn--o3cw4h"),
            ("คุณ.ไทย", "xn--42c4a6g.xn--o3cw4h"),
            ("पड\u{93C}ोस.example", "xn--e2br7bp9e.example"),
            ("〇一.example", "xn--w6j351g.example"),
        ]
    )
    func known(name: String, ascii: String) throws {
        #expect(try Domain(name).asciiForm?.name == ascii)
    }

    @Test(
        "What is no U-label is not guessed at",
        arguments: [
            "BÜCHER.example", "bu\u{308}cher.example", "ﬁrma.example", "x\u{200D}ü.example", "ü☃.example",
            "ab--ü.example",
            // Decomposed: Hangul, Bengali, Tamil, Devanagari, kana; and Thai marks out of their order.
            "\u{1112}\u{1161}\u{11AB}.example", "ব\u{9C7}\u{9BE}.example", "க\u{BC6}\u{BBE}.example",
            "\u{928}\u{93C}.example", "か\u{3099}.example", "ก\u{E48}\u{E38}.example",
            // The Arabic tatweel, and a jamo that cannot be seen.
            "م\u{640}ثال.example",
        ]
    )
    func refused(name: String) throws {
        #expect(try Domain(name).asciiForm == nil)
    }
}
