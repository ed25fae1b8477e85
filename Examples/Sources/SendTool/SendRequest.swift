import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire

/// What is to be done, checked as far as it can be before anything is opened.
struct SendRequest {
    let endpoint: Endpoint
    let envelope: Envelope
    let configuration: SMTPConfiguration
    let policy: RecipientPolicy
    let deadline: Duration?
    let message: MessageInput.Source

    init(_ options: SendOptions) throws(SendFailure) {
        guard options.timeout > 0, options.timeout <= SendRequest.longest else {
            throw .usage("--timeout must be more than 0 and at most \(Int(SendRequest.longest)) seconds")
        }
        if let deadline = options.deadline, !(deadline > 0 && deadline <= SendRequest.longest) {
            throw .usage("--deadline must be more than 0 and at most \(Int(SendRequest.longest)) seconds")
        }
        endpoint = try SendRequest.endpoint(options)
        envelope = try SendRequest.envelope(options)
        if let option = options.notYet {
            throw .usage("\(option) is not yet built: this version sends with --security plain, without authentication")
        }
        policy = options.allOrNothing ? .allOrNothing : .anyAccepted
        deadline = options.deadline.map { .seconds($0) }
        message = options.messageFile.map { $0 == "-" ? .standardInput : .file(path: $0) } ?? .standardInput
        configuration = try SendRequest.configuration(options)
    }

    /// Thirty years: more is a mistake, and would not fit where time is counted in nanoseconds.
    private static let longest = 1e9

    private static func endpoint(_ options: SendOptions) throws(SendFailure) -> Endpoint {
        if let port = options.port, !(1...65_535).contains(port) {
            throw .usage("--port must be from 1 to 65535")
        }
        if let socket = options.socket {
            guard options.host == nil, options.port == nil else {
                throw .usage("--socket excludes --host and --port")
            }
            guard !socket.isEmpty, socket.utf8.count < 104 else {
                throw .usage("--socket must be a path of 1 to 103 octets")
            }
            return .unixSocket(path: socket)
        }
        if options.lmtp {
            guard let port = options.port, port != 25 else {
                throw .usage("--lmtp needs a --socket or a --port, which must not be 25 (RFC 2033)")
            }
        }
        let host = options.host ?? "localhost"
        guard !host.isEmpty, !host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw .usage("--host \(DisplayText.escape(host)) is no host name")
        }
        return .host(host, port: options.port ?? options.security.defaultPort)
    }

    private static func envelope(_ options: SendOptions) throws(SendFailure) -> Envelope {
        guard !options.to.isEmpty else { throw .usage("--to is missing: give at least one recipient") }
        let reversePath = try value(of: "--from", options.from) { text throws(WireError) in
            try isWild(text) ? ReversePath(lenient: text) : ReversePath(text)
        }
        var forwardPaths: [ForwardPath] = []
        for recipient in options.to {
            forwardPaths.append(
                try value(of: "--to", recipient) { text throws(WireError) in
                    try isWild(text) ? ForwardPath(lenient: text) : ForwardPath(text)
                }
            )
        }
        return Envelope(from: reversePath, to: forwardPaths)
    }

    private static func configuration(_ options: SendOptions) throws(SendFailure) -> SMTPConfiguration {
        let timeout = Duration.seconds(options.timeout)
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.tcp.connectTimeout = timeout
        configuration.channel.timeouts = SMTPTimeouts(all: timeout)
        // Nothing hangs on the reply to QUIT.
        configuration.channel.timeouts.quit = min(timeout, .seconds(5))
        if let name = options.helo {
            configuration.helloName = try value(of: "--helo", name) { text throws(WireError) in
                try HelloName(lenient: text)
            }
        }
        return configuration
    }

    /// Whether an address has dots or underscores where the grammar has none, and is met in the wild all the same.
    private static func isWild(_ text: String) -> Bool {
        text.utf8.allSatisfy { octet in
            switch octet {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x3D, 0x40, 0x5F: true
            default: false
            }
        } && text.utf8.count { $0 == 0x40 } == 1
    }

    private static func value<Value>(
        of option: String,
        _ text: String,
        _ make: (String) throws(WireError) -> Value
    ) throws(SendFailure) -> Value {
        do throws(WireError) {
            return try make(text)
        } catch {
            throw SendFailure(.invalidAddress, "\(option) \"\(DisplayText.escape(text))\": \(error)", .usage)
        }
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
