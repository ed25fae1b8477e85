/// What is verified of a peer, and what a failure does.
///
/// Verification means: the chain leads to a trusted certificate, is within its dates and made for the purpose, the name
/// or address is among the subject alternative names (RFC 9525; the common name counts for nothing), and the pins hold.
@nonexhaustive
public enum TLSVerificationMode: Hashable, Sendable {
    /// A failure ends the handshake.
    case required

    /// Everything is verified and the result is recorded in ``TLSInfo/verification``, but a failure ends nothing: the
    /// connection may be to anybody.
    ///
    /// This is opportunistic security (RFC 7435): better than plaintext, and no more.
    case insecureRecordOnly

    /// Nothing is verified: the connection may be to anybody.
    case insecureSkipVerification
}

/// What verification said.
@nonexhaustive
public enum TLSVerification: Hashable, Sendable {
    /// The peer is who it was asked to be.
    case passed
    /// It is not, or cannot prove it.
    case failed(TLSVerificationFailure)
    /// Nothing was verified, as asked; or a client showed no certificate to a server that does not insist.
    case skipped
}

/// Fingerprints a peer is known by, and what they stand for.
@nonexhaustive
public enum TLSPinning: Hashable, Sendable {
    /// Chain, dates and name are verified, and one certificate of the verified chain must match one pin as well.
    case inAdditionToChain([TLSPin])

    /// The peer's own certificate must match one pin; chain, dates and name are **not** looked at.
    case insteadOfChain([TLSPin])
}

/// The SHA-256 fingerprint of a certificate or of its public key.
public struct TLSPin: Hashable, Sendable {
    /// What a fingerprint is of.
    @nonexhaustive
    public enum Subject: Hashable, Sendable {
        /// The whole certificate: it must be replaced together with the pin.
        case certificate
        /// The public key (its SubjectPublicKeyInfo, as in RFC 7469 §2.4): the certificate may be renewed around it.
        case publicKey
    }

    /// What the fingerprint is of.
    public let subject: Subject

    /// The 32 octets of the fingerprint.
    public let sha256: [UInt8]

    /// Creates a pin, or `nil` if `sha256` has not 32 octets.
    public init?(_ subject: Subject, sha256: [UInt8]) {
        guard sha256.count == 32 else { return nil }
        self.subject = subject
        self.sha256 = sha256
    }

    /// Creates a pin from 64 hexadecimal digits, in either case and with or without colons between the octets.
    ///
    /// This is what `openssl x509 -fingerprint -sha256` prints. `nil` if it is anything else.
    public init?(_ subject: Subject, hexadecimal text: String) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }
        var octets: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue.map(UInt8.init) else { return nil }
            if let first = high.take() { octets.append(first << 4 | value) } else { high = value }
        }
        guard high == nil else { return nil }
        self.init(subject, sha256: octets)
    }
}
