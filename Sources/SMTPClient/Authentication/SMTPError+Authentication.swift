import SMTPSession
internal import SMTPTransport
public import SMTPWire

/// What was tried, and what might have been, when an authentication fails.
public struct AuthenticationFailure: Hashable, Sendable {
    /// The mechanism that failed, or `nil` if none fitted.
    public internal(set) var mechanism: AuthenticationMechanism?

    /// The mechanisms that the server offers, in upper case.
    public internal(set) var offered: [String]

    /// The mechanisms that the credentials and the options allow, in the order they are tried: the strongest first, or as the
    /// caller lists them.
    public internal(set) var acceptable: [String]

    /// What the server said within the exchange, such as `invalid_token` or `invalid-proof`.
    public internal(set) var serverError: String?
}

/// How each failure of an authentication is told.
extension SMTPError {
    /// How `outcome`, which is no success, is told.
    init(_ outcome: AuthenticationOutcome, _ failure: AuthenticationFailure, _ security: TransportSecurity) {
        switch outcome {
        case .rejected(let reply, let toCommand, _):
            self = .rejected(reply, toCommand: toCommand, failure, security)
        case .unusable(let error):
            self.init(.usage, by: .caller, "\(failure.name): \(error)", advice: .never, underlying: error)
        case .givenUp(let error) where error.isOurs:
            self.init(.usage, by: .caller, "\(failure.name): \(error)", advice: .never, underlying: error)
            hint = "use another mechanism"
        case .givenUp(let error), .disbelieved(let error):
            self = .misbehaved("\(failure.name): \(error)", underlying: error)
        case .tooManyChallenges:
            let limit = CommandChannel.challengeLimit
            self = .misbehaved("\(failure.name): the server sends more than \(limit) challenges", underlying: nil)
        case .unexpected(let reply):
            self = .unexpected(reply, verb: "AUTH")
        case .insecure:
            self = .credentialsInClear(security)
        case .transactionOpen, .accepted:
            self = .usage(
                "AUTH is not permitted while a mail transaction is open (RFC 4954)",
                hint: "authenticate before MAIL, or after RSET"
            )
        }
        verb = "AUTH"
        authentication = failure
    }

    private static func rejected(
        _ reply: SMTPReply,
        toCommand: Bool,
        _ failure: AuthenticationFailure,
        _ security: TransportSecurity
    ) -> SMTPError {
        var error = SMTPError.refused(reply, verb: "AUTH").refined(for: security)
        guard error.kind == .refused, ![421, 503].contains(reply.code.rawValue) else { return error }
        let isUnknown = reply.isOfUnknownCommand
        if isUnknown, !toCommand { return error }
        let said = failure.serverError.map { " (\($0))" } ?? ""
        let others = failure.offered.filter { $0 != failure.mechanism?.name }
        let alternatives = others.isEmpty ? "" : "; the server also offers \(others.shown)"
        error = SMTPError(
            isUnknown ? .mechanismNotOffered : .credentialsRejected,
            by: .server,
            "\(failure.name) \(isUnknown ? "is not known to the server" : "rejected"): \(reply)\(said)\(alternatives)",
            advice: reply.isTransientNegative ? .sendAgainLater : .never,
            reply: reply
        )
        return error
    }

    static func mechanismNotOffered(offered: [String], acceptable: [AuthenticationMechanism]) -> SMTPError {
        let acceptable = acceptable.map(\.name)
        var error = SMTPError(
            .mechanismNotOffered,
            by: .server,
            "no mechanism in common: the server offers \(offered.isEmpty ? "no authentication" : offered.shown), "
                + "the credentials allow \(acceptable.isEmpty ? "nothing" : acceptable.shown)",
            advice: .never,
            verb: "AUTH"
        )
        if offered.isEmpty { error.hint = "check the port: a login is usual on 587 and 465, under TLS, not on 25" }
        error.authentication = AuthenticationFailure(offered: offered, acceptable: acceptable)
        return error
    }

    /// Credentials that would be shown to whoever is between, or answers in the server's place.
    static func credentialsInClear(_ security: TransportSecurity) -> SMTPError {
        let reason = security.isEncrypted ? "whose server has not proven who it is" : "that is not encrypted"
        return SMTPError(
            .tlsRequired,
            by: .caller,
            "credentials are not sent over a connection \(reason)",
            advice: .never,
            verb: "AUTH"
        )
    }

    /// Credentials that the caller's closure did not provide.
    static func credentialsNotProvided(_ error: any Error) -> SMTPError {
        if error is CancellationError { return SMTPError(ChannelError.cancelled, verb: "AUTH") }
        if var error = error as? SMTPError {
            // Of another message, if of any.
            error.report = nil
            return error
        }
        return SMTPError(
            .credentialsNotProvided,
            by: .caller,
            "the credentials could not be provided: the closure failed with an error of type \(type(of: error))",
            advice: .sendAgainLater,
            verb: "AUTH",
            underlying: error
        )
    }

    private static func misbehaved(_ message: String, underlying: SASLError?) -> SMTPError {
        SMTPError(.serverMisbehaved, by: .server, message, advice: .never, underlying: underlying)
    }

    /// The same, of a kind of its own if the reply asks for TLS or for an authentication (RFC 4954 §6).
    func refined(for security: TransportSecurity) -> SMTPError {
        guard kind == .refused, let code = reply?.code.rawValue else { return self }
        var error = self
        switch code {
        case 538: error.kind = .tlsRequired
        case 530: error.kind = security.isEncrypted ? .authenticationRequired : .tlsRequired
        default: break
        }
        return error
    }

    /// Whether a fresh token may be what the server wants.
    var meansTokenRefused: Bool { reply?.code.rawValue == 535 || authentication?.serverError != nil }
}

extension AuthenticationFailure {
    fileprivate var name: String { mechanism?.name ?? "AUTH" }
}

extension [String] {
    /// The names on one line; a server may offer any number.
    fileprivate var shown: String {
        prefix(16).joined(separator: ", ") + (count > 16 ? ", …" : "")
    }
}
