public import SMTPTransport

/// How a ``MailSink`` begins TLS.
public struct SinkTLS: Sendable {
    /// Puts TLS in the server's role over a transport.
    ///
    /// - Parameters:
    ///   - transport: The connection in clear, behind the 220 to STARTTLS.
    ///   - unread: What the client sent behind STARTTLS before it had the reply; a careful server drops it.
    /// - Returns: The transport to go on with.
    public typealias Upgrade =
        @Sendable (
            _ transport: any Transport, _ unread: [UInt8]
        ) async throws -> any Transport

    /// Whether TLS begins with the connection, before the greeting, and not by STARTTLS.
    ///
    /// Default `false`.
    public var isImplicit = false

    /// What is done with what the client sent behind STARTTLS.
    ///
    /// Default ``Injection/drop``. It is recorded in any case.
    public var injection: Injection = .drop

    let upgrade: Upgrade

    /// Creates a way to begin TLS.
    ///
    /// - Parameter upgrade: The handshake; what it throws ends the session. It runs on the connection's executor.
    public init(upgrade: @escaping Upgrade) {
        self.upgrade = upgrade
    }

    /// Begins TLS with a certificate, such as one of a ``CertificateAuthority``.
    ///
    /// - Parameter configuration: What the server shows and demands; it needs an identity.
    public init(_ configuration: TLSConfiguration) {
        self.init { transport, _ in
            try await TLSTransport.handshake(over: transport, as: .server, configuration: configuration)
        }
    }

    /// What becomes of octets that came in clear, behind STARTTLS.
    @nonexhaustive
    public enum Injection: Hashable, Sendable {
        /// They are dropped, as servers must (RFC 3207 §6).
        case drop
        /// They are taken for commands under TLS, as vulnerable servers once did.
        case obey
    }
}
