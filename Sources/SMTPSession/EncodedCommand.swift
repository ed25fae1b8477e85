package import SMTPWire

/// A command with its octets, encoded once for all the times it is sent.
package final class EncodedCommand: Sendable {
    package let command: SMTPCommand
    let octets: [UInt8]
    let subject: Expectation.Subject
    let verb: String

    package init(_ command: SMTPCommand) {
        self.command = command
        octets = command.bytes
        subject = Expectation.Subject(command)
        verb = command.verb
    }

    package static let data = EncodedCommand(.data)
    package static let reset = EncodedCommand(.reset)
}
