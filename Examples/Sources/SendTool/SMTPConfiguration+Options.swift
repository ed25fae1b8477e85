import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire
import ToolOptions
import ToolSupport

/// How the options about the connection become the library's configuration: here, and nowhere else.
extension SMTPConfiguration {
    /// - Throws: ``ToolFailure`` with exit code 64, 66 for a file that is missing, or 77 for credentials in clear;
    ///   with 75 if `patience` ends before the password's file does.
    init(_ options: SendOptions, _ patience: Patience) throws(ToolFailure) {
        let timeout = try ToolFailure.duration(of: "--timeout", options.timeout)
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
            helloName = try ToolFailure.address(of: "--helo", name) { text throws(WireError) in
                try HelloName(lenient: text)
            }
        }
        credentials = try Credentials(options, patience)
        authentication.mechanisms = try options.auth?.names
    }
}

extension ConnectionSecurity {
    fileprivate init(_ options: SendOptions) throws(ToolFailure) {
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
    fileprivate init(_ options: SendOptions) throws(ToolFailure) {
        try self.init(options.tls, host: options.host ?? "localhost") { configuration in
            if options.insecureSkipVerify {
                configuration.verification = .insecureSkipVerification
            } else if options.security == .starttlsIfOffered {
                // As the connection will have it: a system without certificates to trust stops no mail.
                configuration.verification = .insecureRecordOnly
            }
        }
    }
}

extension SendOptions {
    /// The first option that only TLS has a use for.
    fileprivate var firstForTLS: String? {
        if let option = tls.firstGiven { return option }
        if insecureSkipVerify { return "--insecure-skip-verify" }
        return extensions.requireTLS ? "--require-tls" : nil
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
