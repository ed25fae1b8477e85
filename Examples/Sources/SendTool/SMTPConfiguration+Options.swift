import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire

/// How the options about the connection become the library's configuration: here, and nowhere else.
extension SMTPConfiguration {
    /// - Throws: ``SendFailure`` with exit code 64, 66 for a file that is missing, or 77 for credentials in clear.
    init(_ options: SendOptions) throws(SendFailure) {
        let timeout = try SendFailure.duration(of: "--timeout", options.timeout)
        self.init(security: try ConnectionSecurity(options))
        tcp.connectTimeout = timeout
        channel.timeouts = SMTPTimeouts(all: timeout)
        // Nothing hangs on the reply to QUIT.
        channel.timeouts.quit = min(timeout, .seconds(5))
        isLMTP = options.lmtp
        let extensions = options.extensions
        if let chunking = extensions.chunking { self.chunking = chunking ? .always : .never }
        if extensions.body == .binary, extensions.chunking == false {
            throw .usage("--body binarymime goes by BDAT alone: drop --no-chunking")
        }
        if let name = options.helo {
            helloName = try SendFailure.address(of: "--helo", name) { text throws(WireError) in
                try HelloName(lenient: text)
            }
        }
        credentials = try Credentials(options)
        authentication.mechanisms = try options.auth?.names
    }
}

extension ConnectionSecurity {
    fileprivate init(_ options: SendOptions) throws(SendFailure) {
        switch options.security {
        case .plain:
            if let option = options.firstForTLS { throw .usage("\(option) is of no use with --security plain") }
            self = .insecurePlain
        case .starttls: self = .startTLS(try TLSConfiguration(options))
        case .starttlsIfOffered: self = .insecureStartTLSIfOffered(try TLSConfiguration(options))
        case .tls: self = .implicitTLS(try TLSConfiguration(options))
        }
    }
}

extension TLSConfiguration {
    fileprivate init(_ options: SendOptions) throws(SendFailure) {
        self.init()
        if let file = options.caFile { trust = [.file(file)] }
        if options.insecureSkipVerify { verification = .insecureSkipVerification }
        serverName = options.serverName
        if let certificate = options.clientCert {
            identity = TLSIdentity(certificates: .file(certificate), key: options.clientKey.map { .file($0) })
        } else if options.clientKey != nil {
            throw .usage("--client-key needs a --client-cert")
        }
        do throws(TLSError) {
            // A mistake in a file or a name shows before anything is opened.
            try prepare(for: .client(host: options.host ?? "localhost"))
        } catch {
            throw SendFailure(error)
        }
    }
}

extension SendOptions {
    /// The first option that only TLS has a use for.
    fileprivate var firstForTLS: String? {
        let options: [(String, Bool)] = [
            ("--ca-file", caFile != nil), ("--server-name", serverName != nil),
            ("--insecure-skip-verify", insecureSkipVerify), ("--client-cert", clientCert != nil),
            ("--client-key", clientKey != nil), ("--require-tls", extensions.requireTLS),
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
