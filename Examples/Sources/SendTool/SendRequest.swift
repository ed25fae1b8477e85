import SMTPClient
import SMTPTransport
import ToolSupport

/// What is to be done, checked as far as it can be before anything is opened.
struct SendRequest: Sendable {
    let endpoint: Endpoint
    let envelope: Envelope
    let configuration: SMTPConfiguration
    let policy: RecipientPolicy
    let message: Message.Source

    /// What the command line says of the message's octets.
    let encoding: Content.Encoding?

    /// Whom the tool speaks for.
    let proxied: ProxyAttributes

    /// Checks the command line, and reads the password.
    ///
    /// - Throws: ``ToolFailure``, with exit code 64 for what is wrong with the command line.
    init(_ options: SendOptions, _ patience: Patience) throws(ToolFailure) {
        envelope = try Envelope(options)
        endpoint = try Self.endpoint(options)
        proxied = try ProxyAttributes(options.extensions)
        configuration = try SMTPConfiguration(options, patience)
        policy = options.allOrNothing ? .allOrNothing : .anyAccepted
        message = options.messageFile.map { $0 == "-" ? .standardInput : .file(path: $0) } ?? .standardInput
        encoding = options.extensions.body?.encoding
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
