internal import COpenSSL

/// What OpenSSL calls back for. The functions belong to no actor, and run inside the engine's calls.
extension TLSEngine {
    /// Decides about the peer's certificate, and keeps what it says.
    static let verify: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { chain, _ in
        guard let chain,
            let ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let engine = TLSEngine.of(OpaquePointer(ssl))
        else { return 0 }
        return engine.verify(chain) ? 1 : 0
    }

    /// Keeps the last fatal alert, and the last warning of the peer's.
    static let noteAlert: @convention(c) (OpaquePointer?, Int32, Int32) -> Void = { ssl, event, value in
        guard event & SSL_CB_ALERT != 0, let engine = TLSEngine.of(ssl) else { return }
        let direction: TLSAlert.Direction = event & SSL_CB_READ != 0 ? .received : .sent
        let alert = TLSAlert(code: UInt8(truncatingIfNeeded: value), direction: direction)
        if value >> 8 == SSL3_AL_FATAL {
            engine.alert = alert
        } else if direction == .received {
            engine.warning = alert
        }
    }

    /// Keeps a session for resumption; 1 means that its reference was taken over.
    static let keepSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = { ssl, session in
        guard let session, let engine = TLSEngine.of(ssl), let key = engine.sessionKey,
            let verification = engine.verification
        else { return 0 }
        engine.context.sessions.add(TLSSession(owning: session, verification: verification), for: key)
        return 1
    }

    private static func of(_ ssl: OpaquePointer?) -> TLSEngine? {
        ssl.flatMap { SSL_get_ex_data($0, 0) }.map { Unmanaged<TLSEngine>.fromOpaque($0).takeUnretainedValue() }
    }

    private func verify(_ chain: OpaquePointer) -> Bool {
        if !isServer, context.verification == .insecureSkipVerification {
            verification = .skipped
            return true
        }
        let outcome = outcome(of: chain)
        verification = outcome
        if case .failed(let failure) = outcome {
            X509_STORE_CTX_set_error(chain, failure.openSSLCode)
            return !isServer && context.verification == .insecureRecordOnly
        }
        return true
    }

    private func outcome(of chain: OpaquePointer) -> TLSVerification {
        let own = X509_STORE_CTX_get0_cert(chain).map { X509Reader(retaining: $0) }
        if case .insteadOfChain(let pins) = context.pinning {
            return own.map { pins.match($0) } == true ? .passed : .failed(pinFailure(chain))
        }
        if X509_verify_cert(chain) != 1 {
            let code = X509_STORE_CTX_get_error(chain)
            return .failed(verificationFailure(code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code, chain))
        }
        // Without a name OpenSSL compares none, and any server of a trusted authority would pass.
        if !isServer, serverName == nil {
            return .failed(verificationFailure(X509_V_ERR_HOSTNAME_MISMATCH, chain))
        }
        if case .inAdditionToChain(let pins) = context.pinning {
            let verified = CertificateStack.readers(X509_STORE_CTX_get0_chain(chain))
            return verified.contains { pins.match($0) } ? .passed : .failed(pinFailure(chain))
        }
        return .passed
    }

    private func pinFailure(_ chain: OpaquePointer) -> TLSVerificationFailure {
        verificationFailure(X509_V_ERR_APPLICATION_VERIFICATION, chain, check: .pin)
    }

    /// Makes a record of a failed check out of the certificates in `chain`.
    func verificationFailure(
        _ code: Int32,
        _ chain: OpaquePointer? = nil,
        check: TLSVerificationFailure.Check? = nil
    ) -> TLSVerificationFailure {
        let sent = chain.map { CertificateStack.certificates(X509_STORE_CTX_get0_untrusted($0)) } ?? []
        let own = chain.flatMap { X509_STORE_CTX_get0_cert($0) }
        let atFault = chain.flatMap { X509_STORE_CTX_get_current_cert($0) } ?? own
        return TLSVerificationFailure(
            code: code,
            expectedName: serverName?.description,
            depth: chain.map { Int(X509_STORE_CTX_get_error_depth($0)) } ?? 0,
            certificate: atFault.map { TLSCertificate(known: X509Reader(retaining: $0).der) },
            peerCertificates: sent.isEmpty
                ? own.map { [TLSCertificate(known: X509Reader(retaining: $0).der)] } ?? [] : sent,
            check: check
        )
    }
}

extension [TLSPin] {
    /// Whether one of them is the fingerprint of `certificate`.
    fileprivate func match(_ certificate: X509Reader) -> Bool {
        contains { pin in
            switch pin.subject {
            case .certificate: Digest.sha256(certificate.der) == pin.sha256
            case .publicKey: Digest.sha256(certificate.publicKeyInfo) == pin.sha256
            }
        }
    }
}
