package import SMTPClient
internal import SMTPSession
package import SMTPTransport
package import SMTPWire

/// A failure as a tool tells it: one kind, one exit code, the server's reply if there is one.
package struct ToolFailure: Error {
    /// The kinds of the JSON output.
    package enum Kind: String {
        case usage
        case invalidAddress = "invalid-address"
        case content
        case noInput = "no-input"
        case hostNotFound = "host-not-found"
        case connect
        case timeout
        case closed
        case refused
        case notOffered = "not-offered"
        case protocolViolation = "protocol"
        case authentication
        case tls
        case inputOutput = "io"
        case cancelled
    }

    package let kind: Kind
    package let message: String
    package let exitCode: ExitCode
    package var reply: SMTPReply?
    package var verb: String?

    /// What the library says may help; a tool with options of its own may know better.
    package var suggestion: String?

    /// What the library calls it, if it is a failure of the library's.
    package var cause: SMTPError.Kind?

    /// What was wrong with TLS, if it was that.
    package var tls: TLSError?

    /// Whether the time for the whole run ended.
    package var isDeadlineMissed = false

    /// Whether the server has said nothing at all in time, in clear where it should have greeted.
    package var isGreetingLate = false

    package init(_ kind: Kind, _ message: String, _ exitCode: ExitCode) {
        self.kind = kind
        self.message = message
        self.exitCode = exitCode
    }

    package static func usage(_ message: String) -> ToolFailure {
        ToolFailure(.usage, message, .usage)
    }

    /// A value of an option, or what is wrong with it.
    package static func value<Value>(
        of option: String,
        _ text: String,
        kind: Kind = .usage,
        _ make: (String) throws(WireError) -> Value
    ) throws(ToolFailure) -> Value {
        do throws(WireError) {
            return try make(text)
        } catch {
            // What is far too long is not shown whole.
            let shown = text.utf8.count > 200 ? text.prefix(100) + "…" : text[...]
            throw ToolFailure(kind, "\(option) \"\(shown)\": \(error)", .usage)
        }
    }

    /// An address or a name, likewise.
    package static func address<Value>(
        of option: String,
        _ text: String,
        _ make: (String) throws(WireError) -> Value
    ) throws(ToolFailure) -> Value {
        try value(of: option, text, kind: .invalidAddress, make)
    }
}

extension ToolFailure {
    /// A refusal of one recipient where others were accepted.
    package init(refused reply: SMTPReply, verb: String?) {
        kind = reply.wantsAuthentication ? .authentication : .refused
        message = "\(verb ?? "message") refused: \(reply)"
        exitCode = reply.exitCode
        self.reply = reply
        self.verb = verb
    }

    package init(_ error: SMTPError) {
        let (kind, exitCode) = Self.classify(error)
        if case .timedOut(.overall, _)? = error.underlying as? ChannelError {
            // The connection had only what was left of it then.
            let place = error.verb.map { "during \($0)" } ?? "before the session began"
            self.init(kind, "the deadline passed (\(place))", exitCode)
            isDeadlineMissed = true
        } else if error.kind == .cancelled {
            self.init(kind, "interrupted" + (error.verb.map { " (during \($0))" } ?? ""), exitCode)
        } else {
            self.init(kind, error.message, exitCode)
        }
        reply = error.reply
        verb = error.verb
        suggestion = error.suggestion
        cause = error.kind
        switch error.underlying as? ChannelError {
        case .transport(.tls(let cause)): tls = cause
        case .timedOut(.greeting, _): isGreetingLate = error.tls == nil
        default: break
        }
    }

    /// What a person can do where time ran out.
    package func adviceForTimeout(isOverSocket: Bool) -> String {
        let advice = "try again later, or with a longer \(isDeadlineMissed ? "--deadline" : "--timeout")"
        return isGreetingLate && !isOverSocket
            ? "check the port: one that expects TLS from the first byte, as 465 does, needs --security tls; or \(advice)"
            : advice
    }

    private static func classify(_ error: SMTPError) -> (Kind, ExitCode) {
        switch error.kind {
        case .invalidAddress: (.invalidAddress, .usage)
        case .usage: (.usage, .usage)
        case .content: (.content, .dataError)
        case .noInput: (.noInput, .noInput)
        case .hostNotFound: (.hostNotFound, .noHost)
        case .connect: (.connect, .temporaryFailure)
        case .timeout: (.timeout, .temporaryFailure)
        case .closed: (.closed, .temporaryFailure)
        case .refused where error.reply?.wantsAuthentication == true: (.authentication, .noPermission)
        // A refusal in the midst of AUTH, whatever its code, is a login that failed.
        case .refused where error.authentication != nil, .credentialsRejected:
            (.authentication, error.reply?.exitCodeOfAuthentication ?? .noPermission)
        case .refused: (.refused, error.reply?.exitCode ?? .unavailable)
        case .notOffered: (.notOffered, .unavailable)
        case .insecure: (.tls, .noPermission)
        case .sessionLimit: (.closed, .temporaryFailure)
        case .protocolViolation: (.protocolViolation, .protocolError)
        case .tls: Self.classify(tls: error)
        case .credentialsNotProvided: (.authentication, .temporaryFailure)
        case .mechanismNotOffered, .serverMisbehaved, .tlsRequired, .authenticationRequired:
            (.authentication, .noPermission)
        case .inputOutput: (.inputOutput, .inputOutput)
        case .cancelled: (.cancelled, .temporaryFailure)
        @unknown default: (.inputOutput, .inputOutput)
        }
    }
}

extension ToolFailure {
    /// A file that TLS needs is like any other: missing, or not what it should be.
    package init(_ error: TLSError) {
        let (kind, exitCode) = Self.classify(error)
        self.init(kind, error.description, exitCode)
        tls = error
    }

    private static func classify(tls error: SMTPError) -> (Kind, ExitCode) {
        guard case .transport(.tls(let cause))? = error.underlying as? ChannelError else {
            return (.tls, .noPermission)
        }
        return classify(cause)
    }

    private static func classify(_ error: TLSError) -> (Kind, ExitCode) {
        switch error.kind {
        case .trustUnusable(_, let problem), .certificateUnusable(_, let problem), .keyUnusable(_, let problem):
            switch problem {
            case .missing, .unreadable: (.noInput, .noInput)
            default: (.tls, .usage)
            }
        case .invalidServerName, .invalidOption: (.tls, .usage)
        default: (.tls, .noPermission)
        }
    }
}

extension SMTPReply {
    /// 530, 534, 535 and 538 ask for an authentication, or say that it failed (RFC 4954 §6).
    package var wantsAuthentication: Bool { [530, 534, 535, 538].contains(code.rawValue) }

    /// The exit code for credentials that this reply refuses: 454 and the like are for now.
    var exitCodeOfAuthentication: ExitCode { isTransientNegative ? .temporaryFailure : .noPermission }

    /// The exit code for a refusal by this reply.
    var exitCode: ExitCode {
        if wantsAuthentication { return .noPermission }
        return isTransientNegative ? .temporaryFailure : .unavailable
    }
}
