import Dispatch
import SMTPClient
import SMTPIntegrations
import SMTPSession
import SMTPTesting
import SMTPTransport

/// Sessions in memory and virtual time, with whoever observes them.
enum Sessions {
    static let letter = "Subject: c0ntent\n\nc0ntent\n"

    /// A message to one who gets it and one who does not, over TLS with a login.
    static func good(_ observers: [any SMTPObserver], transcript: TranscriptObserver? = nil) async throws {
        let authority = try CertificateAuthority()
        var server = SinkConfiguration()
        var serverTLS = TLSConfiguration()
        serverTLS.identity = try authority.issue(CertificateRequest("mail.example")).identity
        server.tls = SinkTLS(serverTLS)
        server.keywords = ["STARTTLS"]
        server.keywordsAfterTLS = ["AUTH PLAIN", "PIPELINING", "ENHANCEDSTATUSCODES"]
        server.mechanisms = [.plain { $0 == "alice" && $1 == "s3cret" }]
        server.script.on(.recipient("nobody@example.org"), .reply(550, "5.1.1 No such user"))
        var tls = TLSConfiguration()
        tls.trust = [authority.trust]
        var configuration = SMTPConfiguration(security: .startTLS(tls))
        configuration.credentials = .password(user: "alice", Secret("s3cret"))
        configuration.observers = observers
        configuration.channel.transcript = transcript
        try await run(server, configuration, host: "mail.example") { connection in
            try await connection.send(letter, from: "a@example.org", to: ["b@example.org", "nobody@example.org"])
        }
    }

    /// A message that nobody gets: the server says no, or its last word is lost.
    static func bad(_ observers: [any SMTPObserver], isLost: Bool = false) async throws {
        var server = SinkConfiguration()
        server.keywords = ["PIPELINING"]
        server.script.on(.content, isLost ? .reply(250, "ok").unsaid().thenReset() : .reply(554, "5.7.1 No"))
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.observers = observers
        try await run(server, configuration, host: "mail.example") { connection in
            _ = try? await connection.send(letter, from: "a@example.org", to: ["b@example.org"])
        }
    }

    /// Three messages behind each other, of which the second is refused; `surround` has them sent within something.
    static func stream(
        _ observers: [any SMTPObserver],
        _ surround: @escaping @Sendable (() async throws -> Void) async throws -> Void = { try await $0() }
    ) async throws {
        var server = SinkConfiguration()
        server.script.on(.recipient("nobody@example.org"), .reply(550, "5.1.1 No such user"))
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.observers = observers
        try await run(server, configuration, host: "mail.example") { connection in
            let messages = try ["b", "nobody", "c"].map { user in
                MailObject(.text(letter), envelope: try Envelope(from: "a@example.org", to: ["\(user)@example.org"]))
            }
            try await surround { for try await _ in connection.send(contentsOf: messages) {} }
        }
    }

    /// A greeting that wants nobody.
    static func unwelcome(_ observers: [any SMTPObserver]) async throws {
        var server = SinkConfiguration()
        server.script.on(.connection, .reply(554, "5.7.1 Go away"))
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.observers = observers
        do { try await run(server, configuration, host: "mail.example") { _ in } } catch is SMTPError {}
    }

    private static func run(
        _ server: SinkConfiguration,
        _ configuration: SMTPConfiguration,
        host: String,
        _ body: @escaping @Sendable (SMTPConnection) async throws -> Void
    ) async throws {
        let sink = MailSink(server)
        let executor = DeterministicExecutor()
        // On a thread of its own: the few of the pool are all tests'.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "session").async {
                continuation.resume(
                    with: Result {
                        try executor.run {
                            let connection = try await SMTPConnection.open(
                                over: sink.connect(on: executor),
                                host: host,
                                configuration: configuration
                            )
                            try await body(connection)
                            await connection.quit()
                        }
                    }
                )
            }
        }
    }
}
