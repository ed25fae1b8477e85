import SMTPClient
import SMTPTesting
import SMTPTransport

/// The code under test: yours.
func welcome(_ address: String, over server: Endpoint, _ configuration: SMTPConfiguration) async throws -> Bool {
    let report = try await SMTPConnection.withConnection(to: server, configuration: configuration) { connection in
        try await connection.send("Subject: Welcome\n\nHello!\n", from: "shop@example.org", to: [address])
    }
    return report.isAcceptedForAll
}

func messageArrives() async throws {
    try await MailSink.withListening { sink in
        let server = Endpoint.host("127.0.0.1", port: sink.port)
        let isSent = try await welcome("you@example.org", over: server, SMTPConfiguration(security: .insecurePlain))
        let message = try await sink.messages(1)[0]
        precondition(isSent)
        precondition(message.acceptedRecipients == ["you@example.org"])
        precondition(message.text.contains("Subject: Welcome\r\n"))
    }
}

func recipientIsRefused() async throws {
    var server = SinkConfiguration()
    server.script.on(.recipient("typo@example.org"), .reply(550, "5.1.1 No such user"))
    try await MailSink.withListening(server) { sink in
        do {
            _ = try await welcome(
                "typo@example.org",
                over: .host("127.0.0.1", port: sink.port),
                SMTPConfiguration(security: .insecurePlain)
            )
            preconditionFailure("it was accepted")
        } catch let error as SMTPError {
            precondition(error.kind == .refused && error.advice == .never)
        }
    }
}

func lastReplyIsLost() throws {
    var server = SinkConfiguration()
    server.script.on(.content, .reply(250, "ok").unsaid().after(.seconds(90)).thenReset())
    let sink = MailSink(server)
    let executor = DeterministicExecutor()
    try executor.run {
        let connection = try await SMTPConnection.open(
            over: sink.connect(on: executor),
            configuration: SMTPConfiguration(security: .insecurePlain)
        )
        do throws(SMTPError) {
            try await connection.send("Subject: x\n\nhello\n", from: "a@example.org", to: ["b@example.org"])
        } catch {
            precondition(error.advice == .unsafe)
        }
    }
}

func overTLS() async throws {
    let authority = try CertificateAuthority()
    var request = CertificateRequest()
    request.names = [.ipAddress([127, 0, 0, 1])]
    var serverTLS = TLSConfiguration()
    serverTLS.identity = try authority.issue(request).identity
    var server = SinkConfiguration()
    server.tls = SinkTLS(serverTLS)
    server.keywords = ["STARTTLS"]
    server.keywordsAfterTLS = ["AUTH PLAIN"]
    server.mechanisms = [.plain { $0 == "me" && $1 == "secret" }]

    var tls = TLSConfiguration()
    tls.trust = [authority.trust]
    var configuration = SMTPConfiguration(security: .startTLS(tls))
    configuration.credentials = .password(user: "me", Secret("secret"))
    try await MailSink.withListening(server) { [configuration] sink in
        _ = try await welcome("you@example.org", over: .host("127.0.0.1", port: sink.port), configuration)
    }
}
