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
        ]
    )
    func refused(name: String) throws {
        #expect(try Domain(name).asciiForm == nil)
    }
}
