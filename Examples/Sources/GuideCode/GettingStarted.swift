import SMTPClient
import SMTPTransport

// The code of the guides in Docs and of the README: a test compares them with this target, line by line.

func gettingStarted() async throws {
    var configuration = SMTPConfiguration(security: .startTLS)
    configuration.credentials = .password(user: "me", Secret("my password"))
    let server = Endpoint.host("mail.example.org", port: 587)
    let report = try await SMTPConnection.withConnection(to: server, configuration: configuration) { connection in
        try await connection.send("Subject: Hello\n\nIt works.\n", from: "me@example.org", to: ["you@example.org"])
    }
    for recipient in report.recipients {
        print(recipient.forwardPath, recipient.outcome)
    }
}

func oneRefused(_ connection: SMTPConnection, _ text: String) async throws {
    do {
        let addresses = ["you@example.org", "typo@example.org"]
        let report = try await connection.send(text, from: "me@example.org", to: addresses)
        for recipient in report.recipients where !recipient.outcome.isAccepted {
            print("not for \(recipient.forwardPath): \(recipient.outcome)")
        }
    } catch {
        print(error)
    }
}
