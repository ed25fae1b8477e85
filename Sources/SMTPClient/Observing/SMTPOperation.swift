public import SMTPTransport

/// Something that a connection does for its caller, as an ``SMTPObserver`` is told of it.
public struct SMTPOperation: Hashable, Sendable {
    /// What is done.
    @nonexhaustive
    public enum Kind: Hashable, Sendable {
        /// Connecting, up to the greeting, with TLS where it comes from the first byte.
        case connect
        /// STARTTLS, the handshake and the hello behind it.
        case startTLS
        /// An authentication.
        case authenticate
        /// One message to so many recipients.
        case send(recipientCount: Int)
        /// The end of the session.
        case quit
    }

    /// What is done.
    public let kind: Kind

    /// Where the server listens, or `nil` over a transport that was handed in.
    public let endpoint: Endpoint?

    /// The host that the server is to be.
    public let host: String

    /// The connection's number in this process, from 1: what belongs together in a log.
    public let connection: Int
}

extension SMTPOperation.Kind {
    /// The kind in one word, for labels and names of spans: `connect`, `starttls`, `auth`, `send` or `quit`.
    public var name: String {
        switch self {
        case .connect: "connect"
        case .startTLS: "starttls"
        case .authenticate: "auth"
        case .send: "send"
        case .quit: "quit"
        }
    }
}
