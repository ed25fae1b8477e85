import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Testing

/// The scenarios of the project this one grew from, over the pipe in every delivery and over TCP.
@Suite("Seed scenarios")
struct SeedScenarioTests {
    static let hello = """
        S: 220 server.example ESMTP
        C: EHLO client.example
        S: 250-server.example
        S: 250 HELP

        """

    static let goodbye = """

        C: QUIT
        S: 221 bye
        S* close
        """

    typealias Client = @Sendable (SMTPConnection) async throws -> Void

    private static var configuration: SMTPConfiguration {
        get throws {
            var configuration = SMTPConfiguration(security: .insecurePlain)
            configuration.helloName = try HelloName("client.example")
            return configuration
        }
    }

    /// Runs `client` between hello and goodbye.
    private func run(_ text: String, client: @escaping Client) async throws {
        let dialogue = try Dialogue(Self.hello + text + Self.goodbye)
        let configuration = try Self.configuration
        try dialogue.run { transport in
            let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
            try await connection.hello()
            try await client(connection)
            await connection.quit()
        }
        try await dialogue.runListening { endpoint in
            try await SMTPConnection.withConnection(to: endpoint, configuration: configuration, client)
        }
    }

    @Test("Hello and send: several recipients, lines that begin with dots, no final line end")
    func send() async throws {
        let text = """
            C: MAIL FROM:<a@b.example>
            S: 250 ok
            C: RCPT TO:<c@d.example>
            S: 250 ok
            C: RCPT TO:<e@f.example>
            S: 251 will forward
            C: DATA
            S: 354 go
            C: Subject: dots
            C:
            C: ..
            C: ...one
            C: in.the.middle
            C: ....
            C: last
            C: .
            S: 250 2.0.0 queued
            """
        try await run(text) { connection in
            let report = try await connection.send(
                "Subject: dots\n\n.\n..one\nin.the.middle\n...\nlast",
                from: "a@b.example",
                to: ["c@d.example", "e@f.example"]
            )
            #expect(report.isAcceptedForAll)
        }
    }

    static let failures: [(verb: String, reply: String, text: String)] = [
        (
            "MAIL", "550 5.1.8 who is that",
            """
            C: MAIL FROM:<a@b.example>
            S: 550 5.1.8 who is that
            """
        ),
        (
            "RCPT", "550 5.1.1 no such user",
            """
            C: MAIL FROM:<a@b.example>
            S: 250 ok
            C: RCPT TO:<c@d.example>
            S: 550 5.1.1 no such user
            C: RSET
            S: 250 ok
            """
        ),
        (
            "DATA", "451 4.3.0 not now",
            """
            C: MAIL FROM:<a@b.example>
            S: 250 ok
            C: RCPT TO:<c@d.example>
            S: 250 ok
            C: DATA
            S: 451 4.3.0 not now
            C: RSET
            S: 250 ok
            """
        ),
        (
            "DATA", "554 5.6.0 spam",
            """
            C: MAIL FROM:<a@b.example>
            S: 250 ok
            C: RCPT TO:<c@d.example>
            S: 250 ok
            C: DATA
            S: 354 go
            C: x
            C: .
            S: 554 5.6.0 spam
            """
        ),
    ]

    @Test("Each command that fails is told with its reply, and the connection can go on", arguments: failures)
    func failure(verb: String, reply: String, text: String) async throws {
        try await run(text + "\nC: NOOP\nS: 250 ok") { connection in
            let error = await #expect(throws: SMTPError.self) {
                try await connection.send("x", from: "a@b.example", to: ["c@d.example"])
            }
            #expect(error?.verb == verb)
            #expect(error?.reply?.description == reply)
            try await connection.noop()
        }
    }

    @Test("Keywords are set and cleared; raw commands and a raw message go as they are")
    func raw() async throws {
        let text = """
            C: XCLIENT NAME=x
            S: 502 no
            C: MAIL FROM:<>
            S: 250 ok
            C: RCPT TO:<c@d.example>
            S: 250 ok
            C: DATA
            S: 354 go
            C: ..escaped by the caller
            C: .
            S: 250 ok
            C| NOOP raw\\r\\n
            S: 250 raw
            """
        try await run(text) { connection in
            let channel = connection.channel
            #expect(channel.extensions.keywords == [.help])
            await channel.clearExtensions()
            #expect(channel.extensions.isEmpty)
            await channel.populateExtensions(from: "PIPELINING\nSIZE 5")
            #expect(channel.extensions.keywords == [.pipelining, .size])
            let refused = try await channel.command(
                verb: try CommandVerb("XCLIENT"),
                argument: try CommandArgument("NAME=x")
            )
            #expect(refused.code.rawValue == 502)
            _ = try await channel.mail(from: .null)
            _ = try await channel.recipient(to: try ForwardPath("c@d.example"))
            _ = try await channel.data()
            let message = CommandChannel.escapeMessage(Array(".escaped by the caller\r\n".utf8))
            #expect(try await channel.sendRawMessage(message).map(\.description) == ["250 ok"])
            try await channel.sendRaw(Array("NOOP raw\r\n".utf8))
            #expect(try await channel.receiveRaw().description == "250 raw")
        }
    }

    @Test(
        "The sink says what RFC 5321's scenario has it say (appendix D.1), in every delivery",
        arguments: Dialogue.Delivery.all
    )
    func rfcScenario(delivery: Dialogue.Delivery) throws {
        let dialogue = try Dialogue(
            """
            S: 220 foo.com ESMTP
            C: EHLO bar.com
            S: 250-foo.com
            S: 250-8BITMIME
            S: 250-SIZE
            S: 250-DSN
            S: 250 HELP
            C: MAIL FROM:<Smith@bar.com>
            S: 250 OK
            C: RCPT TO:<Jones@foo.com>
            S: 250 OK
            C: RCPT TO:<Green@foo.com>
            S: 550 No such user here
            C: RCPT TO:<Brown@foo.com>
            S: 250 OK
            C: DATA
            S: 354 Start mail input; end with <CRLF>.<CRLF>
            C: Blah blah blah...
            C: ...etc. etc. etc.
            C: .
            S: 250 OK
            C: QUIT
            S: 221 foo.com Service closing transmission channel
            S* close
            """
        )
        var configuration = SinkConfiguration()
        configuration.name = "foo.com"
        configuration.enforcement = .strict
        configuration.keywords = ["8BITMIME", "SIZE", "DSN", "HELP"]
        configuration.script.on(.recipient("Green@foo.com"), .reply(550, "No such user here"))
        for point in [SinkPoint.command("MAIL"), .command("RCPT"), .content] {
            configuration.script.on(point, .reply(250, "OK"))
        }
        configuration.script.on(.command("DATA"), .reply(354, "Start mail input; end with <CRLF>.<CRLF>"))
        configuration.script.on(.command("QUIT"), .reply(221, "foo.com Service closing transmission channel"))
        let sink = MailSink(configuration)
        let executor = DeterministicExecutor()
        try executor.run {
            var (outward, homeward) = (PipeOptions(), PipeOptions())
            (outward.fragmentation, homeward.fragmentation) = (delivery.outward, delivery.homeward)
            try await dialogue.play(.client, over: sink.connect(on: executor, outward: outward, homeward: homeward))
            await sink.stop()
        }
        #expect(sink.messages.map(\.acceptedRecipients) == [["Jones@foo.com", "Brown@foo.com"]])
        #expect(sink.messages.map(\.text) == ["Blah blah blah...\r\n..etc. etc. etc.\r\n"])
        #expect(sink.sessions.map(\.ending) == [.quit])
    }
}
