import SMTPClient
import SMTPTransport

/// What stands for whatever speaks OAuth in a program.
struct OAuth {
    struct Answer {
        let accessToken: String
        let expiresIn: Int
    }

    func refresh(force: Bool) async throws -> Answer { Answer(accessToken: "", expiresIn: 0) }
}

/// What stands for a key chain.
struct Keychain {
    func password(for user: String) async throws -> Secret { Secret("") }
}

func tokens(_ oauth: OAuth, _ connection: SMTPConnection) async throws {
    // One for each user, shared by all connections.
    let tokens = BearerTokenSource { reason in
        let answer = try await oauth.refresh(force: reason == .refused)
        return BearerToken(Secret(answer.accessToken), lifetime: .seconds(answer.expiresIn))
    }

    try await connection.authenticate(.bearer(user: "alice@example.org", tokens: tokens))
}

func authenticate(_ configuration: SMTPConfiguration, _ password: String) async throws {
    let server = Endpoint.host("mail.example.org", port: 465)
    let connection = try await SMTPConnection.connect(to: server, configuration: configuration)
    try await connection.authenticate(.password(user: "alice", Secret(password)))
}

func provided(_ keychain: Keychain, _ connection: SMTPConnection) async throws {
    try await connection.authenticate(.provided { .password(user: "alice", try await keychain.password(for: "alice")) })
}
