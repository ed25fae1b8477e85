import SMTPWire
import Testing

@Suite("SMTPReply and its codes")
struct SMTPReplyTests {
    private func reply(_ code: UInt16, _ lines: [String]) throws -> SMTPReply {
        SMTPReply(code: try #require(ReplyCode(rawValue: code)), lines: lines)
    }

    @Test("Exactly the numbers from 200 to 599 are codes, and the first digit is their severity")
    func codes() throws {
        for number in UInt16.min...UInt16.max {
            let code = ReplyCode(rawValue: number)
            #expect((code != nil) == (200...599).contains(number))
            guard let code else { continue }
            #expect(UInt16(code.severity.rawValue) == number / 100)
            #expect(UInt16(code.category.rawValue) == number / 10 % 10)
            #expect(code == number && code.description == String(number))
        }
    }

    @Test("The severity decides, never the enhanced code")
    func severity() throws {
        let accepted = try reply(250, ["5.1.1 no such user"])
        #expect(accepted.isPositiveCompletion && !accepted.isPermanentNegative && !accepted.isTransientNegative)
        let refused = try reply(550, ["2.0.0 fine"])
        #expect(refused.isPermanentNegative && !refused.isPositiveCompletion)
        #expect(try reply(354, []).isPositiveIntermediate && reply(421, []).isTransientNegative)
        #expect(refused.category == .mailSystem && refused.severity == .permanentNegative)
    }

    @Test("The lines and what is shown of them")
    func lines() throws {
        let some = try reply(250, ["a\r", "", "b\u{1B}[2J", "c\nd"])
        #expect(some.lines.map { string($0) } == ["a\r", "", "b\u{1B}[2J", "c", "d"])
        #expect(some.text == ["a\\r", "", "b\\u{1B}[2J", "c", "d"])
        #expect(some.description == "250 a\\r  b\\u{1B}[2J c d")
        #expect(try reply(250, []).lines.count == 1)
        #expect(try reply(250, []).description == "250")
    }

    @Test("The description of a great reply is cut")
    func cut() throws {
        let description = try reply(250, [String(repeating: "é", count: 100_000)]).description
        #expect(description.hasSuffix("…") && description.utf8.count < 1100)
    }

    @Test(
        "An enhanced code is one digit of 2, 4 and 5, and two numbers of three digits at most",
        arguments: [
            ("2.0.0", "2.0.0"), ("5.1.1 no", "5.1.1"), ("4.999.999\tx", "4.999.999"), ("5.01.001 x", "5.1.1"),
            ("2.7.0 ", "2.7.0"),
            ("", nil), ("5", nil), ("5.", nil), ("5.1", nil), ("5.1.", nil), ("5.1.1.", nil), ("5.1.1x", nil),
            ("5.1.1-x", nil),
            ("5.1.1.1 x", nil), ("3.1.1 x", nil), ("1.1.1", nil), ("6.0.0", nil), ("0.0.0", nil), ("05.1.1", nil),
            ("005.1.1", nil),
            ("55.1.1", nil), ("5.1000.1", nil), ("5.1.1000", nil), ("5..1", nil), ("-5.1.1", nil), ("+5.1.1", nil),
            ("5.-1.1", nil),
            (" 5.1.1", nil), ("#5.1.1", nil), ("5,1,1", nil), ("٥.١.١", nil), ("5.1.1\u{A0}x", nil),
        ] as [(String, String?)]
    )
    func enhanced(text: String, code: String?) throws {
        #expect(EnhancedStatusCode(prefixOf: text.utf8)?.description == code)
        #expect(try reply(550, [text, "second line"]).enhancedStatusCode?.description == code)
        #expect(try reply(550, [text]).enhancedStatusCode?.description == code)
    }

    @Test("A code is built of parts in range alone")
    func parts() {
        #expect(EnhancedStatusCode(class: 5, subject: 7, detail: 999)?.description == "5.7.999")
        for (a, b, c) in [(3, 0, 0), (2, -1, 0), (2, 1000, 0), (2, 0, 1000), (2, 0, .min), (.max, 0, 0)] {
            #expect(EnhancedStatusCode(class: a, subject: b, detail: c) == nil)
        }
    }

    @Test(
        "What the registry calls a code",
        arguments: [
            ("2.1.5", "destination address valid"), ("5.1.1", "bad destination mailbox address"),
            ("4.2.2", "mailbox full"),
            ("5.3.4", "message too big for system"), ("4.4.7", "delivery time expired"),
            ("4.5.3", "too many recipients"),
            ("5.6.7", "non-ASCII addresses not permitted for that sender or recipient"),
            ("5.7.8", "authentication credentials invalid"), ("5.7.27", "sender address has null MX"),
            ("5.7.30", "REQUIRETLS support required"), ("2.0.0", "other or undefined status"),
            ("5.0.1", nil), ("5.7.31", nil), ("5.8.0", nil), ("5.999.999", nil),
        ] as [(String, String?)]
    )
    func meaning(code: String, meaning: String?) throws {
        #expect(try #require(EnhancedStatusCode(prefixOf: code.utf8)).meaning == meaning)
    }

    @Test("The mailboxes of replies to VRFY and EXPN")
    func mailboxes() throws {
        let table: [(UInt16, [String], [(String?, String)])] = [
            (250, ["Fred Smith <smith@foo.example>"], [("Fred Smith", "smith@foo.example")]),
            (250, ["<smith@foo.example>"], [(nil, "smith@foo.example")]),
            (250, ["smith@foo.example"], [(nil, "smith@foo.example")]),
            (250, ["2.1.5 \"Fred \" <smith@foo.example>"], [("Fred", "smith@foo.example")]),
            (252, ["2.0.0 smith@foo.example"], [(nil, "smith@foo.example")]),
            (252, ["Cannot VRFY user, but will accept message"], []),
            (251, ["User not local; will forward to <a@b.example>"], [(nil, "a@b.example")]),
            (551, ["5.1.6 User not local; please try <a@b.example>"], [(nil, "a@b.example")]),
            (
                250, ["Jon Postel <Postel@isi.example>", "2.1.5 <List@x>", "nonsense", "Sam <sam@y_z>"],
                [("Jon Postel", "Postel@isi.example"), (nil, "List@x"), ("Sam", "sam@y_z")]
            ),
            (
                553, ["Ambiguous; Possibilities are", "Joe Smith <jsmith@foo.example>"],
                [("Joe Smith", "jsmith@foo.example")]
            ),
            (250, ["Evil\u{1B}[2J <a@b>"], [("Evil\\u{1B}[2J", "a@b")]),
            (250, ["X <\"a b\"@c>", "\"a b\"@c"], [("X", "\"a b\"@c"), (nil, "\"a b\"@c")]),
            (550, ["5.1.1 <nosuch@x>: Recipient address rejected"], []),
            (550, ["no such user <a@b.example>"], []),
            (250, ["write to root@x or leave"], []),
            (250, ["<a@b\r>", "<>", ">", "<", ""], []),
        ]
        for (code, lines, expected) in table {
            let mailboxes = try reply(code, lines).mailboxes
            #expect(mailboxes.map(\.name) == expected.map(\.0))
            #expect(mailboxes.map(\.mailbox.description) == expected.map(\.1))
        }
    }

    @Test(
        "Octets that are no UTF-8 make no mailbox, and a line break beyond ASCII behind them no harm",
        arguments: ["\"\u{1}\u{85}\"@b.example", "\u{1}\u{1}\u{1}a@b.example", "a@\u{1}\u{1}b.example", "\"\u{1}a\"@b"]
    )
    func brokenMailboxes(line: String) throws {
        // Each stands for an octet that begins nothing; decoded, it would take three times its room.
        let line = Array(line.utf8).map { $0 == 1 ? 0x8F : $0 }
        var parser = ReplyParser()
        let octets = Array("250 <".utf8) + line + Array(">\r\n".utf8)
        let reply = try #require(try parser.parse(octets.span.bytes).reply)
        #expect(reply.mailboxes.isEmpty)
    }
}
