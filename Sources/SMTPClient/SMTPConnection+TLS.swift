import SMTPSession
public import SMTPTransport
internal import SMTPWire

extension SMTPConnection {
    /// Does what the configuration asks for before mail is sent, as far as it has not been done: hello, STARTTLS with
    /// another hello behind it, and authentication.
    ///
    /// ``withConnection(to:configuration:_:)`` and ``send(_:envelope:policy:progress:)`` do it by themselves. Of many tasks that ask
    /// for it at the same time one does it, and the others wait. Credentials that the server has refused for good (5yz) are not
    /// shown to it again in the same session, unless they may be others each time (provided, tokens from a source, mechanisms of
    /// your own): the error is thrown again.
    ///
    /// - Throws: ``SMTPError``; of kind ``SMTPError/Kind/notOffered`` if the server does not offer STARTTLS that is
    ///   required, ``SMTPError/Kind/insecure`` if the configuration asks for TLS from the first byte and there is none, and
    ///   as ``authenticate(_:options:channelBindings:)`` does.
    public func prepare() async throws(SMTPError) {
        guard !isReady else { return }
        try await alone { () async throws(SMTPError) in
            try await makeSecure()
            guard let credentials = configuration.credentials, !channel.state.transaction.isAuthenticated else {
                return
            }
            // Each message would have a wrong password tried again, and the account locked.
            if let error = refusals.ofCredentials(in: channel.state.transaction) { throw error }
            do throws(SMTPError) {
                try await proveObserved(credentials, configuration.authentication, nil)
            } catch {
                if credentials.areFixed { refusals.note(error, in: channel.state.transaction) }
                throw error
            }
        }
    }

    /// Runs `body` while no other task of this connection's makes it ready, starts TLS or authenticates.
    func alone<Value>(_ body: () async throws(SMTPError) -> Value) async throws(SMTPError) -> Value {
        guard await preparation.acquire() else { throw SMTPError(ChannelError.cancelled) }
        defer { preparation.release() }
        return try await body()
    }

    /// Whether there is nothing to do before mail is sent.
    var isReady: Bool {
        channel.withState { isReady($0) }
    }

    private func isReady(_ state: borrowing ChannelState) -> Bool {
        guard state.transaction.helloReply != nil else { return false }
        guard configuration.credentials == nil || state.transaction.isAuthenticated else { return false }
        return isSecure(state)
    }

    /// Whether commands may be sent: the connection is protected as the configuration asks for it, as far as that can be had.
    private func isSecure(_ state: borrowing ChannelState) -> Bool {
        if state.security.isEncrypted { return true }
        switch configuration.security {
        case .insecurePlain: return true
        case .implicitTLS, .startTLS: return false
        case .insecureStartTLSIfOffered:
            guard state.transaction.helloReply != nil else { return false }
            return !state.extensions.contains(.startTLS) || refusals.isOfStartTLS(in: state.transaction)
        }
    }

    /// Says hello and starts TLS before a command that must not go in clear, if the configuration asks for it.
    ///
    /// Not within a transaction that the low level has begun: STARTTLS is no command for there.
    func makeSecureFirst() async throws(SMTPError) {
        guard !isSecure, channel.state.transaction.stage == .idle else { return }
        try await alone { () async throws(SMTPError) in try await makeSecure() }
    }

    /// Whether commands may be sent.
    var isSecure: Bool { channel.withState { isSecure($0) } }

    /// Hello, and TLS as the configuration asks for it; for the task that holds the lock.
    func makeSecure() async throws(SMTPError) {
        if channel.state.transaction.helloReply == nil { try await hello() }
        guard !channel.state.security.isEncrypted else { return }
        switch configuration.security {
        case .insecurePlain:
            break
        case .implicitTLS:
            throw .insecure("the configuration asks for TLS, and the connection has none")
        case .startTLS(let tls):
            try await upgradeObserved(tls)
        case .insecureStartTLSIfOffered(let tls):
            guard !isSecure else { return }
            do throws(SMTPError) {
                try await upgradeObserved(tls.recordingOnly)
            } catch {
                // A server that will not is no worse than one that does not offer it.
                guard error.kind == .refused, error.verb == "STARTTLS", channel.state.isOpen else { throw error }
                // 503 says that it was not the time for it.
                if error.reply?.code.rawValue != 503 { refusals.noteStartTLS(in: channel.state.transaction) }
            }
        }
    }

    /// Starts TLS by STARTTLS, and says hello again (RFC 3207 §4.2).
    ///
    /// - Parameter configuration: What is demanded of the server; by default what the connection's configuration says, or
    ///   verification against the system's trusted certificates.
    /// - Returns: What is known of the protected connection.
    /// - Throws: ``SMTPError``: of kind ``SMTPError/Kind/notOffered``, ``SMTPError/Kind/refused`` with the reply,
    ///   ``SMTPError/Kind/tls`` if the handshake failed, in which case the connection is closed, or
    ///   ``SMTPError/Kind/usage`` if the connection has TLS already.
    @discardableResult
    public func startTLS(_ configuration: TLSConfiguration? = nil) async throws(SMTPError) -> TLSInfo {
        try await alone { () async throws(SMTPError) in try await upgradeObserved(configuration) }
    }

    @discardableResult
    private func upgradeObserved(_ configuration: TLSConfiguration?) async throws(SMTPError) -> TLSInfo {
        try await observed(.startTLS, { .secured($0) }) { () async throws(SMTPError) in
            try await upgrade(configuration)
        }
    }

    private func upgrade(_ configuration: TLSConfiguration?) async throws(SMTPError) -> TLSInfo {
        guard !channel.state.security.isEncrypted else { throw .alreadyUnderTLS }
        if channel.state.transaction.helloReply == nil { try await hello() }
        guard channel.extensions.contains(.startTLS) else {
            throw .startTLSNotOffered
        }
        let (name, hello) = await nextHello
        let upgrade: CommandChannel.Upgrade
        do throws(ChannelError) {
            let configuration = configuration ?? self.configuration.security.tls
            upgrade = try await channel.startTLS(configuration, host: host, then: hello)
        } catch {
            throw SMTPError(error, verb: "STARTTLS")
        }
        guard let info = upgrade.info, let answer = upgrade.hello else {
            throw await rejection(upgrade.reply, "STARTTLS")
        }
        switch answer {
        case .success(let reply): try await helloAnswered(reply, to: name)
        case .failure(let error): throw SMTPError(error, verb: hello.verb)
        }
        return info
    }
}

extension ConnectionSecurity {
    /// TLS from the first byte, if that is asked for.
    var implicit: TLSConfiguration? {
        if case .implicitTLS(let configuration) = self { configuration } else { nil }
    }

    /// What is demanded of the server when TLS starts.
    var tls: TLSConfiguration {
        switch self {
        case .implicitTLS(let tls), .startTLS(let tls): tls
        case .insecureStartTLSIfOffered(let tls): tls.recordingOnly
        case .insecurePlain: TLSConfiguration()
        }
    }
}

extension ConnectionSecurity {
    /// Whether the user has said that the server need not prove who it is.
    var skipsVerification: Bool {
        switch self {
        case .implicitTLS(let tls), .startTLS(let tls): tls.verification == .insecureSkipVerification
        case .insecureStartTLSIfOffered, .insecurePlain: false
        }
    }
}

extension ChannelBindings {
    /// The bindings of a TLS connection; there are none in clear.
    init(_ tls: TLSInfo?) {
        self.init(exporter: tls?.exporterBinding, serverEndPoint: tls?.serverEndPointBinding)
    }
}

extension TLSConfiguration {
    /// The same, with verification that records its result and stops nothing.
    fileprivate var recordingOnly: TLSConfiguration {
        guard verification == .required else { return self }
        var configuration = self
        configuration.verification = .insecureRecordOnly
        return configuration
    }
}
