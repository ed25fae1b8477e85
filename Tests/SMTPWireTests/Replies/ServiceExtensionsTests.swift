import SMTPWire
import Testing

@Suite("ServiceExtensions")
struct ServiceExtensionsTests {
    private func extensions(_ lines: String..., code: UInt16 = 250) throws -> ServiceExtensions {
        ServiceExtensions(SMTPReply(code: try #require(ReplyCode(rawValue: code)), lines: ["host"] + lines))
    }

    @Test("The first line is never a keyword")
    func firstLine() throws {
        let code = try #require(ReplyCode(rawValue: 250))
        #expect(ServiceExtensions(SMTPReply(code: code, lines: ["PIPELINING"])).isEmpty)
        let two = ServiceExtensions(SMTPReply(code: code, lines: ["SIZE 5", "CHUNKING"]))
        #expect(two.keywords == [.chunking] && !two.contains(.size) && two.sizeLimit == nil)
    }

    @Test("A refusal offers nothing", arguments: [354, 421, 500, 550] as [UInt16])
    func refusal(code: UInt16) throws {
        #expect(try extensions("PIPELINING", code: code).isEmpty)
    }

    @Test("Case does not count, but only that of ASCII")
    func caseOfKeywords() throws {
        let some = try extensions("pipeLINING", "starttls", "8bitmime", "Size 10")
        #expect(some.contains(.pipelining) && some.contains(.startTLS) && some.contains(.eightBitMIME))
        #expect(some.sizeLimit == 10 && some.contains(.init("sIzE")))
        #expect(try !extensions("\u{17F}TARTTLS").contains(.startTLS))
        #expect(try !extensions("S\u{131}ZE 5").contains(.size))
    }

    @Test("Unknown keywords and their parameters are kept, and safe to show")
    func unknown() throws {
        let some = try extensions("XFOO a\tb  c ", "X\u{1B}[2J \u{202E}", "", " ", "-", "\0")
        #expect(some.parameters(of: .init("xfoo")) == ["a", "b", "c"])
        #expect(some.keywords.map(\.name) == ["XFOO", "X\\U{1B}[2J", "-", "\\U{0}"])
        #expect(some.parameters(of: .init("none")) == nil)
    }

    @Test("Of a keyword offered twice the first counts")
    func twice() throws {
        let some = try extensions("SIZE 5", "SIZE 6", "DSN", "DSN")
        #expect(some.sizeLimit == 5 && some.keywords.count == 4)
    }

    @Test("Beyond 256 keywords the rest is dropped")
    func limit() {
        let text = (0..<400).map { "X\($0)" }.joined(separator: "\r\n")
        let some = ServiceExtensions(text: text)
        #expect(some.keywords.count == ServiceExtensions.keywordLimit)
        #expect(some.contains(.init("X255")) && !some.contains(.init("X256")))
    }

    @Test("A text has one keyword a line, whatever ends the lines")
    func text() {
        #expect(ServiceExtensions(text: "DSN\r\nSIZE 7\n\nCHUNKING\rETRN").keywords == [.dsn, .size, .chunking, .etrn])
        #expect(ServiceExtensions(text: "").isEmpty)
    }

    @Test(
        "AUTH in the forms there are",
        arguments: [
            (["AUTH PLAIN LOGIN"], ["PLAIN", "LOGIN"]), (["AUTH=PLAIN LOGIN"], ["PLAIN", "LOGIN"]),
            (["AUTH PLAIN", "AUTH=PLAIN CRAM-MD5"], ["PLAIN", "CRAM-MD5"]), (["auth=plain"], ["PLAIN"]),
            (["AUTH="], []),
            (["AUTH"], []), (["AUTH = PLAIN"], ["=", "PLAIN"]), (["AUTH plain PLAIN"], ["PLAIN"]), (["AUTHPLAIN"], []),
        ]
    )
    func auth(lines: [String], mechanisms: [String]) {
        #expect(ServiceExtensions(text: lines.joined(separator: "\n")).authenticationMechanisms == mechanisms)
    }

    @Test(
        "SIZE, and what is no size",
        arguments: [
            ("SIZE 1", 1), ("SIZE 0", nil), ("SIZE", nil), ("SIZE -1", nil), ("SIZE +1", nil), ("SIZE x", nil),
            ("SIZE 1x", nil),
            ("SIZE 9223372036854775807", .max), ("SIZE 9223372036854775808", nil), ("SIZE 99999999999999999999", nil),
            ("SIZE 00000000000000000007", 7), ("SIZE 000000000000000000007", nil), ("SIZE ٥", nil), ("SIZE 10 20", 10),
            ("DSN", nil),
        ] as [(String, Int?)]
    )
    func size(line: String, limit: Int?) throws {
        #expect(try extensions(line).sizeLimit == limit)
    }

    @Test(
        "LIMITS, and what is ignored",
        arguments: [
            ("LIMITS MAILMAX=1 RCPTMAX=100 RCPTDOMAINMAX=999999", 1, 100, 999_999), ("limits rcptmax=5", nil, 5, nil),
            ("LIMITS MAILMAX=0 RCPTMAX=01 RCPTDOMAINMAX=1000000", nil, nil, nil),
            ("LIMITS MAILMAX RCPTMAX= RCPTDOMAINMAX=x", nil, nil, nil),
            ("LIMITS FOO=1 MAILMAX=-1 RCPTMAX=+1", nil, nil, nil), ("LIMITS RCPTMAX=2 RCPTMAX=3", nil, 2, nil),
            ("LIMITS RCPTMAX=2=3", nil, nil, nil), ("LIMITS", nil, nil, nil), ("RCPTMAX=2", nil, nil, nil),
        ] as [(String, Int?, Int?, Int?)]
    )
    func limits(line: String, mail: Int?, recipients: Int?, domains: Int?) throws {
        let limits = try extensions(line).limits
        #expect(limits.mailMaximum == mail)
        #expect(limits.recipientMaximum == recipients)
        #expect(limits.recipientDomainMaximum == domains)
    }

    @Test(
        "DELIVERBY",
        arguments: [("DELIVERBY 240", 240), ("DELIVERBY", nil), ("DELIVERBY -1", nil), ("DELIVERBY 1000000000", nil)]
            as [(String, Int?)]
    )
    func deliverBy(line: String, minimum: Int?) throws {
        #expect(try extensions(line).deliverByMinimum == minimum)
    }

    @Test("FUTURERELEASE")
    func futureRelease() throws {
        let limits = try #require(try extensions("FUTURERELEASE 604800 2026-11-24T04:15:00Z").futureReleaseLimits)
        #expect(limits.interval == 604_800 && limits.time?.secondsSince1970 == 1_795_493_700)
        let bad = try #require(try extensions("FUTURERELEASE x tomorrow").futureReleaseLimits)
        #expect(bad.interval == nil && bad.time == nil)
        #expect(try extensions("FUTURERELEASE").futureReleaseLimits?.interval == nil)
        #expect(try extensions("DSN").futureReleaseLimits == nil)
    }

    @Test("MT-PRIORITY, NO-SOLICITING, XCLIENT and XFORWARD")
    func others() throws {
        let some = try extensions(
            "MT-PRIORITY mixer",
            "NO-SOLICITING org.example:ADV,net.example:X",
            "XCLIENT NAME addr B@D",
            "XFORWARD NAME SOURCE"
        )
        #expect(some.priorityProfile == "MIXER")
        #expect(some.refusedSolicitations?.keywords == ["org.example:ADV", "net.example:X"])
        #expect(some.xclientAttributes == [.name, .address])
        #expect(some.xforwardAttributes == [.name, .source])
        let none = try extensions("MT-PRIORITY", "NO-SOLICITING", "XCLIENT")
        #expect(none.priorityProfile == nil && none.refusedSolicitations == nil && none.xclientAttributes.isEmpty)
        #expect(try extensions("NO-SOLICITING 1,2").refusedSolicitations == nil)
    }
}
