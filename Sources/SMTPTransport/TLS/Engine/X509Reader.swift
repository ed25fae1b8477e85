internal import COpenSSL
internal import COpenSSLShims

/// A certificate as OpenSSL has parsed it.
final class X509Reader {
    let certificate: OpaquePointer

    /// Parses DER; `nil` if it is no certificate, or something follows it.
    init?(_ der: [UInt8]) {
        OpenSSLErrorQueue.clear()
        defer { OpenSSLErrorQueue.clear() }
        let parsed = der.withUnsafeBufferPointer { octets -> OpaquePointer? in
            var position = octets.baseAddress
            let parsed = d2i_X509(nil, &position, octets.count)
            guard position == octets.baseAddress.map({ $0 + octets.count }) else {
                X509_free(parsed)
                return nil
            }
            return parsed
        }
        guard let parsed else { return nil }
        certificate = parsed
    }

    /// Looks into a certificate that somebody else owns.
    init(retaining certificate: OpaquePointer) {
        X509_up_ref(certificate)
        self.certificate = certificate
    }

    deinit {
        X509_free(certificate)
    }

    /// The certificate in DER.
    var der: [UInt8] { OpenSSLBytes.encode { i2d_X509(certificate, $0) } }

    /// The public key as SubjectPublicKeyInfo in DER.
    var publicKeyInfo: [UInt8] { OpenSSLBytes.encode { i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), $0) } }

    var subject: OpaquePointer? { X509_get_subject_name(certificate) }
    var issuer: OpaquePointer? { X509_get_issuer_name(certificate) }
    var notBefore: TLSCertificateTime? { Self.time(X509_get0_notBefore(certificate)) }
    var notAfter: TLSCertificateTime? { Self.time(X509_get0_notAfter(certificate)) }

    /// A distinguished name as text, escaped.
    func name(_ name: KeyPath<X509Reader, OpaquePointer?>) -> String {
        SafeText.escape(OpenSSLBytes.print { smtp_x509_name_print($0, self[keyPath: name]) })
    }

    /// The DNS names and IP addresses among the subject alternative names.
    var names: [TLSCertificateName] {
        guard let extensionData = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(extensionData)
        defer { GENERAL_NAMES_free(names) }
        return (0..<max(0, OPENSSL_sk_num(names))).compactMap { index in
            var type: Int32 = 0
            let entry = OPENSSL_sk_value(names, index)?.assumingMemoryBound(to: GENERAL_NAME.self)
            guard let value = GENERAL_NAME_get0_value(entry, &type), type == GEN_DNS || type == GEN_IPADD else {
                return nil
            }
            let octets = OpenSSLBytes.copy(value.assumingMemoryBound(to: ASN1_STRING.self))
            return type == GEN_DNS ? .dns(octets) : .ipAddress(octets)
        }
    }

    func isFor(_ name: ServerName) -> Bool {
        OpenSSLErrorQueue.clear()
        defer { OpenSSLErrorQueue.clear() }
        return switch name {
        case .dns(let name): X509_check_host(certificate, name, name.utf8.count, ServerName.checks, nil) == 1
        case .address(let octets): X509_check_ip(certificate, octets, octets.count, 0) == 1
        }
    }

    var serialNumber: String {
        Hexadecimal.text(OpenSSLBytes.copy(X509_get0_serialNumber(certificate)))
    }

    var signatureAlgorithm: String { Self.longName(X509_get_signature_nid(certificate)) }

    var publicKeyDescription: String {
        guard let key = X509_get0_pubkey(certificate) else { return "unknown" }
        let kind =
            switch EVP_PKEY_get_base_id(key) {
            case EVP_PKEY_RSA: "RSA"
            case EVP_PKEY_EC: "EC"
            case let other: Self.longName(other)
            }
        return "\(kind) \(EVP_PKEY_get_bits(key))"
    }

    var pem: String {
        String(decoding: OpenSSLBytes.print { PEM_write_bio_X509($0, certificate) }, as: UTF8.self)
    }

    /// The data of the channel binding `tls-server-end-point`: the certificate's hash by the function of its signature,
    /// or by SHA-256 where that is MD5 or SHA-1 (RFC 5929 §4.1).
    var serverEndPointBinding: [UInt8]? {
        OpenSSLErrorQueue.clear()
        defer { OpenSSLErrorQueue.clear() }
        var digest = NID_undef
        guard X509_get_signature_info(certificate, &digest, nil, nil, nil) == 1, digest != NID_undef else { return nil }
        guard digest != NID_md5, digest != NID_sha1 else { return Digest.sha256(der) }
        return OBJ_nid2sn(digest).flatMap { Digest.hash(der, String(cString: $0)) }
    }

    private static func longName(_ nid: Int32) -> String {
        OBJ_nid2ln(nid).map { String(cString: $0) } ?? "unknown"
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> TLSCertificateTime? {
        let epoch = ASN1_TIME_set(nil, 0)
        defer { ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard let time, ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return TLSCertificateTime(secondsSince1970: Int64(days) * 86_400 + Int64(seconds))
    }
}
