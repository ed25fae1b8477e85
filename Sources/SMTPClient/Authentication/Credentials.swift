/// What one proves with who one is.
public struct Credentials: Sendable {
    indirect enum Kind: Sendable {
        case password(user: String, Secret, authorizationIdentity: String?)
        case token(user: String, Secret)
        case tokens(user: String, BearerTokenSource)
        case external(authorizationIdentity: String?)
        case anonymous(trace: String)
        case mechanisms([any SASLMechanism])
        case provider(@Sendable () async throws -> Credentials)
    }

    let kind: Kind

    /// A user's name and password, for SCRAM, CRAM-MD5, PLAIN and LOGIN.
    ///
    /// - Parameters:
    ///   - user: Who authenticates.
    ///   - password: The password in UTF-8.
    ///   - authorizationIdentity: As whom to act, or `nil` for the user; SCRAM and PLAIN alone can say it, so that the
    ///     others are not used then.
    /// - Returns: The credentials.
    public static func password(
        user: String,
        _ password: Secret,
        authorizationIdentity: String? = nil
    ) -> Credentials {
        Credentials(kind: .password(user: user, password, authorizationIdentity: authorizationIdentity))
    }

    /// A token that an authorization server has given out, for OAUTHBEARER and XOAUTH2.
    ///
    /// - Parameters:
    ///   - user: Whose mailbox it is.
    ///   - token: The token, without the word `Bearer`.
    /// - Returns: The credentials.
    public static func bearer(user: String, token: Secret) -> Credentials {
        Credentials(kind: .token(user: user, token))
    }

    /// Tokens from a source, which is asked for another one, once, if a server refuses the first.
    ///
    /// - Parameters:
    ///   - user: Whose mailbox it is.
    ///   - tokens: Where they come from; one source for all connections of the user.
    /// - Returns: The credentials.
    public static func bearer(user: String, tokens: BearerTokenSource) -> Credentials {
        Credentials(kind: .tokens(user: user, tokens))
    }

    /// What the server knows from elsewhere, such as the client certificate in TLS, for EXTERNAL.
    ///
    /// Over TLS the configuration must have a certificate to show, `TLSConfiguration/identity`.
    ///
    /// - Parameter authorizationIdentity: As whom to act, or `nil` for whom the server derives.
    /// - Returns: The credentials.
    public static func external(authorizationIdentity: String? = nil) -> Credentials {
        Credentials(kind: .external(authorizationIdentity: authorizationIdentity))
    }

    /// Nothing, for ANONYMOUS.
    ///
    /// - Parameter trace: An address or a token for the server's log; may be empty.
    /// - Returns: The credentials.
    public static func anonymous(trace: String = "") -> Credentials {
        Credentials(kind: .anonymous(trace: trace))
    }

    /// Mechanisms of your own, the one to try first in front.
    public static func mechanisms(_ mechanisms: [any SASLMechanism]) -> Credentials {
        Credentials(kind: .mechanisms(mechanisms))
    }

    /// Credentials that are asked for when they are needed, each time.
    ///
    /// - Parameter provide: Gets them, from a key chain or a person. It never runs on the event loop.
    /// - Returns: The credentials.
    public static func provided(by provide: @escaping @Sendable () async throws -> Credentials) -> Credentials {
        Credentials(kind: .provider(provide))
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What kind they are; safe to log.
    public var description: String {
        switch kind {
        case .password: "(user and password)"
        case .token, .tokens: "(bearer token)"
        case .external: "(external)"
        case .anonymous: "(anonymous)"
        case .mechanisms: "(mechanisms)"
        case .provider: "(provided)"
        }
    }

    /// The same.
    public var debugDescription: String { description }

    /// Nothing within.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
