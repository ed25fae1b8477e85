public import SMTPWire

/// OAUTHBEARER (RFC 7628) and XOAUTH2: a token that an authorization server has given out.
public struct BearerMechanism: SASLMechanism {
    /// The two forms, which say the same.
    public enum Form: Hashable, Sendable {
        /// OAUTHBEARER, the standard.
        case oauthBearer
        /// XOAUTH2, its forerunner.
        case xoauth2
    }

    private let form: Form
    private let user: String
    private let token: Secret
    private var isSent = false

    /// The status in the JSON by which the server refused the token.
    public private(set) var serverError: String?

    /// Creates the mechanism.
    ///
    /// - Parameters:
    ///   - form: Which of the two.
    ///   - user: Whose mailbox it is.
    ///   - token: The token, without the word `Bearer`; sent as given.
    public init(_ form: Form, user: String, token: Secret) {
        self.form = form
        self.user = user
        self.token = token
    }

    /// `OAUTHBEARER` or `XOAUTH2`.
    public var name: AuthenticationMechanism {
        switch form {
        case .oauthBearer: .oauthBearer
        case .xoauth2: .xoauth2
        }
    }

    /// `false`.
    public var mayTakeLong: Bool { false }

    /// Returns the message with the token.
    public mutating func initialResponse() throws(SASLError) -> [UInt8]? {
        let message = try SASLError.usable { () throws(WireError) in
            switch form {
            case .oauthBearer: try BearerMessage.oauthBearer(user: user, token: token.octets)
            case .xoauth2: try BearerMessage.xoauth2(user: user, token: token.octets)
            }
        }
        isSent = true
        return message
    }

    /// Takes the server's error, and gives it leave to end the exchange with a refusal (RFC 7628 §3.2.3).
    public mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
        guard isSent, serverError == nil else { throw .unexpectedChallenge }
        let status = BearerErrorStatus(json: challenge)?.text ?? "no status given"
        serverError = hasToken(status) ? DisplayText.credentials : status
        return form == .oauthBearer ? BearerMessage.errorAcknowledgement : []
    }

    /// Whether a piece of the token stands in `status`; one so short that it could be a word of the server's is none.
    private func hasToken(_ status: String) -> Bool {
        let piece = OctetNeedle.secretPiece
        return token.octets.count >= piece && OctetNeedle(token.octets, piece: piece).occurs(in: Array(status.utf8))
    }

    /// Believes the server, unless it has refused the token before.
    public mutating func succeeded() throws(SASLError) {
        guard isSent, serverError == nil else { throw .finishedEarly }
    }
}
