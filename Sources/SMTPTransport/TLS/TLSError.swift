/// Why TLS could not be set up, or broke.
///
/// The description is one line that is safe to log and says what a person can do.
public struct TLSError: Error, Hashable, Sendable {
    /// What went wrong.
    public let kind: Kind

    /// When it went wrong.
    public let phase: Phase

    /// The alert that was exchanged about it, if one was.
    public let alert: TLSAlert?

    /// OpenSSL's own account of the failure, the first cause first; escaped.
    public let details: [String]

    /// Creates an error.
    public init(_ kind: Kind, in phase: Phase, alert: TLSAlert? = nil, details: [String] = []) {
        self.kind = kind
        self.phase = phase
        self.alert = alert
        self.details = details
    }

    /// When an error came up.
    @nonexhaustive
    public enum Phase: Hashable, Sendable {
        /// Before anything was sent: the fault is on this side, in the options or the files they name.
        case configuration
        /// While the connection was set up: nothing but the handshake was sent.
        case handshake
        /// Afterwards.
        case established
    }

    /// What went wrong.
    @nonexhaustive
    public enum Kind: Hashable, Sendable {
        /// The peer's certificate is not valid for the peer that was asked for.
        case verificationFailed(TLSVerificationFailure)

        /// The two sides have no version of TLS in common.
        case noCommonVersion

        /// The two sides have no cipher suite, group or signature in common that both find strong enough.
        case noCommonCipher

        /// The peer broke the connection off with an alert that means nothing more special; see ``TLSError/alert``.
        case refusedByPeer

        /// The peer wants a certificate of this side, or another one than it was shown.
        case certificateRefusedByPeer

        /// The peer's bytes break the protocol, or were changed on the way.
        case protocolViolation

        /// The peer does not speak TLS: it answered in clear, as a port for STARTTLS does, or a server that went on in clear
        /// behind STARTTLS; these are its first bytes.
        case peerSpokePlaintext(firstBytes: [UInt8])

        /// The peer closed the connection before the handshake was done.
        case closedDuringHandshake

        /// The stream ended without the alert that announces it: what was received is whole as far as it goes, but
        /// somebody between may have cut the rest off.
        case truncated

        /// Certificates to trust cannot be used; `source` says where they were to come from.
        case trustUnusable(source: String, TLSMaterialProblem)

        /// The certificate to show cannot be used.
        case certificateUnusable(source: String, TLSMaterialProblem)

        /// The private key cannot be used.
        case keyUnusable(source: String, TLSMaterialProblem)

        /// The host is no name or address that a certificate could be valid for.
        case invalidServerName(String)

        /// Another option cannot be used.
        case invalidOption(name: String, reason: String)

        /// OpenSSL failed by itself, such as for want of memory; see ``TLSError/details``.
        case internalFailure
    }
}

/// What is wrong with a file, or with text in memory, that should hold certificates or a key.
@nonexhaustive
public enum TLSMaterialProblem: Hashable, Sendable {
    /// There is no such file.
    case missing
    /// It cannot be read: the system's error number.
    case unreadable(errno: Int32)
    /// There is nothing in it.
    case empty
    /// There is something in it, but nothing in PEM of the kind that is needed.
    case notPEM
    /// It is in PEM, but what is inside is broken.
    case malformed
    /// The key is encrypted, and there is no passphrase.
    case passphraseNeeded
    /// The key is encrypted with another passphrase.
    case wrongPassphrase
    /// The key belongs to another certificate.
    case doesNotFit
    /// OpenSSL refuses it, such as for a key that is too short for its security level; see ``TLSError/details``.
    case refused
    /// No source was given, or none of the system's files exists.
    case noSource
}
