import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// Content that the server fetches by itself, by BURL (RFC 4468).
@Suite("Content: a URL")
struct ContentURLTests {
    static let address = "imap://joe@mail.example/out;uidvalidity=1/;uid=25;urlauth=submit+joe:internal:91354a47"

    private static func server(_ keywords: String...) -> SinkConfiguration {
        var configuration = SinkConfiguration(offering: keywords)
        configuration.contents[address] = Array("Subject: fetched\r\n\r\nx\r\n".utf8)
        return configuration
    }

    private static func send(
        over connection: SMTPConnection,
        _ url: String = address,
        to addresses: [String] = ["a@x.example"]
    ) async throws(SMTPError) -> DeliveryReport {
        let url = try SMTPError.naming(url) { () throws(WireError) in try ContentURL(url) }
        return try await connection.send(.url(url), envelope: try Envelope(from: "", to: addresses))
    }

    @Test(
        "BURL is the last command of a transaction, behind the replies to all recipients",
        arguments: allFragmentations,
        [["BURL imap"], ["PIPELINING", "BURL imap", "CHUNKING"]]
    )
    func delivered(fragmentation: PipeOptions.Fragmentation, keywords: [String]) throws {
        var server = Self.server()
        server.keywords = keywords + ["8BITMIME", "SIZE"]
        server.script.on(.recipient("b@x.example"), .reply(550, "5.1.1 no b"))
        let (report, sink) = try converse(server, fragmentation: fragmentation) { connection in
            let report = try await Self.send(over: connection, to: ["a@x.example", "b@x.example"])
            // The next message follows as any other.
            try await connection.send("y", from: "", to: ["a@x.example"])
            return report
        }
        #expect(report.recipients.map { $0.outcome.name } == ["accepted", "rejected RCPT"])
        #expect(report.recipients[0].outcome.answer?.verb == "BURL")
        #expect(sink.messages.map(\.text) == ["Subject: fetched\r\n\r\nx\r\n", "y\r\n"])
        #expect(sink.messages[0].urls == [Self.address])
        #expect(
            sink.sessions.first?.commands.dropFirst().prefix(4) == [
                "MAIL FROM:<> BODY=8BITMIME", "RCPT TO:<a@x.example>", "RCPT TO:<b@x.example>",
                "BURL \(Self.address) LAST",
            ]
        )
    }

    @Test(
        "Where it is not offered, or not for such URLs, it is a typed error before MAIL",
        arguments: [
            ([], address), (["BURL"], address), (["BURL imap://other.example"], address),
            (["BURL imap"], "http://mail.example/x"), (["BURL imap://mail.example"], "imap:x"),
        ]
    )
    func notOffered(keywords: [String], url: String) throws {
        var server = Self.server()
        server.keywords = keywords + ["8BITMIME"]
        let (error, sink) = try converse(server) { connection in
            await errorOf { () async throws(SMTPError) in try await Self.send(over: connection, url) }
        }
        #expect(error?.kind == .notOffered)
        #expect(error?.description.contains("BURL") == true)
        #expect(sink.sessions.first?.commands.contains { $0.hasPrefix("MAIL") } == false)
    }

    @Test(
        "A server that is trusted by the one named takes its URLs, whoever asks and however it is spelled",
        arguments: [
            "BURL imap://mail.example", "BURL IMAP://Mail.Example", "BURL http imap",
            "BURL unknown imap://mail.example",
        ]
    )
    func offered(keyword: String) throws {
        let (_, sink) = try converse(Self.server(keyword, "8BITMIME")) { try await Self.send(over: $0) }
        #expect(sink.messages.count == 1)
    }

    @Test("Content that nobody here has seen is stated, or needs 8BITMIME")
    func encoding() throws {
        let url = try ContentURL(Self.address)
        for (encoding, keywords, parameters) in [
            (nil, ["8BITMIME"], " BODY=8BITMIME"), (.sevenBit, [], ""), (.eightBit, ["8BITMIME"], " BODY=8BITMIME"),
            (.binary, ["BINARYMIME", "CHUNKING"], " BODY=BINARYMIME"), (nil, [], nil), (.binary, ["8BITMIME"], nil),
        ] as [(Content.Encoding?, [String], String?)] {
            var server = Self.server()
            server.keywords = ["BURL imap"] + keywords
            let (error, sink) = try converse(server) {
                // What the server fetches is not changed on the way, whatever the policy.
                $0.contentPolicy.lineEnds = .keep
            } client: { connection in
                var content = Content.url(url)
                content.encoding = encoding
                return await errorOf { [content] () async throws(SMTPError) in
                    try await connection.send(content, envelope: try Envelope(from: "", to: ["postmaster"]))
                }
            }
            #expect((error == nil) == (parameters != nil))
            #expect(sink.messages.map(\.reversePath.description) == (parameters.map { ["<>\($0)"] } ?? []))
        }
    }

    @Test("A failed fetch is a refusal of BURL, and the connection is clean for the next message")
    func notFetched() throws {
        let (error, sink) = try converse(Self.server("BURL imap", "8BITMIME", "PIPELINING")) { connection in
            let error = await errorOf { () async throws(SMTPError) in
                try await Self.send(over: connection, "imap://mail.example/gone")
            }
            try await connection.send("y", from: "", to: ["a@x.example"])
            return error
        }
        #expect(error?.kind == .refused && error?.verb == "BURL" && error?.reply?.code.rawValue == 554)
        #expect(error?.report?.recipients.map { $0.outcome.name } == ["rejected BURL"])
        #expect(sink.messages.map(\.text) == ["y\r\n"])
    }

    @Test("Once BURL is out, a connection that breaks leaves the message unknown")
    func unknown() throws {
        var server = Self.server("BURL imap", "8BITMIME")
        server.script.on(.command("BURL"), .reply(250, "2.0.0 ok").unsaid().thenClose())
        let (error, sink) = try converse(server) { connection in
            await errorOf { () async throws(SMTPError) in try await Self.send(over: connection) }
        }
        #expect(error?.advice == .unsafe && error?.verb == "BURL")
        #expect(error?.report?.isUncertain == true)
        #expect(sink.messages.count == 1)
    }

    @Test("The plan is what is sent, and neither shows the URL, which is itself a permission")
    func plan() throws {
        let transcript = Collected()
        let (plan, _) = try converse(Self.server("BURL imap", "8BITMIME")) {
            $0.channel.transcript = TranscriptObserver { if $0.direction == .sent { transcript.add($0.line) } }
        } client: { connection in
            let content = Content.url(try ContentURL(Self.address))
            let envelope = try Envelope(from: "", to: ["a@x.example"])
            let plan = try await connection.plan(content, envelope: envelope)
            try await connection.send(content, envelope: envelope)
            return plan
        }
        #expect(plan.transfer == .url && plan.size == nil && !plan.isPipelined)
        #expect(plan.lines == ["MAIL FROM:<> BODY=8BITMIME", "RCPT TO:<a@x.example>", "BURL (URL) LAST"])
        #expect(transcript.all == ["EHLO localhost"] + plan.lines + ["QUIT"])
        var dumped = ""
        dump(plan, to: &dumped)
        #expect(!(dumped + transcript.all.joined()).contains("91354a47"))
    }
}
