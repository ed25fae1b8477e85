public import SMTPTransport
internal import SMTPSession
internal import SMTPWire

/// A server, how to reach it and who one is, in one line, as environments and configuration files hold it:
/// `smtp://user:password@mail.example.org:587?security=starttls`.
///
/// `smtp` needs STARTTLS unless an option says otherwise, on port 587 if there is none; `smtps` means TLS from the first
/// byte, on port 465. An address in IPv6 stands in brackets. All but letters, digits and `-._~` in user and password is
/// written as `%` and two digits. The options, each of which may be there once:
///
/// | option | value |
/// |---|---|
/// | `security` | for `smtp`: `starttls`, which is the default, `insecure-starttls-if-offered` or `insecure-plain`; for `smtps`: `tls` |
/// | `auth` | names of SASL mechanisms with commas between; with `XOAUTH2` or `OAUTHBEARER` the password is a token |
/// | `hello` | the name to say hello with |
/// | `ca-file` | a file of certificates to trust in place of the system's |
/// | `server-name` | the name to verify in place of the host's |
///
/// ```swift
/// let server = try SMTPURL(ProcessInfo.processInfo.environment["SMTP_URL"] ?? "")
/// try await SMTPConnection.withConnection(to: server.endpoint, configuration: server.configuration) { … }
/// ```
public struct SMTPURL: Sendable {
    /// Where the server listens.
    public let endpoint: Endpoint

    /// How to use it, with the credentials if there are any.
    public let configuration: SMTPConfiguration

    /// Takes a URL apart; nothing is looked up, opened or read.
    ///
    /// - Throws: ``SMTPURLError``, which repeats nothing of the text.
    public init(_ text: String) throws(SMTPURLError) {
        let parts = try URLParts(text)
        let options = try URLOptions(parts)
        endpoint = .host(
            parts.host,
            port: parts.port ?? (parts.isImplicitTLS ? SMTPPort.submissions : SMTPPort.submission)
        )
        var configuration = SMTPConfiguration(security: options.security)
        configuration.helloName = options.helloName
        configuration.authentication.mechanisms = options.mechanisms
        configuration.credentials = parts.login.map { login in
            options.isTokenWanted
                ? .bearer(user: login.user, token: login.secret) : .password(user: login.user, login.secret)
        }
        self.configuration = configuration
    }
}

extension SMTPURL: CustomStringConvertible, CustomDebugStringConvertible {
    /// Scheme, host and port; neither user nor password.
    public var description: String {
        if case .implicitTLS = configuration.security { "smtps://\(endpoint)" } else { "smtp://\(endpoint)" }
    }

    /// The same.
    public var debugDescription: String { description }
}
