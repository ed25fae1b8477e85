import ArgumentParser
import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire

/// Asks for all it needs, sends, and shows the dialogue with the server.
@main
struct Interactive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interactive",
        abstract: "Asks for a server, addresses and a text, sends the mail, and shows the dialogue.",
        discussion: "An answer in square brackets is taken if you just press return."
    )

    func run() async throws {
        let host = try Question("Server", default: "localhost").ask { $0.isEmpty ? nil : $0 }
        let security = try Question("Security (\(Security.names))", default: Security.plain.rawValue).ask {
            Security(rawValue: $0)
        }
        let port = try Question("Port", default: "\(security.port)").ask { text in
            Int(text).flatMap { (1...65_535).contains($0) ? $0 : nil }
        }
        let from = try Question("From (empty: no reports)").ask { text throws(WireError) in try ReversePath(text) }
        let to = try Question("To (several with commas)").ask { text throws(WireError) in
            try Self.recipients(text)
        }
        let subject = try Question("Subject").ask { $0 }
        let body = try Question.lines("Text, and a dot on a line of its own to end it:")

        var configuration = SMTPConfiguration(security: security.connection)
        configuration.channel.transcript = TranscriptObserver { print($0) }
        let header = ["From: <\(from)>", "To: \(to.map { "<\($0)>" }.joined(separator: ", "))", "Subject: \(subject)"]
        let text = (header + [""] + body).joined(separator: "\n") + "\n"
        print()
        let report = try await SMTPConnection.withConnection(
            to: .host(host, port: port),
            configuration: configuration
        ) { connection in
            try await connection.send(.text(text), envelope: Envelope(from: from, to: to))
        }
        print()
        for recipient in report.recipients { print("\(recipient.forwardPath): \(Self.words(for: recipient.outcome))") }
    }

    private static func recipients(_ text: String) throws(WireError) -> [ForwardPath] {
        var paths: [ForwardPath] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            paths.append(try ForwardPath(String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())))
        }
        return paths
    }

    private static func words(for outcome: DeliveryReport.Outcome) -> String {
        switch outcome {
        case .accepted: "the server has taken it"
        case .rejected(let answer): "refused: \(answer.reply)"
        case .notAttempted: "not attempted"
        case .unknown: "unknown: look for it before you send it again"
        @unknown default: "unknown to this program"
        }
    }
}

/// How the connection is protected, as a person chooses it.
private enum Security: String, CaseIterable {
    case plain

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    var port: Int {
        switch self {
        case .plain: SMTPPort.relay
        }
    }

    var connection: ConnectionSecurity {
        switch self {
        case .plain: .insecurePlain
        }
    }
}
