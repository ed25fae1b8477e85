import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// LMTP (RFC 2033) as a mode of the same client, and PRDR, which gives SMTP replies of the same kind.
@Suite("LMTP and PRDR")
struct LMTPTests {
    private static let server: SinkConfiguration = {
        var server = SinkConfiguration()
        server.isLMTP = true
        return server
    }()

    @Test("LHLO has no substitute: a refusal is final", arguments: [500, 502, 504, 550, 421])
    func noFallback(code: Int) throws {
        var server = Self.server
        server.script.on(.command("LHLO"), .reply(code, "what?"))
        let (error, sink) = try converse(server) {
            $0.isLMTP = true
        } client: { connection in
            await errorOf { () async throws(SMTPError) in
                try await connection.send("x", from: "", to: ["a@x.example"])
            }
        }
        #expect(error?.kind == .refused && error?.verb == "LHLO")
        #expect(sink.sessions.first?.commands == ["LHLO localhost"] + (code == 421 ? [] : ["QUIT"]))
    }

    @Test("A last chunk goes only to recipients: without any it has no reply (RFC 2033 §4.3)", arguments: [1, 3])
    func nobody(count: Int) throws {
        var server = Self.server
        server.keywords = ["PIPELINING", "CHUNKING"]
        server.script.on(.recipient("no@x.example"), .reply(550, "5.1.1 no"))
        let (names, sink) = try SendManyTests.run(server, isLMTP: true) { connection in
            let messages = try (0..<count).map { number in
                let recipient = number == 0 ? "no@x.example" : "a@x.example"
                return MailObject(.text("\(number)"), envelope: try Envelope(from: "", to: [recipient]))
            }
            return SendManyTests.names(await SendManyTests.collect(connection.send(contentsOf: messages)).0)
        }
        #expect(names == ["rejected RCPT"] + Array(repeating: "accepted", count: count - 1))
        #expect(sink.sessions.first?.commands.count { $0.hasPrefix("BDAT") } == count - 1)
    }

    @Test("Behind a chunk that is refused nothing follows of the message")
    func refusedChunk() throws {
        var server = Self.server
        server.keywords = ["PIPELINING", "CHUNKING"]
        server.script.on(.command("BDAT"), occurrence: 1, .reply(452, "4.3.1 no room"))
        let (reports, sink) = try SendManyTests.run(server, isLMTP: true) { connection in
            let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example"])
            let long = MailObject(.text(String(repeating: "line\r\n", count: 15_000)), envelope: envelope)
            return await SendManyTests.collect(
                connection.send(contentsOf: [long, MailObject(.text("x"), envelope: envelope)])
            ).0
        }
        #expect(
            reports.map { $0.recipients.map { $0.outcome.name } } == [
                ["rejected BDAT", "rejected BDAT"], ["accepted", "accepted"],
            ]
        )
        #expect(sink.sessions.first?.commands.count { $0.hasPrefix("BDAT") } == 2)
    }

    @Test("Never on port 25: nobody is connected to (RFC 2033 §5)")
    func port() async {
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.isLMTP = true
        let error = await errorOf { [configuration] () async throws(SMTPError) in
            _ = try await SMTPConnection.connect(to: .host("127.0.0.1", port: 25), configuration: configuration)
        }
        #expect(error?.kind == .usage)
    }

    @Test(
        "Over TCP and over a Unix domain socket, one reply for each accepted RCPT, duplicates included",
        arguments: [true, false]
    )
    func sockets(isUnix: Bool) async throws {
        let path = "/tmp/swift-smtp-lmtp-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(path) }
        var server = Self.server
        server.script.on(.recipient("b@x.example"), .reply(550, "5.1.1 no b"))
        server.script.on(.contentForRecipient("c@x.example"), .reply(452, "4.2.2 full"))
        let sink = MailSink(server)
        let endpoint = try await sink.listen(on: isUnix ? .unixSocket(path: path) : .host("127.0.0.1", port: 0))
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.isLMTP = true
        for chunking in [ChunkingPolicy.never, .always] {
            configuration.chunking = chunking
            try await SMTPConnection.withConnection(to: endpoint, configuration: configuration) { connection in
                let addresses = ["a@x.example", "b@x.example", "c@x.example", "a@x.example"]
                let report = try await connection.send("x", from: "", to: addresses)
                let verb = chunking == .always ? "BDAT" : "DATA"
                let expected = ["accepted", "rejected RCPT", "rejected \(verb)", "accepted"]
                #expect(report.recipients.map { $0.outcome.name } == expected)
            }
        }
        #expect(sink.messages.map(\.acceptedRecipients) == Array(repeating: ["a@x.example", "a@x.example"], count: 2))
        await sink.stop()
    }

    @Test(
        "PRDR: one ordinary reply to the content stands for all",
        arguments: [(250, ["accepted", "accepted"]), (451, ["rejected DATA", "rejected DATA"])],
        [["PRDR"], ["PRDR", "PIPELINING"]]
    )
    func ordinaryReply(answer: (code: Int, outcomes: [String]), keywords: [String]) throws {
        var server = SinkConfiguration(offering: keywords)
        server.script.on(.content, .reply(answer.code, "so for all"))
        let (outcomes, sink) = try converse(server) { connection -> [String] in
            let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example"])
            do throws(SMTPError) {
                return try await connection.send(.text("x"), envelope: envelope).recipients.map { $0.outcome.name }
            } catch {
                return error.report?.recipients.map { $0.outcome.name } ?? []
            }
        }
        #expect(outcomes == answer.outcomes)
        #expect(sink.sessions.first?.commands.contains("MAIL FROM:<> PRDR") == true)
    }

    @Test(
        "PRDR has as many replies as RCPT was accepted, by DATA and by BDAT",
        arguments: [ChunkingPolicy.never, .always]
    )
    func repliesForAccepted(chunking: ChunkingPolicy) throws {
        var server = SinkConfiguration(offering: ["PRDR", "CHUNKING"])
        server.script.on(.recipient("b@x.example"), .reply(550, "5.1.1 no b"))
        server.script.on(.contentForRecipient("c@x.example"), .reply(452, "4.2.2 full"))
        let (report, _) = try converse(server) {
            $0.chunking = chunking
        } client: { connection in
            let report = try await connection.send("x", from: "", to: ["a@x.example", "b@x.example", "c@x.example"])
            // In step for the next.
            try await connection.send("y", from: "", to: ["a@x.example"])
            return report
        }
        let verb = chunking == .always ? "BDAT" : "DATA"
        #expect(report.recipients.map { $0.outcome.name } == ["accepted", "rejected RCPT", "rejected \(verb)"])
    }

    @Test(
        "PRDR: without a last reply that agrees nobody has it",
        arguments: [
            (SinkReply.reply(451, "4.3.0 no room in the end"), "rejected DATA"), (.close, "unknown"),
            (.reset, "unknown"), (.raw("250 2.0.0 que").thenClose(), "unknown"), (.reply(354, "what?"), "unknown"),
        ]
    )
    func lastReply(reply: SinkReply, outcome: String) throws {
        var server = SinkConfiguration(offering: ["PRDR"])
        server.script.on(.contentForAll, reply)
        server.script.on(.contentForRecipient("b@x.example"), .reply(550, "5.7.1 not for b"))
        let (report, sink) = try converse(server) { connection in
            do throws(SMTPError) {
                return try await connection.send("x", from: "", to: ["a@x.example", "b@x.example", "c@x.example"])
            } catch {
                return try #require(error.report)
            }
        }
        #expect(report.recipients.map { $0.outcome.name } == [outcome, "rejected DATA", outcome])
        #expect(sink.messages.isEmpty)
    }

    @Test("PRDR is not asked of an LMTP server, which answers each recipient anyway, nor if the configuration says no")
    func noPRDR() throws {
        var server = Self.server
        server.keywords = ["PRDR"]
        let envelope = Envelope(
            from: .null,
            parameters: [.prdr],
            to: [Envelope.Recipient(.postmaster), Envelope.Recipient(.postmaster)]
        )
        let (error, _) = try converse(server) {
            $0.isLMTP = true
        } client: { connection in
            await errorOf { () async throws(SMTPError) in try await connection.send(.text("x"), envelope: envelope) }
        }
        #expect(error?.kind == .usage)
        let (_, sink) = try converse(SinkConfiguration(offering: ["PRDR"])) {
            $0.usesPRDR = false
        } client: {
            try await $0.send("x", from: "", to: ["a@x.example", "b@x.example"])
        }
        #expect(sink.messages.map(\.reversePath.description) == ["<>"])
    }
}
