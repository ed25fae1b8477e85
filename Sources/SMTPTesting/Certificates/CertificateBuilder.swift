internal import COpenSSL
internal import SMTPTransport

/// Puts certificates together and signs them.
enum CertificateBuilder {
    /// Makes a certificate in PEM, signed by `issuer` or, without one, by the key it is for.
    static func build(
        _ request: CertificateRequest,
        isAuthority: Bool,
        subjectKey: PrivateKey,
        issuer: (certificatePEM: [UInt8], key: PrivateKey)?
    ) throws(CertificateError) -> [UInt8] {
        guard let certificate = X509_new() else { throw CertificateError("making a certificate") }
        defer { X509_free(certificate) }
        let issuerCertificate = try issuer.map { issuer throws(CertificateError) in try read(issuer.certificatePEM) }
        defer { X509_free(issuerCertificate) }

        X509_set_version(certificate, Int(X509_VERSION_3))
        ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), UInt64.random(in: 1...UInt64(Int64.max)))
        X509_gmtime_adj(X509_getm_notBefore(certificate), Int(request.notBefore.components.seconds))
        X509_gmtime_adj(X509_getm_notAfter(certificate), Int(request.notAfter.components.seconds))
        let name = Array(request.commonName.utf8)
        let subject = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, Int32(name.count), -1, 0)
        X509_set_issuer_name(certificate, issuerCertificate.map { X509_get_subject_name($0) } ?? subject)
        X509_set_pubkey(certificate, subjectKey.key)

        try addExtensions(request, isAuthority: isAuthority, to: certificate, issuer: issuerCertificate ?? certificate)
        let signer = issuer?.key ?? subjectKey
        guard X509_sign(certificate, signer.key, signer.digest) > 0 else {
            throw CertificateError("signing a certificate")
        }
        return OpenSSLBytes.print { PEM_write_bio_X509($0, certificate) }
    }

    /// The certificate in `pem` as a value.
    static func value(ofPEM pem: [UInt8]) throws(CertificateError) -> TLSCertificate {
        let certificate = try read(pem)
        defer { X509_free(certificate) }
        guard let value = TLSCertificate(der: OpenSSLBytes.encode { i2d_X509(certificate, $0) }) else {
            throw CertificateError("reading a certificate")
        }
        return value
    }

    private static func read(_ pem: [UInt8]) throws(CertificateError) -> OpaquePointer {
        let memory = BIO_new_mem_buf(pem, Int32(pem.count))
        defer { BIO_free(memory) }
        guard let certificate = PEM_read_bio_X509(memory, nil, nil, nil) else {
            throw CertificateError("reading a certificate")
        }
        return certificate
    }

    private static func addExtensions(
        _ request: CertificateRequest,
        isAuthority: Bool,
        to certificate: OpaquePointer,
        issuer: OpaquePointer
    ) throws(CertificateError) {
        var extensions = [(NID_subject_key_identifier, "hash")]
        // A certificate that signs itself has no identifier yet that could be pointed to.
        if issuer != certificate { extensions.append((NID_authority_key_identifier, "keyid:always")) }
        if isAuthority {
            extensions.append((NID_basic_constraints, "critical,CA:TRUE"))
            extensions.append((NID_key_usage, "critical,keyCertSign,cRLSign"))
        } else {
            extensions.append((NID_basic_constraints, "critical,CA:FALSE"))
        }
        switch request.purpose {
        case .server: extensions.append((NID_ext_key_usage, "serverAuth"))
        case .client: extensions.append((NID_ext_key_usage, "clientAuth"))
        case .any: break
        }
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer, certificate, nil, nil, 0)
        for (nid, value) in extensions {
            guard let made = X509V3_EXT_conf_nid(nil, &context, nid, value) else {
                throw CertificateError("making an extension")
            }
            X509_add_ext(certificate, made, -1)
            X509_EXTENSION_free(made)
        }
        if !request.names.isEmpty { try addNames(request.names, to: certificate) }
    }

    private static func addNames(
        _ names: [TLSCertificateName],
        to certificate: OpaquePointer
    ) throws(CertificateError) {
        let list = OPENSSL_sk_new_null()
        defer { GENERAL_NAMES_free(list) }
        for name in names {
            let (type, string, octets) =
                switch name {
                case .dns(let octets): (GEN_DNS, V_ASN1_IA5STRING, octets)
                case .ipAddress(let octets): (GEN_IPADD, V_ASN1_OCTET_STRING, octets)
                @unknown default: throw CertificateError("a name of a kind that is not known here")
                }
            let value = ASN1_STRING_type_new(string)
            ASN1_STRING_set(value, octets, Int32(octets.count))
            let entry = GENERAL_NAME_new()
            GENERAL_NAME_set0_value(entry, type, value)
            OPENSSL_sk_push(list, entry)
        }
        guard X509_add1_ext_i2d(certificate, NID_subject_alt_name, UnsafeMutableRawPointer(list), 0, 0) == 1 else {
            throw CertificateError("adding names")
        }
    }
}
