import SMTPClient
import SMTPTesting
import SMTPTransport

/// Sends to all, and returns to whom it did not go.
@Sendable func send(_ text: String, to addresses: [String], over server: Endpoint) async throws -> [String] {
    let configuration = SMTPConfiguration(security: .insecurePlain)
    let report = try await SMTPConnection.withConnection(to: server, configuration: configuration) { connection in
        try await connection.send(text, from: "me@example.org", to: addresses)
    }
    var refused: [String] = []
    for recipient in report.recipients {
        switch recipient.outcome {
        case .accepted: break
        case .rejected(let answer): refused.append("\(recipient.forwardPath) \(answer.reply.code)")
        case .notAttempted, .unknown: refused.append("\(recipient.forwardPath)")
        @unknown default: refused.append("\(recipient.forwardPath)")
        }
    }
    return refused
}

var script = SinkConfiguration()
script.script.on(.recipient("typo@example.org"), .reply(550, "5.1.1 No such user"))
try await MailSink.withListening(script) { sink in
    let server = Endpoint.host("127.0.0.1", port: sink.port)
    let addresses = ["you@example.org", "typo@example.org"]
    let refused = try await send("Subject: Hello\n\nIt works.\n", to: addresses, over: server)
    precondition(refused == ["typo@example.org 550"])
    let message = try await sink.messages(1)[0]
    precondition(message.acceptedRecipients == ["you@example.org"])
    precondition(message.text == "Subject: Hello\r\n\r\nIt works.\r\n")

    do throws(SMTPError) {
        _ = try Envelope(from: "me@example.org", to: ["you@example.org\r\nDATA"])
        preconditionFailure("that is no address")
    } catch {
        precondition(error.kind == .invalidAddress && error.initiator == .caller)
    }
}
