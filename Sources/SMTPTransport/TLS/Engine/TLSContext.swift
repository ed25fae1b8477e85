internal import COpenSSL
internal import COpenSSLShims
internal import Synchronization

/// What all connections of a configuration share: OpenSSL's context, parsed and checked once, and the sessions.
final class TLSContext: @unchecked Sendable {
    // OpenSSL counts references to a context, and nothing in it changes once it is built.
    let context: OpaquePointer
    let verification: TLSVerificationMode
    let pinning: TLSPinning?
    let sessions: SessionCache
    let keyLog: KeyLog?

    /// The name that the last host was verified by: most hosts are connected to more than once.
    private let lastName = Mutex<(host: String, name: ServerName?)?>(nil)

    init(_ configuration: TLSConfiguration, isServer: Bool) throws(TLSError) {
        keyLog = try configuration.dangerousKeyLogFile.map { path throws(TLSError) in try KeyLog(path) }
        context = try Self.make(configuration, isServer: isServer)
        verification = configuration.verification
        pinning = configuration.pinning
        sessions = SessionCache(capacity: isServer ? 0 : configuration.sessionCacheCapacity)
        install(isServer: isServer)
    }

    deinit {
        SSL_CTX_free(context)
    }

    /// The name to verify when `host` was dialled, under the configuration that the context was made for.
    func serverName(for host: String, _ configuration: TLSConfiguration) throws(TLSError) -> ServerName? {
        if let last = lastName.withLock({ $0 }), last.host == host { return last.name }
        let name = try ServerName.expected(host: host, configuration)
        lastName.withLock { $0 = (host, name) }
        return name
    }

    private static func make(_ configuration: TLSConfiguration, isServer: Bool) throws(TLSError) -> OpaquePointer {
        OpenSSLErrorQueue.clear()
        guard let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
            throw .refused(.internalFailure)
        }
        do throws(TLSError) {
            smtp_ssl_ctx_set_options(context)
            try context.setVersions(configuration)
            try context.setCiphers(configuration)
            if let identity = configuration.identity { try context.setIdentity(identity) }
            try context.setVerification(configuration, isServer: isServer)
            return context
        } catch {
            SSL_CTX_free(context)
            throw error
        }
    }

    private func install(isServer: Bool) {
        SSL_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(self).toOpaque())
        SSL_CTX_set_cert_verify_callback(context, TLSEngine.verify, nil)
        SSL_CTX_set_info_callback(context, TLSEngine.noteAlert)
        if sessions.isOn {
            smtp_ssl_ctx_keep_sessions_outside(context)
            SSL_CTX_sess_set_new_cb(context, TLSEngine.keepSession)
        }
        if keyLog != nil { SSL_CTX_set_keylog_callback(context, Self.logKey) }
    }

    private static let logKey: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> Void = { ssl, line in
        guard let object = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0), let line else { return }
        let context = Unmanaged<TLSContext>.fromOpaque(object).takeUnretainedValue()
        context.keyLog?.append(String(cString: line))
    }
}

extension OpaquePointer {
    fileprivate func setVersions(_ configuration: TLSConfiguration) throws(TLSError) {
        let minimum = configuration.minimumVersion
        if let maximum = configuration.maximumVersion, maximum < minimum {
            let reason = "\(maximum) is older than the minimum, \(minimum)"
            throw TLSError(.invalidOption(name: "maximumVersion", reason: reason), in: .configuration)
        }
        let isDone = smtp_ssl_ctx_set_versions(
            self,
            Int32(minimum.rawValue),
            Int32(configuration.maximumVersion?.rawValue ?? 0)
        )
        guard isDone == 1 else { throw .option("minimumVersion", "OpenSSL does not have these versions") }
    }

    fileprivate func setCiphers(_ configuration: TLSConfiguration) throws(TLSError) {
        if let list = configuration.cipherList, SSL_CTX_set_cipher_list(self, list) != 1 {
            throw .option("cipherList", "\(SafeText.quoted(list)) names no cipher suite of TLS 1.2")
        }
        if let suites = configuration.cipherSuites, SSL_CTX_set_ciphersuites(self, suites) != 1 {
            throw .option("cipherSuites", "\(SafeText.quoted(suites)) names something that is no suite of TLS 1.3")
        }
    }

    fileprivate func setVerification(_ configuration: TLSConfiguration, isServer: Bool) throws(TLSError) {
        let mode: Int32 =
            switch (isServer, configuration.clientCertificates) {
            case (false, _): SSL_VERIFY_PEER
            case (true, .notRequested): SSL_VERIFY_NONE
            case (true, .requested): SSL_VERIFY_PEER
            case (true, .required): SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
            }
        SSL_CTX_set_verify(self, mode, nil)
        // Tickets of servers that ask for certificates are good only among their like.
        SSL_CTX_set_session_id_context(self, "swift-smtp", 10)
        guard mode != SSL_VERIFY_NONE, configuration.verifiesChain else { return }
        let trust = try TrustStore.of(configuration)
        SSL_CTX_set1_cert_store(self, trust.store)
        // Who names a certificate as trusted means that one, be it a root or not.
        let parameters = SSL_CTX_get0_param(self)
        X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST))
    }

    fileprivate func setIdentity(_ identity: TLSIdentity) throws(TLSError) {
        let source = identity.certificates.description
        let certificates = try load(.certificateUnusable(source: source, .missing)) { () throws(TLSMaterial.Failure) in
            try TLSMaterial.certificates(inPEM: try identity.certificates.text())
        }
        guard let own = certificates.first, SSL_CTX_use_certificate(self, own.certificate) == 1 else {
            throw .refused(.certificateUnusable(source: source, .refused))
        }
        for certificate in certificates.dropFirst() {
            guard smtp_ssl_ctx_add_chain_certificate(self, certificate.certificate) == 1 else {
                throw .refused(.certificateUnusable(source: source, .refused))
            }
        }
        let keySource = identity.key.description
        let key = try load(.keyUnusable(source: keySource, .missing)) { () throws(TLSMaterial.Failure) in
            var text = try identity.key.text()
            defer { text.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
            return try TLSMaterial.privateKey(inPEM: text, passphrase: identity.passphrase)
        }
        defer { EVP_PKEY_free(key) }
        guard X509_check_private_key(own.certificate, key) == 1 else {
            throw .refused(.keyUnusable(source: keySource, .doesNotFit))
        }
        guard SSL_CTX_use_PrivateKey(self, key) == 1 else {
            throw .refused(.keyUnusable(source: keySource, .refused))
        }
    }

    /// Puts the problem that `body` meets in the place of the one in `kind`.
    private func load<Value>(
        _ kind: TLSError.Kind,
        _ body: () throws(TLSMaterial.Failure) -> Value
    ) throws(TLSError) -> Value {
        do throws(TLSMaterial.Failure) {
            return try body()
        } catch {
            let kind: TLSError.Kind =
                switch kind {
                case .keyUnusable(let source, _): .keyUnusable(source: source, error.problem)
                case .certificateUnusable(let source, _): .certificateUnusable(source: source, error.problem)
                default: kind
                }
            throw TLSError(kind, in: .configuration, details: error.entries.map(\.text))
        }
    }
}

extension TLSConfiguration {
    /// Whether trusted certificates are of any use.
    fileprivate var verifiesChain: Bool {
        if case .insteadOfChain? = pinning { return false }
        return verification != .insecureSkipVerification
    }
}

extension TLSIdentity.Source {
    fileprivate func text() throws(TLSMaterial.Failure) -> [UInt8] {
        switch self {
        case .file(let path): try TLSMaterial.contents(ofFile: path)
        case .pem(let text): text
        }
    }
}

extension TLSError {
    fileprivate static func option(_ name: String, _ reason: String) -> TLSError {
        refused(.invalidOption(name: name, reason: reason))
    }

    /// A configuration that OpenSSL refuses, with its reasons.
    fileprivate static func refused(_ kind: Kind) -> TLSError {
        TLSError(kind, in: .configuration, details: OpenSSLErrorQueue.drain().map(\.text))
    }
}
