/// What is known of an established TLS connection; a snapshot.
public struct TLSInfo: Hashable, Sendable {
    /// The version agreed on.
    public let version: TLSVersion

    /// The cipher suite agreed on, by its name in the RFCs, such as `TLS_AES_256_GCM_SHA384`.
    public let cipher: String

    /// Whether a former session was resumed; the certificates are those of that session then.
    public let isResumed: Bool

    /// What verification said of the peer.
    public let verification: TLSVerification

    /// The certificates the peer sent, its own first; empty if it sent none.
    public let peerCertificates: [TLSCertificate]

    /// The certificate this side has to show, or `nil` if it has none; a client shows it when the server asks for one.
    public let ownCertificate: TLSCertificate?

    /// The name that was asked for and verified: A-labels or an IP address; `nil` on a server, and where no name was
    /// given.
    public let serverName: String?

    /// The data of the channel binding `tls-exporter` (RFC 9266), 32 octets.
    ///
    /// `nil` in TLS 1.2 without the extended master secret, where it would bind to nothing.
    public let exporterBinding: [UInt8]?

    /// The data of the channel binding `tls-server-end-point` (RFC 5929 §4): a hash of the server's certificate.
    ///
    /// `nil` where it is not defined: a signature that has no one hash function, such as Ed25519's.
    public let serverEndPointBinding: [UInt8]?
}

extension TLSInfo: CustomStringConvertible {
    /// One line for people: version, cipher, whether resumed and verified; no binding, which a password may hang on.
    public var description: String {
        let verified =
            switch verification {
            case .passed: "verified"
            case .failed(let failure): "not verified (\(failure))"
            case .skipped: "not verified"
            }
        return "\(version), \(cipher), \(verified)\(isResumed ? ", resumed" : "")"
    }
}
