import SMTPClient
import SMTPWire
import ToolSupport

/// The outcome as a person reads it.
extension SendOutcome {
    /// A line for each recipient; none behind a wrong command line, which may be wrong about them.
    var lines: [String] {
        guard isForRecipients else { return [] }
        return recipients.map { recipient in
            let state = recipient.state.rawValue.padded(to: 13)
            let reply = recipient.reply.map { "  \($0)" } ?? ""
            let address = recipient.address.hasPrefix("<") ? recipient.address : "<\(recipient.address)>"
            return "\(state)  \(address)\(reply)"
        }
    }

    /// What went wrong, and what to do next.
    var complaint: [String] {
        guard let failure else { return [] }
        return ["smtp-send: \(failure.message)", "smtp-send: \(advice(for: failure))"]
    }

    private func advice(for failure: ToolFailure) -> String {
        if state == .unknown {
            return "the server may have the message: look there before sending it again"
        }
        if let advice = failure.tlsAdvice(isOverSocket: isOverSocket) { return advice }
        switch failure.kind {
        case .usage, .invalidAddress: return "nothing was sent; see smtp-send --help"
        case .content: return "nothing of the message was sent; change the message or use another server"
        case .noInput: return "nothing was sent; check the path and its permissions"
        case .hostNotFound: return "check --host"
        case .connect: return "check \(isOverSocket ? "--socket" : "--host and --port"), and whether the server runs"
        case .timeout: return failure.adviceForTimeout(isOverSocket: isOverSocket)
        case .closed: return "the server does not have the message: try again"
        case .refused where failure.reply?.isTransientNegative == true: return "try again later"
        case .refused: return "the same will be refused again; the server's words say why"
        case .notOffered where failure.verb == "STARTTLS":
            return isOverSocket
                ? "check --socket, or use --security plain"
                : "check --host and --port: STARTTLS is usual on 587, and 465 takes --security tls"
        case .notOffered: return "use another server, or send without"
        case .protocolViolation where isOverSocket:
            return "check that an SMTP server listens there, and which --security it wants"
        case .protocolViolation:
            return
                "check that an SMTP server listens there: --security tls for TLS from the first byte (port 465), starttls for 587"
        case .authentication where failure.exitCode == .temporaryFailure: return "try again later"
        case .authentication where failure.reply?.code.rawValue == 530:
            return "the server wants TLS or a login first: give --security starttls or tls, --user and --password-env"
        case .authentication where failure.cause == .insecure || failure.cause == .tlsRequired:
            return "use --security starttls or tls, with a certificate that can be verified (--ca-file)"
        case .authentication where failure.reply == nil: return failure.suggestion ?? "nothing was sent"
        case .authentication: return "check --user, the password and --auth; the server's words say which"
        case .tls: return "nothing was sent, as the connection would not be protected as asked"
        case .inputOutput: return failure.suggestion ?? "try again; if it stays, the system's log may tell more"
        case .cancelled: return "the server does not have the message"
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
