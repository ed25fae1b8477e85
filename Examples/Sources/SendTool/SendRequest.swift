import SMTPClient
import SMTPTransport
import SMTPWire
import ToolSupport

/// What is to be done, checked as far as it can be before anything is opened.
struct SendRequest: Sendable {
    let endpoint: Endpoint
    let envelope: Envelope
    let configuration: SMTPConfiguration
    let policy: RecipientPolicy
    let message: Message.Source

    /// Checks the command line.
    ///
    /// - Throws: ``ToolFailure`` with exit code 64.
    init(_ options: SendOptions) throws(ToolFailure) {
        envelope = try Self.envelope(options)
        endpoint = try Self.endpoint(options)
        configuration = try SMTPConfiguration(options)
        policy = options.allOrNothing ? .allOrNothing : .anyAccepted
        message = options.messageFile.map { $0 == "-" ? .standardInput : .file(path: $0) } ?? .standardInput
        if let deadline = options.deadline { _ = try ToolFailure.duration(of: "--deadline", deadline) }
    }

    private static func envelope(_ options: SendOptions) throws(ToolFailure) -> Envelope {
        guard let from = options.from else {
            throw .usage("--from is missing: give the address for reports, or '' for none")
        }
        guard !options.to.isEmpty else { throw .usage("--to is missing: give at least one recipient") }
        let reversePath = try ToolFailure.value(of: "--from", from) { text throws(WireError) in
            try isWild(text) ? ReversePath(lenient: text) : ReversePath(text)
        }
        var forwardPaths: [ForwardPath] = []
        for recipient in options.to {
            forwardPaths.append(
                try ToolFailure.value(of: "--to", recipient) { text throws(WireError) in
                    try isWild(text) ? ForwardPath(lenient: text) : ForwardPath(text)
                }
            )
        }
        return Envelope(from: reversePath, to: forwardPaths)
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

    private static func endpoint(_ options: SendOptions) throws(ToolFailure) -> Endpoint {
        if let socket = options.socket {
            guard options.host == nil, options.port == nil else {
                throw .usage("--socket excludes --host and --port")
            }
            return try Endpoint(socket: socket)
        }
        if options.lmtp {
            guard let port = options.port, port != 25 else {
                throw .usage("--lmtp needs a --socket or a --port, which must not be 25 (RFC 2033)")
            }
        }
        return try Endpoint(
            host: options.host ?? "localhost",
            port: options.port ?? options.security.defaultPort
        )
    }
}
