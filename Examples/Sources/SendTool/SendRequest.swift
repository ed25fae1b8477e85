import SMTPClient
import SMTPTransport
import SMTPWire

/// What is to be done, checked as far as it can be before anything is opened.
struct SendRequest: Sendable {
    let endpoint: Endpoint
    let envelope: Envelope
    let configuration: SMTPConfiguration
    let policy: RecipientPolicy
    let message: Message.Source

    /// What the command line says of the message's octets.
    let encoding: Content.Encoding?

    /// Checks the command line.
    ///
    /// - Throws: ``SendFailure`` with exit code 64.
    init(_ options: SendOptions) throws(SendFailure) {
        envelope = try Envelope(options)
        endpoint = try Self.endpoint(options)
        configuration = try SMTPConfiguration(options)
        policy = options.allOrNothing ? .allOrNothing : .anyAccepted
        message = options.messageFile.map { $0 == "-" ? .standardInput : .file(path: $0) } ?? .standardInput
        encoding = options.extensions.body?.encoding
        if let deadline = options.deadline { _ = try SendFailure.duration(of: "--deadline", deadline) }
    }

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
        return .host(try host(options.host ?? "localhost"), port: options.port ?? options.security.defaultPort)
    }

    /// A host name or an address; an IPv6 address may stand in brackets, as in URLs.
    private static func host(_ text: String) throws(SendFailure) -> String {
        let host = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        if host.contains(":"), HelloName(address: String(host.prefix { $0 != "%" })) == nil {
            throw .usage("--host \"\(text)\" is no IPv6 address; a port goes to --port")
        }
        guard !host.isEmpty, host == DisplayText.escape(host), !host.contains(" ") else {
            throw .usage("--host \"\(text)\" is no host name")
        }
        return host
    }
}

extension SendFailure {
    /// Thirty years: more is a mistake, and would not fit where time is counted in nanoseconds.
    private static let longest = 1e9

    static func duration(of option: String, _ seconds: Double) throws(SendFailure) -> Duration {
        guard seconds > 0, seconds <= longest else {
            throw .usage("\(option) must be more than 0 and at most \(Int(longest)) seconds")
        }
        return .seconds(seconds)
    }

    /// A value of an option, which says what is wrong with it.
    static func value<Value>(
        of option: String,
        _ text: String,
        kind: Kind = .usage,
        _ make: (String) throws(WireError) -> Value
    ) throws(SendFailure) -> Value {
        do throws(WireError) {
            return try make(text)
        } catch {
            throw SendFailure(kind, "\(option) \"\(text)\": \(error)", .usage)
        }
    }

    /// An address or a name, likewise.
    static func address<Value>(
        of option: String,
        _ text: String,
        _ make: (String) throws(WireError) -> Value
    ) throws(SendFailure) -> Value {
        try value(of: option, text, kind: .invalidAddress, make)
    }
}
