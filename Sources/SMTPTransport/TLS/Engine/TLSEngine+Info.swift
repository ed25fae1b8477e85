internal import COpenSSL
internal import COpenSSLShims

extension TLSEngine {
    /// What is known of the connection once it is established.
    var info: TLSInfo {
        TLSInfo(
            version: version,
            cipher: SSL_get_current_cipher(ssl).flatMap { SSL_CIPHER_standard_name($0) }.map { String(cString: $0) }
                ?? "",
            isResumed: SSL_session_reused(ssl) == 1,
            verification: verification ?? .skipped,
            peerCertificates: peerCertificates,
            ownCertificate: ownCertificate.map { TLSCertificate(known: $0.der) },
            serverName: serverName?.description,
            exporterBinding: exporterBinding,
            serverEndPointBinding: serverCertificate?.serverEndPointBinding
        )
    }

    private var version: TLSVersion { SSL_version(ssl) >= TLS1_3_VERSION ? .tls13 : .tls12 }

    private var peerCertificates: [TLSCertificate] {
        let sent = CertificateStack.certificates(SSL_get_peer_cert_chain(ssl))
        guard isServer else { return sent }
        // On a server OpenSSL leaves the peer's own certificate out of the list.
        return peerCertificate.map { [TLSCertificate(known: $0.der)] + sent } ?? []
    }

    private var peerCertificate: X509Reader? { SSL_get0_peer_certificate(ssl).map { X509Reader(retaining: $0) } }

    private var ownCertificate: X509Reader? { SSL_get_certificate(ssl).map { X509Reader(retaining: $0) } }

    private var serverCertificate: X509Reader? { isServer ? ownCertificate : peerCertificate }

    /// RFC 9266 §2: in TLS 1.2 only with the extended master secret; renegotiation is off in any case.
    private var exporterBinding: [UInt8]? {
        guard version >= .tls13 || smtp_ssl_has_extended_master_secret(ssl) == 1 else { return nil }
        OpenSSLErrorQueue.clear()
        defer { OpenSSLErrorQueue.clear() }
        let label = "EXPORTER-Channel-Binding"
        var binding = [UInt8](repeating: 0, count: 32)
        let isDone = SSL_export_keying_material(ssl, &binding, binding.count, label, label.utf8.count, nil, 0, 0)
        return isDone == 1 ? binding : nil
    }
}
