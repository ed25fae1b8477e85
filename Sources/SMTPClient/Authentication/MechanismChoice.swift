internal import SMTPWire

/// Which mechanisms fit the credentials, and how each is set up.
///
/// Pure: what is known comes in as values.
struct MechanismChoice {
    /// What an exchange needs to know of the credentials, once those that must be fetched are there.
    enum Material: Sendable {
        case password(user: String, Secret, authorizationIdentity: String?)
        case token(user: String, Secret)
        case external(authorizationIdentity: String?)
        case anonymous(trace: String)
        case mechanisms([any SASLMechanism])
    }

    /// The strongest first: bound to the channel, then proofs that show no password, then those that show it.
    private static let passwordMechanisms: [AuthenticationMechanism] = [
        .scramSHA512Plus, .scramSHA256Plus, .scramSHA1Plus, .scramSHA512, .scramSHA256, .scramSHA1, .cramMD5, .plain,
        .login,
    ]

    private static let tokenMechanisms: [AuthenticationMechanism] = [.oauthBearer, .xoauth2]

    /// Those the library has.
    static let known = Set(passwordMechanisms + tokenMechanisms + [.external, .anonymous])

    let material: Material
    let offered: [String]
    let options: AuthenticationOptions
    private(set) var bindings: [ChannelBinding]

    /// The server offers a -PLUS form and has then said that it does not know it.
    private var isPlusRefused = false

    init(_ material: Material, offered: [String], options: AuthenticationOptions, bindings: ChannelBindings) {
        self.material = material
        self.offered = offered
        self.options = options
        self.bindings = bindings.usable
    }

    /// The names that fit the credentials and the options, whatever the server offers.
    var acceptable: [AuthenticationMechanism] {
        let fitting = fitting
        guard let chosen = options.mechanisms else { return fitting }
        return chosen.filter(fitting.contains)
    }

    /// Those of them that the server offers.
    var candidates: [AuthenticationMechanism] { acceptable.filter { offered.contains($0.name) } }

    private var fitting: [AuthenticationMechanism] {
        switch material {
        case .password(_, _, let identity):
            Self.passwordMechanisms.filter { name in
                (identity == nil || name.bearsAuthorizationIdentity) && (!name.isPlus || !bindings.isEmpty)
            }
        case .token: Self.tokenMechanisms
        case .external: [.external]
        case .anonymous: [.anonymous]
        case .mechanisms(let mechanisms): mechanisms.map(\.name)
        }
    }

    /// The mechanism with this name, set up for the next exchange, or `nil` if it does not fit.
    func mechanism(named name: AuthenticationMechanism) -> (any SASLMechanism)? {
        switch material {
        case .password(let user, let password, let identity):
            switch name {
            case .plain: return PlainMechanism(user: user, password: password, authorizationIdentity: identity)
            case .login: return LoginMechanism(user: user, password: password)
            case .cramMD5: return CRAMMD5Mechanism(user: user, password: password)
            default:
                guard let hash = name.scramHash, let binding = binding(for: name) else { return nil }
                return SCRAMMechanism(
                    hash,
                    binding: binding,
                    user: user,
                    password: password,
                    authorizationIdentity: identity,
                    iterations: options.scramIterations
                )
            }
        case .token(let user, let token):
            return BearerMechanism(name == .xoauth2 ? .xoauth2 : .oauthBearer, user: user, token: token)
        case .external(let identity): return ExternalMechanism(authorizationIdentity: identity)
        case .anonymous(let trace): return AnonymousMechanism(trace: trace)
        case .mechanisms(let mechanisms): return mechanisms.first { $0.name == name }
        }
    }

    /// What is said of channel binding (RFC 5802 §6).
    ///
    /// `y` tells a server that supports channel binding that its offer was tampered with: it must not be sent when a
    /// -PLUS form is offered, unless the server has taken that back.
    private func binding(for name: AuthenticationMechanism) -> SCRAMMechanism.Binding? {
        if name.isPlus { return bindings.first.map { .bound($0) } }
        if bindings.isEmpty { return .unsupported }
        return offersPlus && !isPlusRefused ? .unsupported : .notOffered
    }

    private var offersPlus: Bool { offered.contains { $0.hasPrefix("SCRAM-") && $0.hasSuffix("-PLUS") } }

    /// The server does not know the mechanism after all.
    mutating func notKnown(_ name: AuthenticationMechanism) {
        if name.isPlus { isPlusRefused = true }
    }

    /// The server cannot bind to the channel in the way that was tried; without another there are no -PLUS forms.
    ///
    /// - Returns: Whether that changes anything: a mechanism of the caller's has the binding that it was given.
    mutating func bindingRefused() -> Bool {
        guard case .password = material, !bindings.isEmpty else { return false }
        bindings.removeFirst()
        return true
    }
}

extension AuthenticationMechanism {
    var isPlus: Bool { scramHash != nil && name.hasSuffix("-PLUS") }

    fileprivate var bearsAuthorizationIdentity: Bool { self == .plain || scramHash != nil }

    fileprivate var scramHash: SCRAMMechanism.Hash? {
        switch self {
        case .scramSHA1, .scramSHA1Plus: .sha1
        case .scramSHA256, .scramSHA256Plus: .sha256
        case .scramSHA512, .scramSHA512Plus: .sha512
        default: nil
        }
    }
}
