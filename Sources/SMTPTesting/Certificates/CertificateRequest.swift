public import SMTPTransport

/// What a certificate of a ``CertificateAuthority`` is to say; by default one that passes every check but that of the
/// name.
public struct CertificateRequest: Hashable, Sendable {
    /// The kinds of key.
    @nonexhaustive
    public enum Key: Hashable, Sendable {
        /// ECDSA on P-256, made in well under a millisecond.
        case ecdsa
        /// RSA of 2048 bits, which takes about a tenth of a second to make.
        case rsa
        /// Ed25519, whose signatures have no hash function of their own.
        case ed25519
    }

    /// What a certificate may be used for (extended key usage).
    @nonexhaustive
    public enum Purpose: Hashable, Sendable {
        /// Servers of TLS.
        case server
        /// Clients of TLS.
        case client
        /// Anything: there is no extension that limits it.
        case any
    }

    /// The subject's common name; verification does not look at it.
    public var commonName = "test"

    /// The subject alternative names.
    public var names: [TLSCertificateName] = []

    /// The kind of key.
    public var key = Key.ecdsa

    /// What it may be used for.
    public var purpose = Purpose.server

    /// When it begins to be valid, from now; an hour ago by default.
    public var notBefore = Duration.seconds(-3600)

    /// When it ceases to be valid, from now; in a day by default.
    public var notAfter = Duration.seconds(86_400)

    /// Creates a request without a name.
    public init() {}

    /// Creates a request for DNS names, the first of which is the common name as well.
    public init(_ names: String...) {
        commonName = names.first ?? "test"
        self.names = names.map { .dns(Array($0.utf8)) }
    }
}

/// A certificate with its key, as text and ready to be shown.
public struct IssuedCertificate: Sendable {
    /// The certificate.
    public let certificate: TLSCertificate

    /// The certificate and those between it and the root, in PEM.
    public let chainPEM: [UInt8]

    /// The certificate alone, in PEM.
    public let certificatePEM: [UInt8]

    /// The private key in PEM, not encrypted.
    public let keyPEM: [UInt8]

    /// The certificate with its chain and key, for `TLSConfiguration/identity`.
    public var identity: TLSIdentity { TLSIdentity(certificates: .pem(chainPEM), key: .pem(keyPEM)) }

    /// The same without the intermediate certificates, as servers are often misconfigured.
    public var identityWithoutChain: TLSIdentity { TLSIdentity(certificates: .pem(certificatePEM), key: .pem(keyPEM)) }

    /// The private key in PEM, encrypted with `passphrase`.
    ///
    /// - Throws: ``CertificateError``.
    public func encryptedKeyPEM(_ passphrase: [UInt8]) throws(CertificateError) -> [UInt8] {
        try PrivateKey(pem: keyPEM).pem(passphrase: passphrase)
    }
}

/// OpenSSL could not make a key or a certificate; the text is its reason.
public struct CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What failed, and why.
    public let description: String
}
