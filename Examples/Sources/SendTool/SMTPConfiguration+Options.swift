import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire

/// How the options about the connection become the library's configuration: here, and nowhere else.
extension SMTPConfiguration {
    /// - Throws: ``SendFailure`` with exit code 64, also for what is not built yet.
    init(_ options: SendOptions) throws(SendFailure) {
        if let option = options.notYet {
            throw .usage("\(option) is not built yet: this version sends with --security plain, without authentication")
        }
        let timeout = try SendFailure.duration(of: "--timeout", options.timeout)
        self.init(security: .insecurePlain)
        tcp.connectTimeout = timeout
        channel.timeouts = SMTPTimeouts(all: timeout)
        // Nothing hangs on the reply to QUIT.
        channel.timeouts.quit = min(timeout, .seconds(5))
        if let name = options.helo {
            helloName = try SendFailure.value(of: "--helo", name) { text throws(WireError) in
                try HelloName(lenient: text)
            }
        }
    }
}

extension SendOptions {
    /// The option that is not built yet and was asked for, if one was.
    fileprivate var notYet: String? {
        let options: [(String, Bool)] = [
            ("--lmtp", lmtp), ("--user", user != nil), ("--password-env", passwordEnv != nil),
            ("--password-file", passwordFile != nil), ("--auth", auth != nil), ("--ca-file", caFile != nil),
            ("--server-name", serverName != nil), ("--insecure-skip-verify", insecureSkipVerify),
            ("--client-cert", clientCert != nil), ("--client-key", clientKey != nil),
            ("--security \(security.rawValue)", security != .plain),
        ]
        return options.first { $0.1 }?.0
    }
}

extension SendOptions.Security {
    /// The port the field has agreed on.
    var defaultPort: Int {
        switch self {
        case .plain: SMTPPort.relay
        case .starttls, .starttlsIfOffered: SMTPPort.submission
        case .tls: SMTPPort.submissions
        }
    }
}
