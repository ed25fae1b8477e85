import ArgumentParser
import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire

/// The whole stack in one process: a server on loopback, a client that sends to it, and what both saw.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Sends a message to a server in the same process, and shows the dialogue and what arrived.",
        discussion: "Colours are left out if the output is no terminal, or if NO_COLOR is set."
    )

    private static let text = """
        From: "The demo" <demo@example.org>
        To: <you@example.org>
        Subject: It works
        Date: Mon, 1 Jan 2024 12:00:00 +0000
        Content-Type: text/plain; charset=utf-8

        Grüße! This message went over TCP, from one end of the stack to the other.
        .A line that begins with a dot goes with two, and arrives with one.

        """

    func run() async throws {
        let style = Style.fitting
        var server = SinkConfiguration()
        server.script.on(.recipient("nobody@example.org"), .reply(550, "5.1.1 No such user here"))

        try await MailSink.withListening(server) { sink in
            print(style.title("A server listens on 127.0.0.1:\(sink.port)\n"))

            var configuration = SMTPConfiguration(security: .insecurePlain)
            var transcript = TranscriptObserver { print(style.line($0)) }
            transcript.showsContent = true
            configuration.channel.transcript = transcript
            let report = try await SMTPConnection.withConnection(
                to: .host("127.0.0.1", port: sink.port),
                configuration: configuration
            ) { connection in
                try await connection.send(
                    Self.text,
                    from: "demo@example.org",
                    to: ["you@example.org", "nobody@example.org"]
                )
            }

            print(style.title("\nWhat became of it\n"))
            for recipient in report.recipients {
                print(style.outcome("\(recipient.forwardPath)", recipient.outcome))
            }

            let message = try await sink.messages(1)[0]
            print(style.title("\nWhat the server holds, for \(message.acceptedRecipients.joined(separator: ", "))\n"))
            for line in message.text.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast() {
                print(DisplayText.escape(line))
            }
        }
    }
}
