public import SMTPWire

/// PLAIN: user and password as they are, in one message (RFC 4616).
public struct PlainMechanism: SASLMechanism {
    private let user: String
    private let password: Secret
    private let authorizationIdentity: String?
    private var isSent = false

    /// Creates the mechanism.
    ///
    /// - Parameters:
    ///   - user: Who authenticates, sent as given.
    ///   - password: The password, sent as given.
    ///   - authorizationIdentity: As whom to act, or `nil` for the user; prepared by SASLprep (RFC 4954 §4).
    public init(user: String, password: Secret, authorizationIdentity: String? = nil) {
        self.user = user
        self.password = password
        self.authorizationIdentity = authorizationIdentity
    }

    /// `PLAIN`.
    public var name: AuthenticationMechanism { .plain }

    /// `false`.
    public var mayTakeLong: Bool { false }

    /// Returns the one message.
    public mutating func initialResponse() throws(SASLError) -> [UInt8]? {
        let identity = try authorizationIdentity.prepared()
        let message = try SASLError.usable { () throws(WireError) in
            try PlainMessage.octets(authorizationIdentity: identity, user: user, password: password.octets)
        }
        isSent = true
        return message
    }

    /// There is nothing more to say.
    public mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
        throw .unexpectedChallenge
    }

    /// Believes the server.
    public mutating func succeeded() throws(SASLError) {
        guard isSent else { throw .finishedEarly }
    }
}

extension String? {
    /// An authorization identity as it is sent (RFC 4954 §4).
    func prepared() throws(SASLError) -> String? {
        guard let self else { return nil }
        return try SASLError.prepared(self, "the authorization identity", as: .query)
    }
}
