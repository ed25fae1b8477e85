internal import COpenSSL

/// Which check a peer's certificate did not pass, and what the certificate says.
public struct TLSVerificationFailure: Error, Hashable, Sendable {
    /// A check that can fail.
    @nonexhaustive
    public enum Check: Hashable, Sendable {
        /// The peer showed no certificate.
        case presence
        /// The chain does not lead to a trusted certificate: an intermediate one is missing, or the authority is unknown.
        case trust
        /// The certificate is signed by itself and not trusted.
        case selfSigned
        /// The certificate, or one of its chain, has expired.
        case expired
        /// The certificate, or one of its chain, is not valid yet; or a clock is wrong.
        case notYetValid
        /// The certificate is for other names or addresses.
        case name
        /// The certificate is for another purpose than this side of TLS.
        case purpose
        /// No certificate matches a pin.
        case pin
        /// A signature is wrong.
        case signature
        /// A key or a hash function is too weak for OpenSSL's security level.
        case strength
        /// Another one; ``TLSVerificationFailure/reason`` says which.
        case other
    }

    /// The check that failed.
    public let check: Check

    /// OpenSSL's number for it, `X509_V_ERR_…`.
    public let openSSLCode: Int32

    /// OpenSSL's words for it.
    public let reason: String

    /// The name or address that was asked for, if one was.
    public let expectedName: String?

    /// The place in the chain of the certificate at fault: 0 is the peer's own.
    public let depth: Int

    /// The certificate at fault, if there is one.
    public let certificate: TLSCertificate?

    /// All certificates the peer sent, its own first.
    public let peerCertificates: [TLSCertificate]

    /// Creates the record of a failed check.
    init(
        code: Int32,
        expectedName: String?,
        depth: Int,
        certificate: TLSCertificate?,
        peerCertificates: [TLSCertificate],
        check: Check? = nil
    ) {
        self.check = check ?? Check(code: code)
        openSSLCode = code
        reason = X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)"
        self.expectedName = expectedName
        self.depth = depth
        self.certificate = certificate
        self.peerCertificates = peerCertificates
    }
}

extension TLSVerificationFailure.Check {
    fileprivate init(code: Int32) {
        switch code {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_INVALID_CA,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_CERT_CHAIN_TOO_LONG:
            self = .trust
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: self = .selfSigned
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: self = .name
        case X509_V_ERR_INVALID_PURPOSE: self = .purpose
        case X509_V_ERR_CERT_SIGNATURE_FAILURE: self = .signature
        case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK: self = .strength
        default: self = .other
        }
    }
}

extension TLSVerificationFailure: CustomStringConvertible {
    /// One line that says which check failed and why, safe to log.
    public var description: String {
        let subject = certificate.map { "certificate \"\(SafeText.short($0.subject))\"" } ?? "certificate"
        switch check {
        case .presence: return "the peer showed no certificate"
        case .selfSigned:
            return "\(subject) is signed by itself and not among those trusted"
        case .trust:
            let issuer = certificate.map { " issued by \"\(SafeText.short($0.issuer))\"" } ?? ""
            return "\(subject)\(issuer) does not lead to a trusted certificate: \(reason)"
        case .expired:
            return "\(subject) expired at \(certificate?.notAfter.description ?? "an unreadable time")"
        case .notYetValid:
            return "\(subject) is not valid before \(certificate?.notBefore.description ?? "an unreadable time")"
        case .name:
            return "\(subject) is not for \(expectedName.map(SafeText.quoted) ?? "the host"), but for \(namesOffered)"
        case .purpose: return "\(subject) is not made for this use of TLS: \(reason)"
        case .pin: return "no certificate matches a pin; the peer's has the SHA-256 \(fingerprints)"
        case .signature: return "\(subject) has a wrong signature"
        case .strength: return "\(subject) is too weak: \(reason)"
        case .other: return "\(subject): \(reason)"
        }
    }

    /// The names of the peer's certificate, as many as fit on a line.
    private var namesOffered: String {
        let names = peerCertificates.first?.names ?? []
        guard !names.isEmpty else { return "no name at all" }
        let shown = names.prefix(8).map { SafeText.short($0.description) }.joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }

    private var fingerprints: String {
        guard let certificate = peerCertificates.first else { return "of nothing" }
        let publicKey = Hexadecimal.text(certificate.publicKeySHA256)
        return "\(Hexadecimal.text(certificate.sha256)) (public key \(publicKey))"
    }
}
