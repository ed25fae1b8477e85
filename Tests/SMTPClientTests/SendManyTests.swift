import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// Many messages over one connection, against a sink that keeps the truth.
@Suite("SMTPConnection: many messages")
struct SendManyTests {
    static func run<Value: Sendable>(
        _ server: SinkConfiguration,
        chunking: ChunkingPolicy = .streams,
        isLMTP: Bool = false,
        capacity: Int? = nil,
        change: @Sendable (inout SMTPConfiguration) -> Void = { _ in },
        client: @escaping @Sendable (SMTPConnection) async throws -> Value
    ) throws -> (value: Value, sink: MailSink) {
        let executor = DeterministicExecutor()
        let sink = MailSink(server)
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.chunking = chunking
        configuration.isLMTP = isLMTP
        change(&configuration)
        let value = try executor.run { [configuration] in
            var options = PipeOptions()
            if let capacity { options.capacity = capacity }
            let transport = sink.connect(on: executor, outward: options, homeward: options)
            let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
            let value = try await client(connection)
            await connection.quit()
            await sink.stop()
            return value
        }
        return (value, sink)
    }

    static func server(_ keywords: String..., isStrict: Bool = true) -> SinkConfiguration {
        var configuration = SinkConfiguration()
        configuration.keywords = keywords
        if isStrict { configuration.enforcement = .strict }
        return configuration
    }

    static func message(_ number: Int, to recipients: [String] = ["a@x.example"]) throws -> MailObject {
        MailObject(.text("message \(number)\r\n"), envelope: try Envelope(from: "s@x.example", to: recipients))
    }

    /// All reports there are, and what ended them.
    static func collect(_ reports: DeliveryReports) async -> ([DeliveryReport], SMTPError?) {
        var collected: [DeliveryReport] = []
        do throws(SMTPError) {
            for try await report in reports { collected.append(report) }
            return (collected, nil)
        } catch {
            return (collected, error)
        }
    }

    static func names(_ reports: [DeliveryReport]) -> [String] { reports.map { $0.message.name } }

    // MARK: How they go

    @Test("With PIPELINING content and the next message's commands are one segment, RSET first")
    func groups() throws {
        let (names, sink) = try Self.run(Self.server("PIPELINING")) { connection in
            let messages = try (0..<20).map { try Self.message($0) }
            return Self.names(await Self.collect(connection.send(contentsOf: messages)).0)
        }
        #expect(names == Array(repeating: "accepted", count: 20))
        #expect(sink.messages.map(\.text) == (0..<20).map { "message \($0)\r\n" })
        let session = try #require(sink.sessions.first)
        let commands = ["MAIL FROM:<s@x.example>", "RCPT TO:<a@x.example>", "DATA"]
        #expect(session.commands[1...3] == commands[...])
        #expect(session.commands[4...7] == (["RSET"] + commands)[...])
        // EHLO; the first group; each content, with the group behind it; QUIT.
        #expect(session.segmentLengths.count == 1 + 1 + 20 + 1)
    }

    @Test(
        "With CHUNKING too nothing is waited for but the window",
        arguments: [DeliveryWindow(), DeliveryWindow(messages: .max, octets: .max)]
    )
    func streamed(window: DeliveryWindow) throws {
        let (names, sink) = try Self.run(Self.server("PIPELINING", "CHUNKING")) { connection in
            let messages = try (0..<50).map { try Self.message($0) }
            return Self.names(await Self.collect(connection.send(contentsOf: messages, window: window)).0)
        }
        #expect(names == Array(repeating: "accepted", count: 50))
        #expect(sink.messages.map(\.text) == (0..<50).map { "message \($0)\r\n" })
        let session = try #require(sink.sessions.first)
        #expect(session.segmentLengths.count < 10)
        #expect(session.commands.count { $0 == "RSET" } == 49)
    }

    @Test("What is said of a content is believed while commands behind it are still being written", arguments: 1...60)
    func narrow(capacity: Int) throws {
        for keywords in [["PIPELINING"], ["PIPELINING", "CHUNKING"]] {
            var server = Self.server()
            server.keywords = keywords
            let executor = DeterministicExecutor(order: .random(seed: UInt64(capacity)))
            let sink = MailSink(server)
            let names = try executor.run {
                var options = PipeOptions()
                options.capacity = capacity
                let transport = sink.connect(on: executor, outward: options, homeward: options)
                let configuration = SMTPConfiguration(security: .insecurePlain)
                let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
                let messages = try (0..<4).map { try Self.message($0) }
                let names = Self.names(await Self.collect(connection.send(contentsOf: messages)).0)
                await connection.quit()
                await sink.stop()
                return names
            }
            #expect(names == Array(repeating: "accepted", count: 4), "\(keywords)")
        }
    }

    @Test(
        "A content whose last octet waits for room when the connection is lost is not attempted",
        arguments: [["PIPELINING"], ["PIPELINING", "CHUNKING"]]
    )
    func lostInContent(keywords: [String]) throws {
        var server = Self.server()
        server.keywords = keywords
        server.script.on(.contentOctets(10), .reset)
        let executor = DeterministicExecutor()
        let sink = MailSink(server)
        let outcomes = try executor.run {
            var options = PipeOptions()
            options.capacity = 100
            let transport = sink.connect(on: executor, outward: options, homeward: options)
            let configuration = SMTPConfiguration(security: .insecurePlain)
            let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
            let text = String(repeating: "line\r\n", count: 100)
            let message = MailObject(.text(text), envelope: try Envelope(from: "s@x.example", to: ["a@x.example"]))
            let reports = await Self.collect(connection.send(contentsOf: [message])).0
            await sink.stop()
            return reports.flatMap(\.recipients).map { $0.outcome.name }
        }
        #expect(outcomes == ["not attempted"])
    }

    @Test(
        "What is not offered, or not wanted, is not used",
        arguments: [
            ([], ChunkingPolicy.streams), (["CHUNKING"], .streams), (["CHUNKING"], .never),
            (["PIPELINING", "CHUNKING"], .never),
        ]
    )
    func lockStep(keywords: [String], chunking: ChunkingPolicy) throws {
        var server = Self.server()
        server.keywords = keywords
        let (names, sink) = try Self.run(server, chunking: chunking) { connection in
            let messages = try (0..<5).map { try Self.message($0) }
            return Self.names(await Self.collect(connection.send(contentsOf: messages)).0)
        }
        #expect(names == Array(repeating: "accepted", count: 5))
        let commands = try #require(sink.sessions.first).commands
        #expect(commands.contains { $0.hasPrefix("BDAT") } == (chunking == .streams && keywords == ["CHUNKING"]))
        // Where nothing is under way nothing needs to be cleared.
        #expect(commands.contains("RSET") == keywords.contains("PIPELINING"))
    }

    @Test(
        "An LMTP server's replies for each recipient are told apart",
        arguments: [["PIPELINING"], ["PIPELINING", "CHUNKING"]]
    )
    func lmtp(keywords: [String]) throws {
        var server = Self.server()
        server.isLMTP = true
        server.keywords = keywords
        server.script.on(.contentForRecipient("full@x.example"), .reply(452, "4.2.2 full"))
        server.script.on(.recipient("no@x.example"), .reply(550, "5.1.1 no"))
        let (outcomes, _) = try Self.run(server, isLMTP: true) { connection in
            let messages = try (0..<8).map {
                try Self.message($0, to: ["a@x.example", "no@x.example", "full@x.example"])
            }
            let (reports, _) = await Self.collect(connection.send(contentsOf: messages))
            return reports.map { $0.recipients.map { $0.outcome.name } }
        }
        let content = keywords.contains("CHUNKING") ? "BDAT" : "DATA"
        #expect(outcomes == Array(repeating: ["accepted", "rejected RCPT", "rejected \(content)"], count: 8))
    }

    @Test("After a reply that does not fit, one message waits for the other")
    func outOfStep() throws {
        var server = Self.server("PIPELINING", "CHUNKING")
        server.script.on(.command("RCPT"), occurrence: 2, .reply(503, "5.5.1 out of order"))
        let (names, sink) = try Self.run(server) { connection in
            let messages = try (0..<40).map { try Self.message($0) }
            let reports = connection.send(contentsOf: messages, window: DeliveryWindow(messages: 4))
            return Self.names(await Self.collect(reports).0)
        }
        #expect(names == (0..<40).map { $0 == 1 ? "rejected RCPT" : "accepted" })
        #expect(sink.messages.count == 39)
        #expect(try #require(sink.sessions.first).segmentLengths.count > 36)
    }

    @Test(
        "What a server is known not to cope with is not used",
        arguments: [
            ("mail.example ESMTP chasquid", nil, ["PIPELINING"], 22),
            ("mail.example ESMTP chasquidian", nil, ["PIPELINING"], 13),
            ("mail.example ESMTP", nil, ["PIPELINING"], 13),
            ("mail.example ESMTP", ServerWorkaround(host: "LocalHost", avoiding: .pipelining), ["PIPELINING"], 42),
            ("mail.example ESMTP", ServerWorkaround(host: "other", avoiding: .pipelining), ["PIPELINING"], 13),
            ("MAIL ready", ServerWorkaround(greeting: "mail", avoiding: .chunking), ["PIPELINING", "CHUNKING"], 13),
            ("mx ESMTP Exim 4.96", ServerWorkaround(greeting: "exim 4.9*", avoiding: .pipelining), ["PIPELINING"], 42),
        ] as [(String, ServerWorkaround?, [String], Int)]
    )
    func workarounds(greeting: String, workaround: ServerWorkaround?, keywords: [String], segments: Int) throws {
        var server = Self.server()
        server.keywords = keywords
        server.script.on(.connection, .reply(220, greeting))
        let change: @Sendable (inout SMTPConfiguration) -> Void = { configuration in
            if let workaround { configuration.workarounds.append(workaround) }
        }
        let (names, sink) = try Self.run(server, change: change) { connection in
            let messages = try (0..<10).map { try Self.message($0) }
            return Self.names(await Self.collect(connection.send(contentsOf: messages)).0)
        }
        #expect(names == Array(repeating: "accepted", count: 10))
        // EHLO, QUIT, and what the messages take: a group each and one, two each, or one each command.
        #expect(try #require(sink.sessions.first).segmentLengths.count == segments)
    }

    @Test(
        "Workarounds are for hosts and greetings by pattern",
        arguments: [
            (nil, "chasquid", true), (nil, "esmtp chasquid", true), (nil, "chasquid 1.11", true), (nil, "1.1*", true),
            (nil, "*.*1", true), (nil, "mail.* ESMTP *quid", true), (nil, "chas", false), (nil, "1.2*", false),
            (nil, "ESMTP 1.11", false), (nil, "chasquid 1.11 *", false), (nil, "quid*", false), (nil, "*", true),
            (nil, "", true), ("mail.example", nil, true), ("MAIL.*", nil, true), ("*.example", nil, true),
            ("m*i*.ex*e", nil, true), ("*.example", "postfix", false), ("example", nil, false),
            ("*.examples", nil, false), ("mail.example*", nil, true), ("", nil, false), ("**", nil, true),
        ] as [(String?, String?, Bool)]
    )
    func workaroundPatterns(host: String?, greeting: String?, applies: Bool) throws {
        let workaround = ServerWorkaround(host: host, greeting: greeting, avoiding: .pipelining)
        let code = try #require(ReplyCode(rawValue: 220))
        let reply = SMTPReply(code: code, lines: ["hello", "mail.example ESMTP\tchasquid  1.11"])
        #expect(workaround.applies(to: "Mail.example", greeting: reply) == applies)
    }

    // MARK: What becomes of each

    @Test(
        "A message that cannot go does not harm those beside it",
        arguments: [["PIPELINING"], ["PIPELINING", "CHUNKING"]]
    )
    func unfit(keywords: [String]) throws {
        var server = Self.server()
        server.keywords = keywords
        let (reports, sink) = try Self.run(server) { connection in
            var messages = try (0..<6).map { try Self.message($0) }
            messages[1].content = .text("8-bit: ü")
            messages[3].envelope.recipients = []
            messages[4].content = .file(path: "/nonexistent/file")
            let (reports, failure) = await Self.collect(connection.send(contentsOf: messages))
            #expect(failure == nil)
            return reports
        }
        #expect(reports.map { $0.error?.kind } == [nil, .content, nil, .usage, .noInput, nil])
        #expect(reports[1].recipients.map(\.outcome) == [.notAttempted])
        #expect(reports[1].recipients.map(\.advice) == [.never])
        #expect(sink.messages.map(\.text) == [0, 2, 5].map { "message \($0)\r\n" })
    }

    @Test("Reports keep the order of the messages, also where one takes two transactions")
    func order() throws {
        var server = Self.server("PIPELINING", "CHUNKING")
        server.script.on(.recipient("b@x.example"), occurrence: 1, .reply(452, "4.5.3 too many recipients"))
        let (recipients, sink) = try Self.run(server) { connection in
            var messages = try (0..<10).map { try Self.message($0) }
            messages[2] = try Self.message(2, to: ["a@x.example", "b@x.example"])
            let (reports, _) = await Self.collect(connection.send(contentsOf: messages))
            #expect(reports.allSatisfy { $0.isAcceptedForAll })
            return reports.map(\.recipients.count)
        }
        #expect(recipients == [1, 1, 2, 1, 1, 1, 1, 1, 1, 1])
        #expect(sink.messages.count == 11)
    }

    @Test("At the server's limit of messages those taken are not attempted, and no more are taken")
    func messageLimit() throws {
        let taken = Counter()
        let (result, sink) = try Self.run(Self.server("PIPELINING", "LIMITS MAILMAX=3")) { connection in
            let messages = try EndlessMessages(taken)
            return await Self.collect(connection.send(contentsOf: messages, window: DeliveryWindow(messages: 2)))
        }
        let (reports, failure) = result
        #expect(failure?.kind == .sessionLimit)
        #expect(failure?.advice == .sendAgainNow)
        #expect(reports.count == taken.value)
        #expect(Self.names(reports).prefix(4) == ["accepted", "accepted", "accepted", "not attempted"])
        #expect(Set(reports.dropFirst(3).flatMap(\.recipients).map(\.advice)) == [.sendAgainNow])
        #expect(sink.messages.count == 3)
    }

    @Test(
        "When the connection breaks each message taken has its report, and the rest stays with the caller",
        arguments: [["PIPELINING"], ["PIPELINING", "CHUNKING"], []],
        [SinkReply.close, .reset, .reply(421, "4.3.0 going down").thenClose()]
    )
    func broken(keywords: [String], ending: SinkReply) throws {
        var server = Self.server()
        server.keywords = keywords
        server.script.on(.command("MAIL"), occurrence: 8, ending)
        let taken = Counter()
        let (result, sink) = try Self.run(server) { connection in
            let messages = try EndlessMessages(taken)
            return await Self.collect(connection.send(contentsOf: messages, window: DeliveryWindow(messages: 3)))
        }
        let (reports, failure) = result
        #expect(failure?.kind == .closed)
        #expect(reports.count == taken.value)
        for (index, report) in reports.enumerated() {
            let isThere = sink.messages.contains { $0.text == "message \(index)\r\n" }
            switch report.message {
            case .accepted: #expect(isThere)
            case .notAttempted, .rejected: #expect(!isThere)
            default: #expect(!keywords.isEmpty)
            }
        }
        #expect(Self.names(reports).count { $0 == "accepted" } == 7)
    }

    @Test("What is behind a 421 was not taken, though all of it was sent", arguments: ["MAIL", "RCPT"])
    func behindGoodbye(verb: String) throws {
        var server = Self.server("PIPELINING", "CHUNKING")
        server.script.on(
            .command(verb),
            occurrence: 3,
            .reply(421, "4.7.0 too many messages in this session").thenClose()
        )
        let (result, sink) = try Self.run(server) { connection in
            await Self.collect(connection.send(contentsOf: try (0..<8).map { try Self.message($0) }))
        }
        let (reports, failure) = result
        #expect(failure == nil)
        #expect(reports.prefix(2).allSatisfy { $0.isAcceptedForAll })
        #expect(reports.dropFirst(2).allSatisfy { !$0.isUncertain && !$0.isAcceptedForAny })
        #expect(reports.dropFirst(3).flatMap(\.recipients).allSatisfy { $0.advice == .sendAgainNow })
        #expect(sink.messages.count == 2)
        // Every message was under way.
        #expect(try #require(sink.sessions.first).segmentLengths.count <= 4)
    }

    @Test("A server that leaves while no message is at hand ends the reports")
    func idleClose() throws {
        var server = Self.server("PIPELINING")
        server.limits.idleTime = .seconds(60)
        let (result, _) = try Self.run(server) { connection in
            let (messages, input) = AsyncStream<MailObject>.makeStream()
            input.yield(try Self.message(0))
            return await Self.collect(connection.send(contentsOf: messages))
        }
        #expect(Self.names(result.0) == ["accepted"])
        #expect(result.1?.kind == .closed)
    }
}
