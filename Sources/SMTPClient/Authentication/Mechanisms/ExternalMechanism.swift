public import SMTPWire

/// EXTERNAL: what the server knows from elsewhere, such as a client certificate in TLS (RFC 4422 appendix A).
public struct ExternalMechanism: SASLMechanism {
    private let authorizationIdentity: String?
    private var isSent = false

    /// Creates the mechanism.
    ///
    /// - Parameter authorizationIdentity: As whom to act, or `nil` for whom the server derives; prepared by SASLprep
    ///   (RFC 4954 §4).
    public init(authorizationIdentity: String? = nil) {
        self.authorizationIdentity = authorizationIdentity
    }

    /// `EXTERNAL`.
    public var name: AuthenticationMechanism { .external }

    /// `false`: it sends no secret.
    public var needsSecureChannel: Bool { false }

    /// `false`.
    public var mayTakeLong: Bool { false }

    /// Returns the identity, or nothing, which is sent as `=`.
    public mutating func initialResponse() throws(SASLError) -> [UInt8]? {
        let identity = try authorizationIdentity.prepared() ?? ""
        guard !identity.utf8.contains(0) else { throw .unusableCredentials("the authorization identity has NUL") }
        isSent = true
        return Array(identity.utf8)
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
