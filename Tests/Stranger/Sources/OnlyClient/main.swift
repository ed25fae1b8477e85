import SMTPClient

// Nothing but the client is imported: what it hands out can be read all the same.
let server = try SMTPURL("smtp://127.0.0.1:1?security=insecure-plain")
do {
    try await SMTPConnection.withConnection(to: server.endpoint, configuration: server.configuration) { connection in
        let report = try await connection.send("Subject: x\n\nx\n", from: "me@example.org", to: ["you@example.org"])
        for recipient in report.recipients { print(recipient.forwardPath, recipient.outcome) }
    }
    preconditionFailure("nobody listens on port 1")
} catch let error as SMTPError {
    switch error.kind {
    case .connect: break
    default: preconditionFailure("\(error)")
    }
    switch error.advice {
    case .sendAgainLater: break
    case .sendAgainNow, .never, .unsafe, .done: preconditionFailure("\(error)")
    @unknown default: preconditionFailure("\(error)")
    }
    precondition(error.report == nil && !error.message.isEmpty && !error.suggestion.isEmpty)
}

let envelope = try Envelope(from: "", to: ["you@example.org", "postmaster"])
precondition(envelope.forwardPaths.map { "\($0)" } == ["you@example.org", "Postmaster"])
let secret = Secret("hunter2")
precondition("\(secret)" == "(secret)")
