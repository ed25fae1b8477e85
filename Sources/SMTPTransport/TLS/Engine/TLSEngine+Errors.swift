internal import COpenSSL

extension TLSEngine {
    /// Gives OpenSSL's errors a kind.
    func makeError(_ entries: [OpenSSLErrorQueue.Entry], _ phase: TLSError.Phase) -> TLSError {
        // In TLS 1.3 an alert is an error whatever it says of its level (RFC 8446 §6), and OpenSSL names it as the reason.
        if let warning, entries.contains(where: { $0.tlsReason == SSL_AD_REASON_OFFSET + Int32(warning.code) }) {
            alert = warning
        }
        return TLSError(kind(entries, phase), in: phase, alert: alert, details: entries.map(\.text))
    }

    private func kind(_ entries: [OpenSSLErrorQueue.Entry], _ phase: TLSError.Phase) -> TLSError.Kind {
        let reasons = entries.compactMap(\.tlsReason)
        if reasons.contains(SSL_R_CERTIFICATE_VERIFY_FAILED), case .failed(let failure) = verification {
            return .verificationFailed(failure)
        }
        if reasons.contains(SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
            return .verificationFailed(verificationFailure(X509_V_ERR_UNSPECIFIED, check: .presence))
        }
        if let alert, alert.direction == .received { return kind(ofReceived: alert.code, phase) }
        for reason in reasons {
            switch reason {
            case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_WRONG_SSL_VERSION,
                SSL_R_VERSION_TOO_LOW,
                SSL_R_VERSION_TOO_HIGH, SSL_R_UNKNOWN_PROTOCOL, SSL_R_INAPPROPRIATE_FALLBACK:
                return .noCommonVersion
            case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_CIPHERS_AVAILABLE, SSL_R_UNKNOWN_CIPHER_RETURNED,
                SSL_R_WRONG_CIPHER_RETURNED, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
                SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SHARED_GROUPS, SSL_R_DH_KEY_TOO_SMALL:
                return .noCommonCipher
            default:
                continue
            }
        }
        // An alert tells that OpenSSL found fault with the peer, and not with itself.
        guard let alert, alert.code != UInt8(SSL_AD_INTERNAL_ERROR) else {
            return reasons.isEmpty || alert != nil ? .internalFailure : .protocolViolation
        }
        return .protocolViolation
    }

    private func kind(ofReceived alert: UInt8, _ phase: TLSError.Phase) -> TLSError.Kind {
        switch Int32(alert) {
        // Afterwards they mean something else, such as that a wish for renegotiation was not granted.
        case SSL_AD_PROTOCOL_VERSION where phase == .handshake, SSL_AD_INAPPROPRIATE_FALLBACK:
            .noCommonVersion
        case SSL_AD_HANDSHAKE_FAILURE where phase == .handshake:
            kindOfHandshakeFailure
        case SSL_AD_INSUFFICIENT_SECURITY:
            .noCommonCipher
        case SSL_AD_NO_CERTIFICATE, SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED,
            SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA, SSL_AD_CERTIFICATE_REQUIRED:
            .certificateRefusedByPeer
        case SSL_AD_CLOSE_NOTIFY where phase == .handshake, SSL_AD_USER_CANCELLED where phase == .handshake:
            .closedDuringHandshake
        default:
            .refusedByPeer
        }
    }

    /// What `handshake_failure` means: in TLS 1.2 it is also how a server says that it wants a certificate.
    private var kindOfHandshakeFailure: TLSError.Kind {
        if SSL_get0_peer_CA_list(ssl) != nil { return .certificateRefusedByPeer }
        return SSL_get_pending_cipher(ssl) == nil ? .noCommonCipher : .refusedByPeer
    }
}
