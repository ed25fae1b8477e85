// The shortest program that sends a mail: send-mail HOST PORT FROM TO
import SMTPClient
import SMTPTransport

let (host, port, from, to) = (
    CommandLine.arguments[1], CommandLine.arguments[2], CommandLine.arguments[3], CommandLine.arguments[4]
)
let configuration = SMTPConfiguration(security: .insecurePlain)
let text = "From: <\(from)>\nTo: <\(to)>\nSubject: Hello\n\nSent with eight lines of Swift.\n"
try await SMTPConnection.withConnection(to: .host(host, port: Int(port) ?? 25), configuration: configuration) {
    connection in
    let report = try await connection.send(text, from: from, to: [to])
    for recipient in report.recipients { print(recipient.forwardPath, recipient.outcome) }
}
