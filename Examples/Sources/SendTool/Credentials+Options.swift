import SMTPClient
import SMTPWire
import ToolSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the options say about who one is; the secret comes from the environment or a file, never from the command line,
/// which every user of the machine can read.
extension Credentials {
    /// - Returns: `nil` if no option is about authentication.
    /// - Throws: ``ToolFailure``, also if `patience` ends before a file does.
    init?(_ options: SendOptions, _ patience: Patience) throws(ToolFailure) {
        let isAsked = options.user != nil || options.auth != nil
        guard isAsked || options.passwordEnv != nil || options.passwordFile != nil else { return nil }
        if options.auth == .external {
            self = .external(authorizationIdentity: options.user)
            return
        }
        if options.auth == .anonymous {
            self = .anonymous(trace: options.user ?? "")
            return
        }
        guard let user = options.user else { throw .usage("authentication needs a --user") }
        guard options.security != .plain else {
            throw ToolFailure(
                .authentication,
                "a password would go in clear: use --security starttls or tls",
                .noPermission
            )
        }
        let secret = try options.secret(patience)
        switch options.auth {
        case .xoauth2, .oauthbearer: self = .bearer(user: user, token: secret)
        default: self = .password(user: user, secret)
        }
    }
}

extension SendOptions.Mechanism {
    /// The mechanisms to try; `nil` for all that fit.
    var names: [AuthenticationMechanism]? {
        get throws(ToolFailure) {
            let names: [String] =
                switch self {
                case .auto: []
                case .scramSHA1: ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"]
                case .scramSHA256: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]
                case .scramSHA512: ["SCRAM-SHA-512-PLUS", "SCRAM-SHA-512"]
                default: [rawValue]
                }
            var mechanisms: [AuthenticationMechanism] = []
            for name in names {
                mechanisms.append(
                    try ToolFailure.value(of: "--auth", name) { text throws(WireError) in
                        try AuthenticationMechanism(text)
                    }
                )
            }
            return mechanisms.isEmpty ? nil : mechanisms
        }
    }
}

extension SendOptions {
    /// The most octets of a password or a token.
    private static let secretLimit = 16_384

    /// The password or token, from where the options say.
    fileprivate func secret(_ patience: Patience) throws(ToolFailure) -> Secret {
        switch (passwordEnv, passwordFile) {
        case (let variable?, nil):
            guard let value = getenv(variable) else {
                throw .usage("the variable \"\(variable)\" of --password-env is not set")
            }
            return Secret(String(cString: value))
        case (nil, let path?):
            return try secret(inFile: path, patience)
        case (nil, nil):
            throw .usage("--user needs --password-env or --password-file")
        default:
            throw .usage("--password-env excludes --password-file")
        }
    }

    /// The first line of a file, or of a pipe, which is waited for to the end of the line.
    private func secret(inFile path: String, _ patience: Patience) throws(ToolFailure) -> Secret {
        let name = "--password-file \"\(path)\""
        let file: Descriptor
        do throws(Descriptor.Failure) {
            file = try Descriptor.open(path: path)
        } catch {
            throw ToolFailure(reading: name, error)
        }
        defer { file.close() }
        var octets: [UInt8] = []
        while octets.count <= Self.secretLimit {
            let piece = try patience.read(4096, from: file, named: name)
            octets += piece
            if piece.isEmpty || piece.contains(where: Self.isLineEnd) { break }
        }
        let line = octets.prefix { !Self.isLineEnd($0) }
        guard line.count <= Self.secretLimit else { throw ToolFailure(reading: name, .init(number: EFBIG)) }
        return Secret(Array(line))
    }

    private static func isLineEnd(_ octet: UInt8) -> Bool { octet == 0x0A || octet == 0x0D }
}
