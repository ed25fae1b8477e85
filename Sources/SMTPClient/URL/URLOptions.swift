internal import SMTPTransport
internal import SMTPWire

/// What the options of an SMTP URL say, together with its scheme.
struct URLOptions {
    var security: ConnectionSecurity
    var helloName: HelloName?
    var mechanisms: [AuthenticationMechanism]?

    /// Whether the password in the URL is a token.
    var isTokenWanted = false

    init(_ parts: URLParts) throws(SMTPURLError) {
        var values: [SMTPURLError.Part: URLParts.Option] = [:]
        for option in parts.options {
            guard let part = Self.known[option.name] else {
                throw SMTPURLError(.unknown, in: .option, at: option.nameOffset)
            }
            guard values.updateValue(option, forKey: part) == nil else {
                throw SMTPURLError(.duplicate, in: part, at: option.nameOffset)
            }
        }
        let tls = Self.tls(values[.caFile], values[.serverName])
        security = try Self.security(values[.security], isImplicitTLS: parts.isImplicitTLS, tls)
        if case .insecurePlain = security {
            for part in [SMTPURLError.Part.caFile, .serverName] {
                if let option = values[part] { throw SMTPURLError(.conflict, in: part, at: option.nameOffset) }
            }
        }
        helloName = try values[.hello].map { option throws(SMTPURLError) in
            try Self.value(option, .hello) { text throws(WireError) in try HelloName(text) }
        }
        if let option = values[.auth] {
            (mechanisms, isTokenWanted) = try Self.mechanisms(option)
        }
    }

    private static let known: [String: SMTPURLError.Part] = [
        "security": .security, "auth": .auth, "hello": .hello, "ca-file": .caFile, "server-name": .serverName,
    ]

    private static func tls(_ file: URLParts.Option?, _ serverName: URLParts.Option?) -> TLSConfiguration {
        var tls = TLSConfiguration()
        if let file { tls.trust = [.file(file.value)] }
        tls.serverName = serverName?.value
        return tls
    }

    private static func security(
        _ option: URLParts.Option?,
        isImplicitTLS: Bool,
        _ tls: TLSConfiguration
    ) throws(SMTPURLError) -> ConnectionSecurity {
        guard let option else { return isImplicitTLS ? .implicitTLS(tls) : .startTLS(tls) }
        let security: ConnectionSecurity
        switch option.value {
        case "tls": security = .implicitTLS(tls)
        case "starttls": security = .startTLS(tls)
        case "insecure-starttls-if-offered": security = .insecureStartTLSIfOffered(tls)
        case "insecure-plain": security = .insecurePlain
        default: throw SMTPURLError(.invalidValue, in: .security, at: option.valueOffset)
        }
        guard (security.implicit != nil) == isImplicitTLS else {
            throw SMTPURLError(.conflict, in: .security, at: option.valueOffset)
        }
        return security
    }

    private static func mechanisms(
        _ option: URLParts.Option
    ) throws(SMTPURLError) -> ([AuthenticationMechanism], isTokenWanted: Bool) {
        var mechanisms: [AuthenticationMechanism] = []
        for name in option.value.split(separator: ",", omittingEmptySubsequences: false) {
            let mechanism = try value(option, .auth) { _ throws(WireError) in
                try AuthenticationMechanism(String(name))
            }
            // A misspelt one would be passed over, and a weaker one behind it taken.
            guard MechanismChoice.known.contains(mechanism) else {
                throw SMTPURLError(.unknown, in: .auth, at: option.valueOffset)
            }
            mechanisms.append(mechanism)
        }
        let tokens = mechanisms.count { [.xoauth2, .oauthBearer].contains($0) }
        guard tokens == 0 || tokens == mechanisms.count else {
            throw SMTPURLError(.conflict, in: .auth, at: option.valueOffset)
        }
        return (mechanisms, tokens > 0)
    }

    private static func value<Value>(
        _ option: URLParts.Option,
        _ part: SMTPURLError.Part,
        _ make: (String) throws(WireError) -> Value
    ) throws(SMTPURLError) -> Value {
        do throws(WireError) {
            return try make(option.value)
        } catch {
            throw SMTPURLError(.invalidValue, in: part, at: option.valueOffset)
        }
    }
}
