public import SMTPTransport

/// A certificate authority for tests, made when they run: no key lies in a repository, and none expires there.
///
/// ```swift
/// let authority = try CertificateAuthority()
/// let server = try authority.issue(CertificateRequest("mail.example"))
/// var configuration = TLSConfiguration()
/// configuration.trust = [authority.trust]
/// ```
public struct CertificateAuthority: Sendable {
    /// The authority's certificate.
    public let certificate: TLSCertificate

    /// The authority's certificate in PEM.
    public let certificatePEM: [UInt8]

    /// Whoever trusts this trusts what the authority issues.
    public let trust: TLSTrustSource

    /// The certificates between what is issued and the root, in PEM; none for a root.
    private let chainPEM: [UInt8]
    private let keyPEM: [UInt8]

    /// Makes a root with a new key.
    ///
    /// - Throws: ``CertificateError``.
    public init(name: String = "Test Root", key: CertificateRequest.Key = .ecdsa) throws(CertificateError) {
        let key = try PrivateKey(key)
        let root = try CertificateBuilder.build(Self.request(name), isAuthority: true, subjectKey: key, issuer: nil)
        try self.init(certificatePEM: root, chainPEM: [], keyPEM: key.pem())
    }

    private init(certificatePEM: [UInt8], chainPEM: [UInt8], keyPEM: [UInt8]) throws(CertificateError) {
        certificate = try CertificateBuilder.value(ofPEM: certificatePEM)
        self.certificatePEM = certificatePEM
        self.chainPEM = chainPEM
        self.keyPEM = keyPEM
        trust = .pem(certificatePEM)
    }

    /// Makes an authority between this one and what it will issue.
    ///
    /// - Throws: ``CertificateError``.
    public func makeIntermediate(name: String = "Test Intermediate") throws(CertificateError) -> CertificateAuthority {
        let key = try PrivateKey(.ecdsa)
        let certificate = try CertificateBuilder.build(
            Self.request(name),
            isAuthority: true,
            subjectKey: key,
            issuer: (certificatePEM, try PrivateKey(pem: keyPEM))
        )
        return try CertificateAuthority(
            certificatePEM: certificate,
            chainPEM: certificate + chainPEM,
            keyPEM: key.pem()
        )
    }

    /// Issues a certificate with a new key.
    ///
    /// - Throws: ``CertificateError``.
    public func issue(_ request: CertificateRequest) throws(CertificateError) -> IssuedCertificate {
        let key = try PrivateKey(request.key)
        let certificate = try CertificateBuilder.build(
            request,
            isAuthority: false,
            subjectKey: key,
            issuer: (certificatePEM, try PrivateKey(pem: keyPEM))
        )
        return try IssuedCertificate(certificate, chain: chainPEM, key)
    }

    /// Makes a certificate that is signed by its own key.
    ///
    /// - Throws: ``CertificateError``.
    public static func selfSigned(_ request: CertificateRequest) throws(CertificateError) -> IssuedCertificate {
        let key = try PrivateKey(request.key)
        let certificate = try CertificateBuilder.build(request, isAuthority: false, subjectKey: key, issuer: nil)
        return try IssuedCertificate(certificate, chain: [], key)
    }

    private static func request(_ name: String) -> CertificateRequest {
        var request = CertificateRequest()
        request.commonName = name
        request.purpose = .any
        // Longer than what it issues, also where that is to have expired.
        request.notBefore = .seconds(-30 * 86_400)
        request.notAfter = .seconds(30 * 86_400)
        return request
    }
}

extension IssuedCertificate {
    fileprivate init(_ certificate: [UInt8], chain: [UInt8], _ key: PrivateKey) throws(CertificateError) {
        self.init(
            certificate: try CertificateBuilder.value(ofPEM: certificate),
            chainPEM: certificate + chain,
            certificatePEM: certificate,
            keyPEM: key.pem()
        )
    }
}
