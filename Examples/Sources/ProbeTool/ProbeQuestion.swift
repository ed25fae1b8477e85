import SMTPSession
import SMTPWire
import ToolSupport

/// A command that is sent behind all else, to see what the server answers.
struct ProbeQuestion: Sendable {
    /// The command as it was given.
    let line: String

    let command: SMTPCommand

    /// Reads a command line.
    ///
    /// - Throws: ``ToolFailure`` with exit code 64 for a command that asks nothing, or an argument that cannot be sent.
    init(_ line: String) throws(ToolFailure) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        var argument: CommandArgument?
        if words.count == 2 {
            argument = try ToolFailure.value(of: "--ask", words[1]) { text throws(WireError) in
                try CommandArgument(text)
            }
        }
        switch (words.first?.uppercased(), argument) {
        case ("VRFY", let argument?): command = .verify(argument)
        case ("EXPN", let argument?): command = .expand(argument)
        case ("ETRN", let argument?): command = .etrn(argument)
        case ("HELP", _): command = .help(argument)
        default: throw .usage("--ask \"\(line)\" is neither VRFY, EXPN or ETRN with an argument, nor HELP")
        }
        self.line = line
    }
}

/// What a server said to a question; a refusal is an answer like any other.
struct ProbeAnswer: Sendable {
    let question: ProbeQuestion
    let reply: SMTPReply
}

extension ToolFailure {
    /// A question that has no answer.
    init(_ error: ChannelError, asking question: ProbeQuestion) {
        let message = "\(error) (during \(question.command.verb))"
        switch error {
        case .timedOut: self.init(.timeout, "\(error)", .temporaryFailure)
        case .protocolViolation: self.init(.protocolViolation, message, .protocolError)
        case .cancelled: self.init(.cancelled, message, .temporaryFailure)
        default: self.init(.closed, message, .temporaryFailure)
        }
        verb = question.command.verb
    }
}
