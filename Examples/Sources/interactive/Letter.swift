import SMTPClient
import SMTPWire
import ToolSupport

/// The message and its envelope: what a person answers about the mail.
struct Letter {
    let envelope: Envelope
    let content: Content

    init(_ interview: Interview) throws(ToolFailure) {
        let from = try interview.ask("From (empty: no reports)") { text throws(ToolFailure) in
            try ToolFailure.address(of: "the address", text) { text throws(WireError) in try ReversePath(text) }
        }
        let to = try interview.ask("To (several with commas)") { text throws(ToolFailure) in try Self.recipients(text) }
        let subject = try interview.ask("Subject") { $0 }
        let body = interview.lines("Text, and a dot on a line of its own to end it:")
        let header = ["From: <\(from)>", "To: \(to.map { "<\($0)>" }.joined(separator: ", "))", "Subject: \(subject)"]
        envelope = Envelope(from: from, to: to)
        content = .text((header + [""] + body).joined(separator: "\n") + "\n")
    }

    private static func recipients(_ text: String) throws(ToolFailure) -> [ForwardPath] {
        var paths: [ForwardPath] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let address = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            paths.append(
                try ToolFailure.address(of: "the address", address) { text throws(WireError) in try ForwardPath(text) }
            )
        }
        return paths
    }
}
