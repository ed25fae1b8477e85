import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire
import ToolOptions
import ToolSupport

/// What is to be done, checked as far as it can be before anything is opened.
struct ProbeRequest: Sendable {
    let endpoint: Endpoint
    let security: ProbeOptions.Security
    let tls: TLSConfiguration
    let configuration: SMTPConfiguration

    /// What is asked once all else is known.
    let questions: [ProbeQuestion]

    /// Checks the command line.
    ///
    /// - Throws: ``ToolFailure`` with exit code 64, or 66 for a file that is missing.
    init(_ options: ProbeOptions) throws(ToolFailure) {
        let (host, port) = try Self.place(options)
        security = options.security ?? (port == SMTPPort.submissions ? .tls : .starttls)
        if let socket = options.socket {
            guard host == nil, port == nil else { throw .usage("--socket excludes a host and a port") }
            endpoint = try Endpoint(socket: socket)
        } else {
            endpoint = try Endpoint(host: host ?? "localhost", port: port ?? security.defaultPort)
        }
        if security == .plain, let option = options.tls.firstGiven ?? options.tlsVersion.map({ _ in "--tls-version" }) {
            throw .usage("\(option) is of no use with --security plain")
        }
        let name = if case .host(let host, _) = endpoint { host } else { "localhost" }
        tls =
            security == .plain
            ? TLSConfiguration()
            : try TLSConfiguration(options.tls, host: name) { configuration in
                // What fails is shown, and the rest as well: nothing is sent here that must be kept from anybody.
                configuration.verification = .insecureRecordOnly
                configuration.minimumVersion = options.tlsVersion == .tls13 ? .tls13 : .tls12
                configuration.maximumVersion = options.tlsVersion == .tls12 ? .tls12 : nil
            }
        configuration = try Self.configuration(options, security == .tls ? .implicitTLS(tls) : .insecurePlain)
        var questions: [ProbeQuestion] = []
        for line in options.ask { questions.append(try ProbeQuestion(line)) }
        self.questions = questions
    }

    private static func configuration(
        _ options: ProbeOptions,
        _ security: ConnectionSecurity
    ) throws(ToolFailure) -> SMTPConfiguration {
        let timeout = try ToolFailure.duration(of: "--timeout", options.timeout)
        var configuration = SMTPConfiguration(security: security)
        configuration.tcp.connectTimeout = timeout
        configuration.channel.timeouts = SMTPTimeouts(all: timeout)
        configuration.channel.timeouts.quit = min(timeout, .seconds(5))
        configuration.isLMTP = options.lmtp
        if let name = options.helo {
            configuration.helloName = try ToolFailure.address(of: "--helo", name) { text throws(WireError) in
                try HelloName(lenient: text)
            }
        }
        return configuration
    }

    /// The host and the port, from the argument or from the options.
    private static func place(_ options: ProbeOptions) throws(ToolFailure) -> (host: String?, port: Int?) {
        guard let server = options.server else { return (options.host, options.port) }
        guard options.host == nil else { throw .usage("--host excludes \"\(server)\"") }
        // An IPv6 address has colons of its own, and needs brackets to have a port.
        guard let colon = server.lastIndex(of: ":"), server[..<colon].last == "]" || !server[..<colon].contains(":")
        else { return (server, options.port) }
        guard options.port == nil else { throw .usage("--port excludes the port of \"\(server)\"") }
        guard let port = Int(server[server.index(after: colon)...]) else {
            throw .usage("\"\(server)\" has no number for a port")
        }
        return (String(server[..<colon]), port)
    }
}

extension ProbeOptions.Security {
    /// The port the field has agreed on.
    fileprivate var defaultPort: Int {
        switch self {
        case .plain: SMTPPort.relay
        case .starttls: SMTPPort.submission
        case .tls: SMTPPort.submissions
        }
    }
}
