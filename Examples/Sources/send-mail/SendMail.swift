import ArgumentParser
import SMTPClient
import SMTPTransport

/// The shortest program that sends a mail: all of it is in `run()`.
@main
struct SendMail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-mail",
        abstract: "Sends a short mail over a connection in clear."
    )

    @Argument(help: "The server's name or address.")
    var host: String

    @Argument(help: "Its port.")
    var port: Int

    @Argument(help: "The sender's address.")
    var from: String

    @Argument(help: "The recipient's address.")
    var to: String

    func run() async throws {
        let text = "From: <\(from)>\nTo: <\(to)>\nSubject: Hello\n\nSent with eight lines of Swift.\n"
        let configuration = SMTPConfiguration(security: .insecurePlain)
        try await SMTPConnection.withConnection(to: .host(host, port: port), configuration: configuration) {
            connection in
            let report = try await connection.send(text, from: from, to: [to])
            for recipient in report.recipients {
                print(recipient.forwardPath, recipient.outcome.answer.map { "\($0.reply)" } ?? "has no answer")
            }
        }
    }
}
