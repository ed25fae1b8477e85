import ArgumentParser
import Foundation
import SMTPClient

/// The shortest program that sends a mail: all of it is in `run()`.
@main
struct SendMail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-mail",
        abstract: "Sends a short mail to the server that SMTP_URL names.",
        discussion: "SMTP_URL is such as smtp://user:password@mail.example.org:587, for STARTTLS and a login."
    )

    @Argument(help: "The sender's address.")
    var from: String

    @Argument(help: "The recipient's address.")
    var to: String

    func run() async throws {
        guard let url = ProcessInfo.processInfo.environment["SMTP_URL"] else {
            throw ValidationError("SMTP_URL must name the server, as smtp://user:password@mail.example.org:587 does")
        }
        let server = try SMTPURL(url)
        let text = "From: <\(from)>\nTo: <\(to)>\nSubject: Hello\n\nSent with eight lines of Swift.\n"
        try await SMTPConnection.withConnection(to: server.endpoint, configuration: server.configuration) {
            connection in
            let report = try await connection.send(text, from: from, to: [to])
            for recipient in report.recipients { print(recipient.forwardPath, recipient.outcome) }
        }
    }
}
