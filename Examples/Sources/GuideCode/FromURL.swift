import Foundation
import SMTPClient

func fromURL(_ text: String) async throws {
    let server = try SMTPURL(ProcessInfo.processInfo.environment["SMTP_URL"] ?? "")
    try await SMTPConnection.withConnection(to: server.endpoint, configuration: server.configuration) { connection in
        try await connection.send(text, from: "me@example.org", to: ["you@example.org"])
    }
}
