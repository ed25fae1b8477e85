import Testing

@testable import SMTPClient

@Suite("SASLprep")
struct SASLprepTests {
    /// A text prepared to be stored, or `nil` if it cannot be.
    static func prepared(_ text: String) -> String? { try? SASLprep.prepare(text, as: .stored) }

    @Test(
        "The examples of RFC 4013 §3",
        arguments: [("I\u{AD}X", "IX"), ("user", "user"), ("USER", "USER"), ("\u{AA}", "a"), ("\u{2168}", "IX")]
    )
    func examples(text: String, prepared: String) throws {
        #expect(try SASLprep.prepare(text, as: .stored) == prepared)
    }

    @Test("The refused examples of RFC 4013 §3")
    func refusedExamples() {
        #expect(throws: SASLprep.Failure.prohibited) { try SASLprep.prepare("\u{7}", as: .query) }
        #expect(throws: SASLprep.Failure.bidirectional) { try SASLprep.prepare("\u{627}\u{31}", as: .query) }
    }

    @Test(
        "Mapping and normalisation",
        arguments: [
            ("", ""), ("a\u{A0}b\u{3000}c", "a b c"), ("\u{200B}x\u{FEFF}", " x"), ("e\u{301}", "\u{E9}"),
            ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"), ("\u{AC00}\u{11A8}", "\u{AC01}"), ("\u{FB01}", "fi"),
            (
                "\u{FDFA}",
                "\u{635}\u{644}\u{649} \u{627}\u{644}\u{644}\u{647} \u{639}\u{644}\u{64A}\u{647} \u{648}\u{633}\u{644}\u{645}"
            ),
            ("a\u{323}\u{307}", "\u{1EA1}\u{307}"), ("a\u{307}\u{323}", "\u{1EA1}\u{307}"),
            // Excluded from composition.
            ("\u{915}\u{93C}", "\u{915}\u{93C}"), ("\u{958}", "\u{915}\u{93C}"), ("\u{212B}", "\u{C5}"),
            ("\u{627}a\u{628}", nil), ("\u{627}1\u{628}", "\u{627}1\u{628}"), ("\u{5D0} \u{5D1}", "\u{5D0} \u{5D1}"),
        ] as [(String, String?)]
    )
    func mapping(text: String, prepared: String?) {
        let result = try? SASLprep.prepare(text, as: .stored)
        // Strings are equal when they are canonically equivalent, which is what is tested here.
        #expect(result.map { Array($0.unicodeScalars) } == prepared.map { Array($0.unicodeScalars) })
    }

    @Test(
        "What is prohibited (RFC 4013 §2.3)",
        arguments: [
            "\u{7F}", "\u{80}", "\u{6DD}", "\u{2028}", "\u{E000}", "\u{FFFE}", "\u{FFFD}", "\u{2FF0}", "\u{340}",
            "\u{200E}", "\u{E0001}", "\u{10FFFF}", "\u{F0000}", "\u{1D173}",
        ]
    )
    func prohibited(text: String) {
        // U+0340 has a decomposition, and is not there any more when it would be looked for.
        if text.unicodeScalars.first == "\u{340}" {
            #expect((try? SASLprep.prepare("a\(text)", as: .query)) == "à")
        } else {
            #expect(throws: SASLprep.Failure.prohibited) { try SASLprep.prepare("a\(text)", as: .query) }
        }
    }

    @Test(
        "What is newer than Unicode 3.2 may be asked for and not stored (RFC 4013 §2.5)",
        arguments: ["🔑", "\u{221}", "ẞ"]
    )
    func unassigned(text: String) throws {
        #expect(try SASLprep.prepare(text, as: .query) == text)
        #expect(throws: SASLprep.Failure.unassigned) { try SASLprep.prepare(text, as: .stored) }
    }
}
