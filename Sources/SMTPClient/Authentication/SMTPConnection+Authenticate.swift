import SMTPSession
internal import SMTPTransport
public import SMTPWire

extension SMTPConnection {
    /// Authenticates to the server (AUTH, RFC 4954).
    ///
    /// Says hello first if nobody has, and again after success. Of the mechanisms that the server offers and the
    /// credentials allow the strongest is used. Another is tried only when the server does not know it after all: replies
    /// 500, 501, 502 and 504 to the command itself. Any other refusal is final, so that a wrong password is not tried three
    /// times.
    ///
    /// If the task is cancelled while the server owes a reply, the connection is closed; otherwise the exchange is given
    /// up and the connection stays usable.
    ///
    /// - Parameters:
    ///   - credentials: What to prove with who one is.
    ///   - options: What may be done.
    ///   - channelBindings: What tells the TLS connection apart from others, for the -PLUS forms of SCRAM; by default what
    ///     the connection's TLS has.
    /// - Returns: The mechanism that was used.
    /// - Throws: ``SMTPError``, with ``SMTPError/authentication`` telling what was tried: of kind
    ///   ``SMTPError/Kind/credentialsRejected``, ``SMTPError/Kind/mechanismNotOffered``,
    ///   ``SMTPError/Kind/tlsRequired`` if credentials would go over a channel that is not secure,
    ///   ``SMTPError/Kind/usage`` for ``Credentials/external(authorizationIdentity:)`` over TLS without a client
    ///   certificate and in a session that is authenticated already (RFC 4954 §4 permits one AUTH), and
    ///   ``SMTPError/Kind/serverMisbehaved``.
    @discardableResult
    public func authenticate(
        _ credentials: Credentials,
        options: AuthenticationOptions = AuthenticationOptions(),
        channelBindings: ChannelBindings? = nil
    ) async throws(SMTPError) -> AuthenticationMechanism {
        try await observed(.authenticate, { .authenticated($0) }) { () async throws(SMTPError) in
            guard !channel.state.transaction.isAuthenticated else { throw .alreadyAuthenticated }
            // Who provides them may use the connection.
            let credentials = try await credentials.resolved(on: channel.executor.outerExecutor)
            return try await alone { () async throws(SMTPError) in
                try await prove(credentials, options, channelBindings)
            }
        }
    }

    @discardableResult
    func proveObserved(
        _ credentials: Credentials,
        _ options: AuthenticationOptions,
        _ channelBindings: ChannelBindings?
    ) async throws(SMTPError) -> AuthenticationMechanism {
        try await observed(.authenticate, { .authenticated($0) }) { () async throws(SMTPError) in
            try await prove(credentials, options, channelBindings)
        }
    }

    private func prove(
        _ credentials: Credentials,
        _ options: AuthenticationOptions,
        _ channelBindings: ChannelBindings?
    ) async throws(SMTPError) -> AuthenticationMechanism {
        guard !channel.state.transaction.isAuthenticated else { throw .alreadyAuthenticated }
        var options = options
        if configuration.security.skipsVerification { options.insecureAllowsCredentialsToUnverifiedServer = true }
        let credentials = try await credentials.resolved(on: channel.executor.outerExecutor)
        if !isSecure { try await makeSecure() }
        // Before anybody is asked for a token, and before a byte is sent in clear.
        if credentials.needSecureChannel { try checkSecurity(options) }
        if case .external = credentials.kind { try checkCertificate() }
        if channel.state.transaction.helloReply == nil { try await hello() }
        let issue = try await credentials.currentToken(after: nil, on: channel.executor.outerExecutor)
        let bindings = channelBindings ?? ChannelBindings(channel.state.tls)
        let attempt = AuthenticationAttempt(connection: self, options: options, bindings: bindings)
        do throws(SMTPError) {
            return try await attempt.run(try credentials.material(issue))
        } catch {
            guard let issue, error.kind == .credentialsRejected, error.meansTokenRefused else { throw error }
            // The token may have been withdrawn, or have grown too old on the way: one more, and no third.
            guard let next = try await credentials.currentToken(after: issue, on: channel.executor.outerExecutor),
                !next.secret.hasSameOctets(as: issue.secret)
            else { throw error }
            return try await attempt.run(try credentials.material(next))
        }
    }

    private func checkSecurity(_ options: AuthenticationOptions) throws(SMTPError) {
        let security = channel.state.security
        guard options.allowCredentials(over: security) else { throw .credentialsInClear(security) }
    }

    /// Under TLS it is by a certificate that a server knows who one is; over anything else, such as a Unix domain socket, it
    /// may know by other means.
    private func checkCertificate() throws(SMTPError) {
        guard let tls = channel.state.tls, tls.ownCertificate == nil else { return }
        throw .noClientCertificate
    }
}

extension Credentials {
    /// Whether all that they are used for shows a secret.
    fileprivate var needSecureChannel: Bool {
        switch kind {
        case .password, .token, .tokens: true
        case .mechanisms(let mechanisms): !mechanisms.isEmpty && mechanisms.allSatisfy(\.needsSecureChannel)
        case .external, .anonymous, .provider: false
        }
    }

    /// Whether they are the same each time they are used.
    var areFixed: Bool {
        switch kind {
        case .provider, .tokens, .mechanisms: false
        default: true
        }
    }

    /// Asks whoever provides them, and whoever those come from.
    fileprivate func resolved(on outer: any TaskExecutor) async throws(SMTPError) -> Credentials {
        var credentials = self
        for _ in 0..<8 {
            guard case .provider(let provide) = credentials.kind else { return credentials }
            let result: Result<Credentials, any Error> = await OffLoop.run(on: outer) {
                do { return .success(try await provide()) } catch { return .failure(error) }
            }
            credentials = try result.provided()
        }
        throw .usage("the credentials are provided by credentials that are provided, and so on")
    }

    /// The token to use, if one must be asked for; after one that was refused another one.
    fileprivate func currentToken(
        after refused: BearerTokenSource.Issue?,
        on outer: any TaskExecutor
    ) async throws(SMTPError) -> BearerTokenSource.Issue? {
        guard case .tokens(_, let source) = kind else { return nil }
        let result: Result<BearerTokenSource.Issue, any Error>
        do { result = .success(try await source.token(after: refused, on: outer)) } catch { result = .failure(error) }
        return try result.provided()
    }

    fileprivate func material(_ issue: BearerTokenSource.Issue?) throws(SMTPError) -> MechanismChoice.Material {
        switch kind {
        case .password(let user, let password, let identity):
            return .password(user: user, password, authorizationIdentity: identity)
        case .token(let user, let token): return .token(user: user, token)
        case .tokens(let user, _):
            guard let issue else { break }
            return .token(user: user, issue.secret)
        case .external(let identity): return .external(authorizationIdentity: identity)
        case .anonymous(let trace): return .anonymous(trace: trace)
        case .mechanisms(let mechanisms): return .mechanisms(mechanisms)
        case .provider: break
        }
        throw .usage("there are no credentials")
    }
}

extension Result {
    /// What a caller's closure has provided.
    fileprivate func provided() throws(SMTPError) -> Success {
        switch self {
        case .success(let value): return value
        case .failure(let error): throw .credentialsNotProvided(error)
        }
    }
}
