import SMTPWire
import Testing

@Suite("WireError")
struct WireErrorTests {
    @Test("The description is one sentence that names what is wrong and where")
    func descriptions() throws {
        let table: [(Result<Void, WireError>, String)] = [
            (
                result { () throws(WireError) in _ = try Mailbox("a\nb@c") },
                "invalid octet LF at offset 1 in local part"
            ),
            (
                result { () throws(WireError) in _ = try Mailbox("a@b\u{1B}") },
                "invalid octet 0x1B at offset 3 in domain"
            ),
            (
                result { () throws(WireError) in _ = try Mailbox("a@b\u{1}") },
                "invalid octet 0x01 at offset 3 in domain"
            ),
            (result { () throws(WireError) in _ = try Mailbox("a@b@c") }, "invalid octet '@' at offset 3 in domain"),
            (
                result { () throws(WireError) in _ = try Mailbox("a b@c") },
                "invalid octet space at offset 1 in local part"
            ),
            (result { () throws(WireError) in _ = try Mailbox("a") }, "incomplete mailbox at offset 1"),
            (result { () throws(WireError) in _ = try HelloName("") }, "empty hello name at offset 0"),
            (result { () throws(WireError) in _ = try HelloName("[1]") }, "incomplete hello name at offset 2"),
            (result { () throws(WireError) in _ = try MessagePriority(10) }, "priority out of range"),
            (
                result { () throws(WireError) in _ = try Domain("a." + String(repeating: "b", count: 64)) },
                "label of a domain longer than 63 octets, the first too many is 'b' at offset 65"
            ),
            (
                result { () throws(WireError) in _ = try parse("25 ok\r\n") },
                "malformed reply: unexpected space at offset 2 of a line"
            ),
            (
                result { () throws(WireError) in _ = try parse("250-a\n251 b\n") },
                "reply with different codes on its lines"
            ),
        ]
        for (result, text) in table {
            let error = try #require(throws: WireError.self) { try result.get() }
            #expect(error.description == text)
        }
    }

    private func result(_ body: () throws(WireError) -> Void) -> Result<Void, WireError> {
        Result(catching: body)
    }

    private func parse(_ text: String) throws(WireError) -> SMTPReply? {
        var parser = ReplyParser()
        return try parser.parse(Array(text.utf8).span.bytes).reply
    }
}
