import SMTPWire
import Testing

@Suite("ClientAttributes")
struct ClientAttributesTests {
    @Test("Each value as it stands on the wire")
    func values() throws {
        let table: [(ClientAttribute, String)] = [
            (try ClientAttribute(.name, .text("client.example.org")), "NAME=client.example.org"),
            (try ClientAttribute(.name, .unavailable), "NAME=[UNAVAILABLE]"),
            (try ClientAttribute(.name, .temporarilyUnavailable), "NAME=[TEMPUNAVAIL]"),
            (try ClientAttribute(address: "192.0.2.1"), "ADDR=192.0.2.1"),
            (try ClientAttribute(address: "2001:db8::1"), "ADDR=IPV6:2001:db8::1"),
            (try ClientAttribute(.destinationAddress, address: "::1"), "DESTADDR=IPV6:::1"),
            (try ClientAttribute(.port, .text("25")), "PORT=25"),
            (try ClientAttribute(.protocol, .text("ESMTP")), "PROTO=ESMTP"),
            (try ClientAttribute(.helo, .text("a b=c+d")), "HELO=a+20b+3Dc+2Bd"),
            (try ClientAttribute(.login, .text("jörg")), "LOGIN=j+C3+B6rg"),
            (try ClientAttribute(.login, .text("")), "LOGIN="),
            (try ClientAttribute(.destinationPort, .text("587")), "DESTPORT=587"),
            (try ClientAttribute(.identifier, .text("4B8")), "IDENT=4B8"),
            (try ClientAttribute(.source, .text("LOCAL")), "SOURCE=LOCAL"),
            (try ClientAttribute(ClientAttribute.Name("future"), .text("x")), "FUTURE=x"),
        ]
        for (attribute, text) in table { #expect(attribute.description == text) }
        let some = try ClientAttributes([table[0].0, table[3].0])
        #expect(string(SMTPCommand.xclient(some).bytes) == "XCLIENT NAME=client.example.org ADDR=192.0.2.1\r\n")
        #expect(string(SMTPCommand.xforward(some).bytes) == "XFORWARD NAME=client.example.org ADDR=192.0.2.1\r\n")
    }

    @Test("What does not fit into one command goes into several, in order")
    func divided() throws {
        let attributes = try (0..<5).map { try ClientAttribute(.helo, .text(String(repeating: "\($0)", count: 240))) }
        let lists = try ClientAttributes.divided(attributes)
        #expect(lists.map(\.attributes.count) == [2, 2, 1])
        #expect(lists.flatMap(\.attributes) == attributes)
        #expect(lists.allSatisfy { SMTPCommand.xforward($0).bytes.count <= 512 })
        #expect(try ClientAttributes.divided([attributes[0]]).map(\.attributes) == [[attributes[0]]])
        #expect(throws: WireError.self) { try ClientAttributes.divided([]) }
    }

    @Test("Two are equal if their octets are")
    func equality() throws {
        #expect(try ClientAttribute(.login, .text("\u{E9}")) != ClientAttribute(.login, .text("e\u{301}")))
        #expect(try ClientAttribute(.login, .text("e")) == ClientAttribute(.login, .text("e")))
        #expect(try ClientAttribute(.login, .unavailable) != ClientAttribute(.login, .temporarilyUnavailable))
        #expect(try ClientAttribute(.login, .unavailable) == ClientAttribute(.login, .unavailable))
        #expect(RecipientParameter.Notification.never == .when(success: false, failure: false, delay: false))
        #expect(RecipientParameter.Notification.never != .when(success: true, failure: false, delay: false))
    }

    @Test("Limits, controls and nothing at all are refused")
    func refusals() throws {
        #expect(throws: WireError.self) { try ClientAttributes([]) }
        #expect(throws: WireError.self) { try ClientAttribute(.helo, .text("a\r\nQUIT")) }
        for (address, octet, offset) in [
            ("localhost", 0x6C, 0), ("1.2.3.256", 0x36, 8), ("1::2::3", 0x3A, 5), ("g::1%eth0", 0x67, 0),
            ("1.2.3", nil, 5), ("1.2.3%a:b", nil, 5),
        ] as [(String, UInt8?, Int)] {
            #expect(
                failure { () throws(WireError) in try ClientAttribute(address: address) }
                    == Failure(octet == nil ? .incomplete : .invalidOctet, .clientAttribute, octet, at: offset)
            )
        }
        #expect(try ClientAttribute(address: "192.0.2.1%a:b").description == "ADDR=192.0.2.1")
        #expect(throws: WireError.self) { try ClientAttribute.Name("A=B") }
        #expect(throws: WireError.self) { try ClientAttribute.Name("") }
        #expect(
            failure { () throws(WireError) in
                try ClientAttribute(.helo, .text(String(repeating: "=", count: 86)))
            } == Failure(.tooLong(limit: 255), .clientAttribute, 0x3D, at: 85)
        )
        let long = try ClientAttribute(.helo, .text(String(repeating: "a", count: 244)))
        #expect(string(SMTPCommand.xforward(try ClientAttributes([long, long])).bytes).utf8.count <= 512)
        #expect(throws: WireError.self) { try ClientAttributes([long, long, long]) }
    }
}
