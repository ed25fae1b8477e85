import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// The driver below the connection: what it does when nothing can be written, and with messages behind each other.
@Suite("CommandChannel: delivery")
struct DeliveryTests {
    @Test("Where nothing can be written any more a message is not attempted, and nobody waits")
    func brokenOutput() throws {
        let greeting = "EHLO localhost\r\n"
        try dialogue(
            server: { peer in
                try await peer.say("220 ready")
                try await peer.serve()
            },
            client: { transport in
                let connection = try await SMTPConnection.open(
                    over: DeafTransport(transport, writesUntil: greeting),
                    configuration: SMTPConfiguration(security: .insecurePlain)
                )
                try await connection.hello()
                try await connection.channel.sendRaw(Array("NOOP\r\n".utf8))
                do throws(SMTPError) {
                    try await connection.send("x", from: "", to: ["postmaster"])
                    Issue.record("it was sent")
                } catch {
                    #expect(error.kind == .inputOutput)
                    #expect(error.report?.recipients.map(\.outcome) == [.notAttempted])
                    #expect(!connection.channel.state.isOpen)
                }
            }
        )
    }

    @Test(
        "Messages behind each other are told apart, each with its own outcome",
        arguments: allFragmentations,
        [ChunkingPolicy.never, .always]
    )
    func behindEachOther(fragmentation: PipeOptions.Fragmentation, chunking: ChunkingPolicy) throws {
        var server = SinkConfiguration()
        server.keywords = ["PIPELINING", "CHUNKING"]
        server.enforcement = .strict
        server.script.on(.recipient("nobody@x.example"), .reply(550, "5.1.1 no"))
        server.script.on(.content, occurrence: 3, .reply(554, "5.7.1 spam"))
        let (names, sink) = try run(server, fragmentation, chunking)
        let verb = chunking == .never ? "DATA" : "BDAT"
        let expected = (0..<Self.count).map { index in
            index % 4 == 1 ? "rejected RCPT" : index == 3 ? "rejected \(verb)" : "accepted"
        }
        #expect(names == expected)
        let texts = expected.indices.filter { expected[$0] == "accepted" }.map { "message \($0)\r\n" }
        #expect(sink.messages.map(\.text) == texts)
        let commands = try #require(sink.sessions.first).commands
        // RSET goes before a message that follows another whose outcome is not known; one that finds the connection clean,
        // because all before it are settled, needs none.
        #expect(commands.count { $0 == "RSET" } > Self.count / 2)
    }

    @Test("A content of many windows goes to its end in chunks", arguments: [1, 65_536, 200_000, 1 << 20])
    func manyWindows(octets: Int) throws {
        var server = SinkConfiguration()
        server.keywords = ["PIPELINING", "CHUNKING"]
        server.enforcement = .strict
        let executor = DeterministicExecutor()
        let sink = MailSink(server)
        let line = String(repeating: "x", count: 76) + "\r\n"
        let text = String(repeating: line, count: 3 * (1 << 20) / line.utf8.count)
        let names = try executor.run {
            var configuration = SMTPConfiguration(security: .insecurePlain)
            configuration.chunking = .always
            let transport = sink.connect(on: executor)
            let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
            let message = MailObject(.text(text), envelope: try Envelope(from: "", to: ["a@x.example"]))
            var names: [String] = []
            let window = DeliveryWindow(messages: 5, octets: octets)
            for try await report in connection.send(contentsOf: [message], window: window) {
                names += report.recipients.map { $0.outcome.name }
            }
            await connection.quit()
            await sink.stop()
            return names
        }
        #expect(names == ["accepted"])
        #expect(sink.messages.map(\.text) == [text])
        #expect(try #require(sink.sessions.first).commands.count { $0.hasPrefix("BDAT") } > 40)
    }

    private static let count = 12

    private func run(
        _ server: SinkConfiguration,
        _ fragmentation: PipeOptions.Fragmentation,
        _ chunking: ChunkingPolicy
    ) throws -> (names: [String], sink: MailSink) {
        let executor = DeterministicExecutor()
        let sink = MailSink(server)
        let names = try executor.run {
            var options = PipeOptions()
            options.fragmentation = fragmentation
            let transport = sink.connect(on: executor, outward: options, homeward: options)
            var configuration = SMTPConfiguration(security: .insecurePlain)
            configuration.chunking = chunking
            let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
            let messages = try (0..<Self.count).map { index in
                let envelope = try Envelope(from: "", to: [index % 4 == 1 ? "nobody@x.example" : "a@x.example"])
                return MailObject(.text("message \(index)"), envelope: envelope)
            }
            var names: [String] = []
            for try await report in connection.send(contentsOf: messages, window: DeliveryWindow(messages: 5)) {
                names += report.recipients.map { $0.outcome.name }
            }
            await connection.quit()
            await sink.stop()
            return names
        }
        return (names, sink)
    }
}
