import SMTPWire
import Testing

@Suite("Mailbox")
struct MailboxTests {
    @Test(
        "A legal mailbox is written as it was given, but for quotes that it does not need",
        arguments: [
            ("user@example.org", "user@example.org"),
            ("User.Name+tag@Example.ORG", "User.Name+tag@Example.ORG"),
            ("!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org"),
            ("a@b", "a@b"),
            ("\"a b\"@example.org", "\"a b\"@example.org"),
            ("\"ab\"@example.org", "ab@example.org"),
            ("\"a\\b\"@example.org", "ab@example.org"),
            ("\"a\\\"b\\\\\"@example.org", "\"a\\\"b\\\\\"@example.org"),
            ("\"a@b\"@example.org", "\"a@b\"@example.org"),
            ("\"a>b\"@example.org", "\"a>b\"@example.org"),
            ("\"a..b\"@example.org", "\"a..b\"@example.org"),
            ("\".a\"@example.org", "\".a\"@example.org"),
            ("\" \"@example.org", "\" \"@example.org"),
            ("user@[192.0.2.1]", "user@[192.0.2.1]"),
            ("user@[IPv6:2001:db8::1]", "user@[IPv6:2001:db8::1]"),
            ("user@[x-tag:anything]", "user@[x-tag:anything]"),
            // Found by fuzzing: the last `@` is not always the one before the host.
            ("user@[x-tag:any@thing]", "user@[x-tag:any@thing]"),
            ("jörg@bücher.example", "jörg@bücher.example"),
            ("\"jörg b\"@example.org", "\"jörg b\"@example.org"),
            ("用户@例子.中国", "用户@例子.中国"),
        ]
    )
    func legal(text: String, written: String) throws {
        let mailbox = try Mailbox(text)
        #expect(mailbox.description == written)
        // What is written is read as the same.
        #expect(try Mailbox(written) == mailbox)
        #expect(try Mailbox(lenient: text) == mailbox)
    }

    @Test(
        "An illegal mailbox is refused with the octet that has no place, and where it stands",
        arguments: [
            Refusal("", Failure(.empty, .mailbox, at: 0)),
            Refusal("user", Failure(.incomplete, .mailbox, at: 4)),
            Refusal("jörg", Failure(.incomplete, .mailbox, at: 5)),
            Refusal("us er", Failure(.invalidOctet, .mailbox, 0x20, at: 2)),
            Refusal("@example.org", Failure(.empty, .localPart, at: 0)),
            Refusal("user@", Failure(.empty, .domain, at: 5)),
            Refusal("a@b@c", Failure(.invalidOctet, .domain, 0x40, at: 3)),
            Refusal("<a@b", Failure(.invalidOctet, .localPart, 0x3C, at: 0)),
            Refusal("a@b>", Failure(.invalidOctet, .domain, 0x3E, at: 3)),
            Refusal(" a@b", Failure(.invalidOctet, .localPart, 0x20, at: 0)),
            Refusal("a@b ", Failure(.invalidOctet, .domain, 0x20, at: 3)),
            Refusal("a@b c", Failure(.invalidOctet, .domain, 0x20, at: 3)),
            Refusal(".a@b", Failure(.invalidOctet, .localPart, 0x2E, at: 0)),
            Refusal("a.@b", Failure(.invalidOctet, .localPart, 0x2E, at: 1)),
            Refusal("a..b@c", Failure(.invalidOctet, .localPart, 0x2E, at: 2)),
            Refusal("é..b@c", Failure(.invalidOctet, .localPart, 0x2E, at: 3)),
            Refusal("a\r\nb@c", Failure(.invalidOctet, .localPart, 0x0D, at: 1)),
            Refusal("a@b\r\nRCPT TO:<x@y>", Failure(.invalidOctet, .domain, 0x0D, at: 3)),
            Refusal("a@b\0", Failure(.invalidOctet, .domain, 0x00, at: 3)),
            Refusal("a\u{7F}@b", Failure(.invalidOctet, .localPart, 0x7F, at: 1)),
            Refusal("é\u{85}@b", Failure(.invalidOctet, .localPart, 0xC2, at: 2)),
            Refusal("a\u{2028}@b", Failure(.invalidOctet, .localPart, 0xE2, at: 1)),
            Refusal("a@é\u{9B}b", Failure(.invalidOctet, .domain, 0xC2, at: 4)),
            Refusal("a@x\u{202E}b", Failure(.invalidOctet, .domain, 0xE2, at: 3)),
            Refusal("\"a\"b@c", Failure(.invalidOctet, .localPart, 0x62, at: 3)),
            Refusal("\"a@b", Failure(.incomplete, .localPart, at: 4)),
            Refusal("\"a\\", Failure(.incomplete, .localPart, at: 3)),
            Refusal("\"a\\\"@b", Failure(.incomplete, .localPart, at: 6)),
            Refusal("\"a\"", Failure(.incomplete, .mailbox, at: 3)),
            Refusal("\"\"@b", Failure(.empty, .localPart, at: 1)),
            Refusal("\"é\r\"@b", Failure(.invalidOctet, .localPart, 0x0D, at: 3)),
            Refusal("\"a\\\n\"@b", Failure(.invalidOctet, .localPart, 0x0A, at: 3)),
            Refusal("\"a\\\\\\\"\t\"@b", Failure(.invalidOctet, .localPart, 0x09, at: 6)),
            Refusal("\"a\\é\"@b", Failure(.invalidOctet, .localPart, 0xC3, at: 3)),
            Refusal("a@[1.2.3.4", Failure(.incomplete, .addressLiteral, at: 10)),
            Refusal("a@[1.2.3.4]x", Failure(.invalidOctet, .addressLiteral, 0x78, at: 11)),
            Refusal("a@[1.2.3.256]", Failure(.invalidOctet, .addressLiteral, 0x36, at: 11)),
            Refusal("a@-b", Failure(.invalidOctet, .domain, 0x2D, at: 2)),
            Refusal("a@b_c", Failure(.invalidOctet, .domain, 0x5F, at: 3)),
            Refusal("a@b.", Failure(.invalidOctet, .domain, 0x2E, at: 3)),
        ]
    )
    func illegal(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try Mailbox(refusal.text) } == refusal.failure)
    }

    @Test(
        "The lenient initialiser takes what is met in the wild, and quotes it",
        arguments: [
            ("a..b@example.org", "\"a..b\"@example.org"),
            ("a.@example.org", "\"a.\"@example.org"),
            (".a@example.org", "\".a\"@example.org"),
            ("a b@example.org", "\"a b\"@example.org"),
            ("a@b@example.org", "\"a@b\"@example.org"),
            ("\"a@example.org", "\"\\\"a\"@example.org"),
            ("a@b_c.example.org", "a@b_c.example.org"),
            ("a@example.org.", "a@example.org"),
            ("a<b@example.org", "\"a<b\"@example.org"),
        ]
    )
    func lenient(text: String, written: String) throws {
        #expect(try Mailbox(lenient: text).description == written)
        #expect(throws: WireError.self) { try Mailbox(text) }
    }

    @Test(
        "Being lenient has its limit at controls and at what no domain can have",
        arguments: [
            Refusal("a\r\n@example.org", Failure(.invalidOctet, .localPart, 0x0D, at: 1)),
            Refusal("a\0@example.org", Failure(.invalidOctet, .localPart, 0x00, at: 1)),
            Refusal("é\u{9B}@example.org", Failure(.invalidOctet, .localPart, 0xC2, at: 2)),
            Refusal("a@example..org", Failure(.invalidOctet, .domain, 0x2E, at: 10)),
            Refusal("a@exa\nmple.org", Failure(.invalidOctet, .domain, 0x0A, at: 5)),
            Refusal("a@b>", Failure(.invalidOctet, .domain, 0x3E, at: 3)),
            Refusal("a@.", Failure(.invalidOctet, .domain, 0x2E, at: 2)),
            Refusal("a", Failure(.incomplete, .mailbox, at: 1)),
            Refusal("@b", Failure(.empty, .localPart, at: 0)),
        ]
    )
    func lenientRefuses(refusal: Refusal) {
        #expect(failure { () throws(WireError) in try Mailbox(lenient: refusal.text) } == refusal.failure)
    }

    @Test("No octet below 33 but space, and no DEL, enters by any place of any initialiser")
    func controls() {
        for octet in Array(0...0x1F) + [0x7F] as [UInt8] {
            let control = String(UnicodeScalar(octet))
            for text in [
                "\(control)a@b", "a\(control)@b", "a@\(control)b", "a@b\(control)", "\"a\(control)\"@b",
                "\"\\\(control)\"@b", "a@[1.2.3.4\(control)]",
            ] {
                #expect(failure { () throws(WireError) in try Mailbox(text) }?.octet == octet)
                #expect(failure { () throws(WireError) in try Mailbox(lenient: text) }?.octet == octet)
            }
        }
    }

    @Test("Equality is of octets in the local part, and regards no case in the host")
    func equality() throws {
        #expect(try Mailbox("a@Example.ORG") == Mailbox("a@example.org"))
        #expect(try Mailbox("a@Example.ORG").hashValue == Mailbox("a@example.org").hashValue)
        #expect(try Mailbox("A@example.org") != Mailbox("a@example.org"))
        #expect(try Mailbox("\"a\"@example.org") == Mailbox("a@example.org"))
        // Canonically equivalent, and yet two mailboxes to a server.
        #expect(try Mailbox("\u{E9}@example.org") != Mailbox("e\u{301}@example.org"))
        #expect(try Mailbox("a@\u{E9}.example") != Mailbox("a@e\u{301}.example"))
        #expect(try Mailbox("a@[IPv6:2001:DB8::1]") == Mailbox("a@[ipv6:2001:db8::1]"))
        #expect(try Mailbox("a@\u{212A}.example") != Mailbox("a@k.example"))
    }

    @Test(
        "It is internationalised by any character beyond ASCII",
        arguments: [("a@b", false), ("é@b", true), ("a@é", true), ("a@[1.2.3.4]", false), ("\"é \"@[1.2.3.4]", true)]
    )
    func internationalized(text: String, isInternationalized: Bool) throws {
        #expect(try Mailbox(text).isInternationalized == isInternationalized)
    }

    @Test("Lengths beyond RFC 5321's pass up to the limits")
    func lengths() throws {
        let local = String(repeating: "a", count: LocalPart.lengthLimit)
        #expect(try Mailbox(local + "@b").description.utf8.count == 514)
        #expect(
            failure { () throws(WireError) in try Mailbox(local + "a@b") }
                == Failure(.tooLong(limit: 512), .localPart, 0x61, at: 512)
        )
        // Backslashes are not counted.
        let quoted = "\"" + String(repeating: "\\ ", count: LocalPart.lengthLimit) + "\"@b"
        #expect(try Mailbox(quoted).localPart.text.utf8.count == 512)
        let tooLong = "\"" + String(repeating: "\\ ", count: LocalPart.lengthLimit) + "\\b\"@b"
        #expect(
            failure { () throws(WireError) in try Mailbox(tooLong) }
                == Failure(.tooLong(limit: 512), .localPart, 0x62, at: 1026)
        )
    }

    @Test(
        "What is longer than every server must accept can be told",
        arguments: [
            (64, 1, false), (65, 1, true), (1, 252, false), (1, 253, true), (60, 193, false), (60, 194, true),
        ]
    )
    func guaranteedLengths(local: Int, domain: Int, exceeds: Bool) throws {
        let name = String(String(repeating: "abcdefg.", count: 40).prefix(domain - 1)) + "x"
        let mailbox = try Mailbox(String(repeating: "a", count: local) + "@" + name)
        #expect(mailbox.exceedsGuaranteedLengths == exceeds)
    }
}
