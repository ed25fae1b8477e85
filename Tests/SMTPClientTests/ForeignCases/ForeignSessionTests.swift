import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Testing

@testable import SMTPClient

/// How sessions begin and end, by the cases of other clients' tests; `Docs/ForeignCases.md` says whose.
@Suite("Other clients' cases: sessions")
struct ForeignSessionTests {
    static let openings: [(greeting: SinkReply, kind: SMTPError.Kind, code: UInt16?)] = [
        (.reply(421, "not ready"), .refused, 421), (.reply(554, "not for you"), .refused, 554),
        (.reply(250, "what?"), .protocolViolation, 250), (.raw("199 no hello for you!\r\n"), .protocolViolation, nil),
        (.raw("ERROR\n"), .protocolViolation, nil),
        (.raw("250 OK\(String(repeating: ".", count: 8192))\n"), .protocolViolation, nil),
        (.close, .closed, nil), (.reset, .closed, nil), (.raw("220 rea").thenClose(), .closed, nil),
        (.silence, .timeout, nil),
    ]

    @Test("Anything but 220 is no session, and what came instead is told", arguments: openings.indices)
    func greetings(number: Int) throws {
        let expected = Self.openings[number]
        var server = SinkConfiguration(offering: [])
        server.script.on(.connection, expected.greeting)
        let executor = DeterministicExecutor()
        let sink = MailSink(server)
        let error = try executor.run { () -> SMTPError? in
            let transport = sink.connect(on: executor)
            var opened: SMTPConnection?
            let error = await errorOf { () async throws(SMTPError) in
                opened = try await SMTPConnection.open(
                    over: transport,
                    configuration: SMTPConfiguration(security: .insecurePlain)
                )
            }
            #expect(opened == nil)
            await sink.stop()
            return error
        }
        #expect(error?.kind == expected.kind)
        #expect(error?.reply?.code.rawValue == expected.code)
    }

    @Test(
        "Whatever becomes of QUIT, what was sent before stays sent, and the connection is closed",
        arguments: [
            SinkReply.reply(221, "bye"), .reply(500, "what?"), .reply(421, "QUIT FAILED"), .close, .reset, .silence,
            .raw("22").thenClose(), .raw("gibberish\r\n"), .reply(221, "bye").followed(by: .reply(250, "more")),
        ]
    )
    func quit(reply: SinkReply) throws {
        var server = SinkConfiguration(offering: [])
        server.script.on(.command("QUIT"), reply)
        let (isOpen, sink) = try converse(server) { connection in
            try await connection.send("x", from: "", to: ["postmaster"])
            await connection.quit()
            return connection.channel.state.isOpen
        }
        #expect(!isOpen)
        #expect(sink.messages.count == 1)
    }

    @Test("At the low level the reply to QUIT is returned like any other")
    func lowLevelQuit() throws {
        var server = SinkConfiguration(offering: [])
        server.script.on(.command("QUIT"), .reply(500, "what?"))
        let (code, _) = try converse(server) { try await $0.channel.quit().code.rawValue }
        #expect(code == 500)
    }

    @Test("A body that throws is thrown again, behind a QUIT; one that has quit is no failure")
    func scope() async throws {
        struct Mine: Error {}
        try await MailSink.withListening { sink in
            let endpoint = Endpoint.host("127.0.0.1", port: sink.port)
            let configuration = SMTPConfiguration(security: .insecurePlain)
            await #expect(throws: Mine.self) {
                try await SMTPConnection.withConnection(to: endpoint, configuration: configuration) { _ in throw Mine()
                }
            }
            try await SMTPConnection.withConnection(to: endpoint, configuration: configuration) { await $0.quit() }
            let sessions = try await sink.endedSessions(2)
            #expect(sessions.map { $0.commands.last } == ["QUIT", "QUIT"])
            #expect(sessions.map(\.commands.count) == [2, 2])
        }
    }

    @Test("A connection that has ended stays so, says so, and another one has all of its own")
    func afterTheEnd() throws {
        let executor = DeterministicExecutor()
        let sink = MailSink(SinkConfiguration(offering: ["DSN", "STARTTLS"]))
        try executor.run {
            let configuration = SMTPConfiguration(security: .insecurePlain)
            let first = try await SMTPConnection.open(over: sink.connect(on: executor), configuration: configuration)
            try await first.hello()
            await first.quit()
            let kinds = [
                await errorOf { () async throws(SMTPError) in try await first.noop() }?.kind,
                await errorOf { () async throws(SMTPError) in try await first.hello() }?.kind,
                await errorOf { () async throws(SMTPError) in try await first.startTLS() }?.kind,
                await errorOf { () async throws(SMTPError) in
                    try await first.send("x", from: "", to: ["postmaster"])
                }?.kind,
            ]
            #expect(kinds.allSatisfy { $0 == .closed })
            let second = try await SMTPConnection.open(over: sink.connect(on: executor), configuration: configuration)
            #expect(second.channel.extensions.isEmpty)
            #expect(try await second.hello().contains(.dsn))
            await second.quit()
            await sink.stop()
        }
        #expect(sink.sessions.map(\.commands.count) == [2, 2])
    }

    @Test(
        "A server that is too slow is left, and nothing late is taken for an answer",
        arguments: ["EHLO", "DATA", "NOOP", "STARTTLS"]
    )
    func slow(verb: String) throws {
        var server = SinkConfiguration(offering: ["STARTTLS"])
        server.script.on(.command(verb), .reply(250, "late").after(.seconds(20)))
        let (errors, sink) = try converse(server) {
            $0.channel.timeouts.hello = .seconds(10)
            $0.channel.timeouts.dataInitiation = .seconds(10)
            $0.channel.timeouts.other = .seconds(10)
        } client: { connection -> [SMTPError?] in
            let first = await errorOf { () async throws(SMTPError) in
                try await connection.hello()
                if verb == "STARTTLS" { try await connection.startTLS() }
                try await connection.noop()
                try await connection.send("x", from: "", to: ["postmaster"])
            }
            return [first, await errorOf { () async throws(SMTPError) in try await connection.noop() }]
        }
        #expect(errors.map { $0?.kind } == [.timeout, .timeout])
        #expect(sink.messages.isEmpty && sink.sessions[0].commands.last?.hasPrefix(verb) == true)
    }

    @Test("A limit of no time, or of less, is one that has passed, and no trap", arguments: [0, -1, Int.min])
    func noTime(seconds: Int) throws {
        var server = SinkConfiguration(offering: [])
        server.script.on(.command("NOOP"), .reply(250, "ok").after(.milliseconds(1)))
        let (error, _) = try converse(server) {
            $0.channel.timeouts.other = .seconds(seconds)
        } client: { connection in
            await errorOf { () async throws(SMTPError) in try await connection.noop() }
        }
        #expect(error?.kind == .timeout)
    }

    @Test("Each hello is one anew: what is offered is what the last reply says")
    func helloAgain() throws {
        var server = SinkConfiguration(offering: ["DSN"])
        server.script.on(.command("HELO"), occurrence: 2, .reply(503, "Duplicate HELO"))
        let (offers, _) = try converse(server) { connection -> [Bool] in
            var offers = [connection.channel.extensions.contains(.dsn)]
            try await connection.hello()
            offers.append(connection.channel.extensions.contains(.dsn))
            _ = try await connection.channel.helo(.localhost)
            offers.append(connection.channel.extensions.contains(.dsn))
            let again = try await connection.channel.helo(.localhost)
            #expect(again.code.rawValue == 503)
            try await connection.hello()
            offers.append(connection.channel.extensions.contains(.dsn))
            return offers
        }
        #expect(offers == [false, true, false, true])
    }

    @Test("EHLO and HELO refused: the reply to HELO is told, and nothing is offered")
    func helloRefused() throws {
        var server = SinkConfiguration(offering: ["DSN"])
        server.script.on(.command("EHLO"), .reply(504, lines: ["EHLO not implemented", "DSN"]))
        server.script.on(.command("HELO"), .reply(502, "nor HELO"))
        let (error, _) = try converse(server) { connection in
            let error = await errorOf { () async throws(SMTPError) in try await connection.hello() }
            #expect(connection.channel.extensions.isEmpty)
            return error
        }
        #expect(error?.reply?.code.rawValue == 502)
        #expect(error?.verb == "HELO")
    }

    @Test(
        "A reply in an encoding of yesterday is a reply",
        arguments: [[0x57, 0xE9], [0xFF, 0xFE], [0x80]] as [[UInt8]]
    )
    func octets(text: [UInt8]) throws {
        var server = SinkConfiguration(offering: [])
        server.script.on(.command("NOOP"), .raw(Array("250-".utf8) + text + Array("\r\n250 \r\n".utf8), code: 250))
        let (reply, _) = try converse(server) { try await $0.channel.noop() }
        #expect(reply.code.rawValue == 250)
        #expect(reply.lines.map(Array.init) == [text, []])
    }
}
