import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Synchronization
import Testing

@Suite("MailSink: over the pipe, in virtual time")
struct MailSinkPipeTests {
    static let plain = SMTPConfiguration(security: .insecurePlain)

    /// Runs `client` against a sink on an executor of its own, and returns the sink.
    private func run(
        _ configuration: SinkConfiguration = SinkConfiguration(),
        fragmentation: PipeOptions.Fragmentation = .whole,
        order: JobOrder = .inOrder,
        client: @escaping @Sendable (SMTPConnection) async throws -> Void
    ) throws -> MailSink {
        let executor = DeterministicExecutor(order: order)
        let sink = MailSink(configuration)
        try executor.run {
            var options = PipeOptions()
            options.fragmentation = fragmentation
            let transport = sink.connect(on: executor, outward: options, homeward: options)
            let connection = try await SMTPConnection.open(over: transport, configuration: Self.plain)
            try await client(connection)
            await connection.quit()
            await sink.stop()
        }
        return sink
    }

    @Test(
        "A message arrives as it was sent, and the record is what was on the wire",
        arguments: [PipeOptions.Fragmentation.whole, .byLine, .byByte, .random(seed: 3)],
        [true, false]
    )
    func message(fragmentation: PipeOptions.Fragmentation, isPipelined: Bool) throws {
        var configuration = SinkConfiguration()
        configuration.enforcement = .strict
        if !isPipelined { configuration.keywords.removeAll { $0 == "PIPELINING" } }
        let text = "Subject: x\r\n\r\n.\r\n..dots\r\nlast ü"
        let sink = try run(configuration, fragmentation: fragmentation) {
            let report = try await $0.send(text, from: "a@b.example", to: ["c@d.example", "e@f.example"])
            #expect(report.isAcceptedForAll)
            try await $0.send("", from: "", to: ["postmaster"])
        }
        #expect(sink.messages.map(\.text) == [text + "\r\n", ""])
        #expect(sink.messages[0].reversePath.description == "<a@b.example> SIZE=34 BODY=8BITMIME")
        #expect(sink.messages.map(\.acceptedRecipients) == [["c@d.example", "e@f.example"], ["Postmaster"]])
        let session = try #require(sink.sessions.first)
        #expect(session.ending == .quit)
        #expect(session.hello == "EHLO localhost")
        #expect(session.commands.last == "QUIT" && session.commands.count == 9)
        if fragmentation == .whole {
            let envelope = "MAIL FROM:<a@b.example> SIZE=34 BODY=8BITMIME\r\nRCPT TO:<c@d.example>\r\n"
            #expect(
                session.segments.contains { String(decoding: $0, as: UTF8.self).hasPrefix(envelope) } == isPipelined
            )
        }
    }

    @Test("The same seed gives the same session", arguments: [UInt64](0..<8))
    func repeatable(seed: UInt64) throws {
        let sinks = try (0..<2).map { _ in
            try run(fragmentation: .random(seed: seed), order: .random(seed: seed)) {
                try await $0.send("x", from: "", to: ["postmaster"])
            }
        }
        #expect(sinks[0].sessions == sinks[1].sessions)
        #expect(sinks[0].transactions == sinks[1].transactions)
    }

    static let refusals: [(SinkPoint, [SinkTransaction.Outcome])] = [
        (.command("EHLO"), []), (.command("MAIL"), []), (.command("RCPT"), [.reset]), (.command("DATA"), [.reset]),
        (.content, [.refused]),
    ]

    @Test("A refusal of each command reaches the client, and is recorded", arguments: refusals)
    func refusal(point: SinkPoint, outcomes: [SinkTransaction.Outcome]) throws {
        var configuration = SinkConfiguration()
        configuration.script.on(point, .reply(554, "5.7.1 no"))
        let sink = try run(configuration) { connection in
            let error = await #expect(throws: SMTPError.self) {
                try await connection.send("x", from: "", to: ["a@b"])
            }
            #expect(error?.reply?.code.rawValue == 554)
        }
        #expect(sink.transactions.map(\.outcome) == outcomes)
    }

    @Test("What the client cannot know is told by the record: the reply to the content is lost, on either side of it")
    func unknown() throws {
        for (reply, holds) in [(SinkReply.close, false), (.reply(250, "ok").unsaid().thenReset(), true)] {
            var configuration = SinkConfiguration()
            configuration.script.on(.content, reply)
            let sink = try run(configuration) { connection in
                let error = await #expect(throws: SMTPError.self) {
                    try await connection.send("x", from: "", to: ["a@b"])
                }
                #expect(error?.report?.recipients.map(\.outcome.name) == ["unknown"])
            }
            #expect(sink.messages.count == (holds ? 1 : 0))
        }
    }

    @Test("Delays pass on the virtual clock; silence is ended by the client's deadline, idleness by the sink's")
    func time() throws {
        var configuration = SinkConfiguration()
        configuration.script.on(.connection, .reply(220, "late").split(pause: .seconds(5)))
        configuration.script.on(.command("NOOP"), occurrence: 1, .reply(250, "slow").after(.seconds(30)))
        configuration.script.on(.command("NOOP"), occurrence: 2, .silence)
        let sink = try run(configuration) { connection in
            let executor = connection.channel.executor
            #expect(executor.now.sinceStart == .seconds(45))
            try await connection.noop()
            #expect(executor.now.sinceStart == .seconds(75))
            await #expect(throws: SMTPError.self) { try await connection.noop() }
            #expect(executor.now.sinceStart > .seconds(100))
        }
        #expect(sink.sessions.map(\.ending) == [.closedByClient])

        configuration = SinkConfiguration()
        configuration.limits.idleTime = .seconds(60)
        let other = try run(configuration) { connection in
            try await connection.channel.executor.sleep(for: .seconds(50))
            try await connection.noop()
            try await connection.channel.executor.sleep(for: .seconds(70))
            await #expect(throws: SMTPError.self) { try await connection.noop() }
            #expect(connection.channel.executor.now.sinceStart == .seconds(120))
        }
        #expect(other.sessions.map(\.ending) == [.closedBySink])
    }

    @Test("A client that does not read is cut off after the same time")
    func notReading() throws {
        var configuration = SinkConfiguration()
        configuration.limits.idleTime = .seconds(60)
        let sink = MailSink(configuration)
        let executor = DeterministicExecutor()
        try executor.run {
            var narrow = PipeOptions()
            narrow.capacity = 10
            let transport = sink.connect(on: executor, homeward: narrow)
            let ended = try await sink.endedSessions(1)
            #expect(ended.map(\.ending) == [.closedBySink])
            #expect(executor.now.sinceStart == .seconds(60))
            transport.close(.closed)
        }
    }

    @Test("Each session can be another server, and one too many is turned away")
    func sessions() throws {
        var whole = SinkConfiguration()
        whole.limits.connections = 2
        let sink = MailSink(whole) { number in
            var configuration = SinkConfiguration()
            configuration.name = "sink\(number)"
            return configuration
        }
        let executor = DeterministicExecutor()
        let greetings = try executor.run {
            var greetings: [String] = []
            for _ in 0..<3 {
                let (_, greeting) = try await CommandChannel.open(over: sink.connect(on: executor))
                greetings.append(greeting.description)
            }
            await sink.stop()
            return greetings
        }
        #expect(greetings == ["220 sink0 ESMTP", "220 sink1 ESMTP", "421 4.3.2 too many connections"])
        #expect(sink.sessions.map(\.ending) == [.closedBySink, .closedBySink, .closedBySink])
    }

    /// What a script and a mechanism see of the sink that asks them.
    private final class Witness: Sendable {
        let sink = Mutex<MailSink?>(nil)
        let seen = Mutex<[[String]]>([])

        func look() {
            let sessions = sink.withLock { $0 }?.sessions ?? []
            seen.withLock { $0.append(sessions.last?.commands ?? []) }
        }
    }

    @Test("A script and a mechanism may look at the sessions while they are asked")
    func looking() throws {
        let witness = Witness()
        var configuration = SinkConfiguration()
        configuration.keywords = ["AUTH PLAIN"]
        configuration.mechanisms = [
            .plain { _, _ in
                witness.look()
                return true
            }
        ]
        configuration.script.decide = { _, _ in
            witness.look()
            return nil
        }
        let executor = DeterministicExecutor()
        let sink = MailSink(configuration)
        witness.sink.withLock { $0 = sink }
        defer { witness.sink.withLock { $0 = nil } }
        let commands = ["EHLO me", "AUTH PLAIN AGEAYg==", "QUIT"]
        try executor.run {
            let transport = sink.connect(on: executor)
            for command in commands {
                _ = try await transport.read(into: ReceiveBuffer())
                try await transport.write(Array("\(command)\r\n".utf8).span.bytes)
            }
            _ = try await sink.endedSessions(1)
            transport.close(.closed)
        }
        // The greeting, and each command, of which the mechanism and the script see the second.
        #expect(witness.seen.withLock { $0 } == [0, 1, 2, 2, 3].map { Array(commands.prefix($0)) })
    }

    @Test("Waiting for messages and sessions ends with them, with the sink, or with the task")
    func waiting() throws {
        let executor = DeterministicExecutor()
        let sink = MailSink()
        try executor.run {
            let first = Task(executorPreference: executor) { try await sink.messages(2).count }
            let second = Task(executorPreference: executor) { try await sink.messages(3) }
            let third = Task(executorPreference: executor) { try await sink.endedSessions(1).count }
            let fourth = Task(executorPreference: executor) { try await sink.messages(3) }
            let connection = try await SMTPConnection.open(
                over: sink.connect(on: executor),
                configuration: MailSinkPipeTests.plain
            )
            for _ in 1...2 { try await connection.send("x", from: "", to: ["postmaster"]) }
            #expect(try await first.value == 2)
            await connection.quit()
            #expect(try await third.value == 1)
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            await sink.stop()
            await #expect(throws: MailSinkStopped.self) { try await fourth.value }
            #expect(try await sink.messages(1).count == 2)
            // Whoever comes later is turned away at once.
            await #expect(throws: ChannelError.self) { try await CommandChannel.open(over: sink.connect(on: executor)) }
        }
    }

    @Test("Old records are dropped beyond the limits")
    func records() throws {
        var configuration = SinkConfiguration()
        configuration.limits.records = 10
        let sink = try run(configuration) { connection in
            for _ in 1...100 { try await connection.send("x", from: "", to: ["postmaster"]) }
        }
        #expect(sink.transactions.count <= 10 && sink.transactions.count > 5)
        let kept = try DeterministicExecutor().run { try await sink.messages(100).count }
        #expect(kept == sink.transactions.count)
        configuration.limits.records = 100
        configuration.limits.recordedOctets = 5000
        let other = try run(configuration) { connection in
            for _ in 1...100 {
                try await connection.send(String(repeating: "x", count: 500), from: "", to: ["postmaster"])
            }
        }
        #expect(other.transactions.count <= 10)
    }

    @Test("Sessions beyond the limit do not push messages out")
    func emptySessions() throws {
        var configuration = SinkConfiguration()
        configuration.limits.records = 4
        let sink = MailSink(configuration)
        let executor = DeterministicExecutor()
        try executor.run {
            for number in 0..<20 {
                let connection = try await SMTPConnection.open(
                    over: sink.connect(on: executor),
                    configuration: MailSinkPipeTests.plain
                )
                if number == 0 { try await connection.send("x", from: "", to: ["postmaster"]) }
                await connection.quit()
            }
            await sink.stop()
        }
        #expect(sink.messages.map(\.text) == ["x\r\n"])
        #expect(sink.sessions.count <= 4 && sink.sessions.last?.number == 19)
    }
}

@Suite("MailSink: over TCP")
struct MailSinkTCPTests {
    @Test("It listens on a port of the system's choice, serves many clients, and stops")
    func listening() async throws {
        let count = 20
        let endpoint = try await MailSink.withListening { sink in
            #expect(sink.port > 0)
            let endpoint = try #require(sink.endpoint)
            try await withThrowingTaskGroup { group in
                for index in 0..<count {
                    group.addTask {
                        try await SMTPConnection.withConnection(
                            to: endpoint,
                            configuration: SMTPConfiguration(security: .insecurePlain)
                        ) { try await $0.send("\(index)", from: "a@b.example", to: ["c@d.example"]) }
                    }
                }
                try await group.waitForAll()
            }
            let messages = try await sink.messages(count)
            #expect(Set(messages.map(\.text)) == Set((0..<count).map { "\($0)\r\n" }))
            #expect(try await sink.endedSessions(count).allSatisfy { $0.ending == .quit })
            return endpoint
        }
        await #expect(throws: SMTPError.self) {
            _ = try await SMTPConnection.connect(
                to: endpoint,
                configuration: SMTPConfiguration(security: .insecurePlain)
            )
        }
    }

    @Test("A port that is none cannot be listened on", arguments: [65_536, -1])
    func noPort(port: Int) async {
        let refusal = TransportError.invalidEndpoint("port \(port) is not in 0...65535")
        await #expect(throws: refusal) { try await MailSink().listen(on: .host("127.0.0.1", port: port)) }
        await #expect(throws: refusal) { _ = try await TCPListener.bind(to: .host("127.0.0.1", port: port)) }
    }

    @Test("Stopping ends sessions that wait, in a read and in a delay")
    func stopping() async throws {
        var configuration = SinkConfiguration()
        configuration.script.on(.command("NOOP"), .reply(250, "some day").after(.seconds(1_000_000)))
        let sink = MailSink(configuration)
        let endpoint = try await sink.listen()
        let (waiting, _) = try await CommandChannel.connect(to: endpoint)
        let (delayed, _) = try await CommandChannel.connect(to: endpoint)
        let noop = Task { try await delayed.noop() }
        while !sink.sessions.contains(where: { $0.commands == ["NOOP"] }) { await Task.yield() }
        await sink.stop()
        await #expect(throws: ChannelError.self) { try await noop.value }
        await #expect(throws: ChannelError.self) { try await waiting.noop() }
        #expect(sink.sessions.map(\.ending) == [.closedBySink, .closedBySink])
    }

    @Test("A reset is one on the wire, and an end is an end")
    func reset() async throws {
        for (reply, error) in [(SinkReply.reset, TransportError.reset), (.close, nil)] {
            var configuration = SinkConfiguration()
            configuration.script.on(.command("NOOP"), reply)
            try await MailSink.withListening(configuration) { sink in
                let (channel, _) = try await CommandChannel.connect(to: try #require(sink.endpoint))
                let failure = await #expect(throws: ChannelError.self) { try await channel.noop() }
                #expect(failure == error.map { .transport($0) } ?? .closedByServer(after: nil))
            }
        }
    }

    @Test("STARTTLS begins the session anew; where TLS fails the session ends")
    func upgrade() async throws {
        let authority = try CertificateAuthority()
        var tls = TLSConfiguration()
        tls.identity = try authority.issue(CertificateRequest("localhost")).identity
        var trusting = TLSConfiguration()
        trusting.trust = [authority.trust]
        var configuration = SinkConfiguration()
        configuration.keywords = ["STARTTLS"]
        configuration.tls = SinkTLS(tls)
        try await MailSink.withListening(configuration) { sink in
            let (channel, _) = try await CommandChannel.connect(to: try #require(sink.endpoint))
            _ = try await channel.ehlo(.localhost)
            #expect(try await channel.startTLS().code.rawValue == 220)
            #expect(try await channel.upgradeToTLS(trusting, host: "localhost").verification == .passed)
            #expect(try await channel.mail(from: .null).code.rawValue == 503)
            #expect(sink.sessions.first?.isEncrypted == true)
            await channel.disconnect()
        }
        struct Refused: Error {}
        configuration.tls = SinkTLS { _, _ in throw Refused() }
        try await MailSink.withListening(configuration) { sink in
            let (channel, _) = try await CommandChannel.connect(to: try #require(sink.endpoint))
            _ = try await channel.ehlo(.localhost)
            #expect(try await channel.startTLS().code.rawValue == 220)
            await #expect(throws: ChannelError.self) { try await channel.upgradeToTLS(trusting, host: "localhost") }
            #expect(try await sink.endedSessions(1).map(\.ending) == [.broken])
        }
    }
}

extension DeliveryReport.Outcome {
    fileprivate var name: String {
        if case .unknown = self { "unknown" } else { "known" }
    }
}
