public import SMTPSession
public import SMTPTransport
public import SMTPWire

/// How a connection is opened and used.
public struct SMTPConfiguration: Sendable {
    /// How the bytes are protected on the way.
    public var security: ConnectionSecurity

    /// The name to say hello with.
    ///
    /// Default `nil`: the connection's own address as a literal (RFC 5321 §4.1.4).
    public var helloName: HelloName?

    /// How a socket is opened.
    public var tcp = TCPOptions()

    /// Times, limits and the transcript.
    public var channel = ChannelOptions()

    /// Whether the commands of an envelope go in one segment where the server offers PIPELINING.
    ///
    /// Default `true`.
    public var isPipeliningAllowed = true

    /// Creates a configuration with the defaults.
    public init(security: ConnectionSecurity) {
        self.security = security
    }
}

/// How the bytes are protected on the way.
@nonexhaustive
public enum ConnectionSecurity: Hashable, Sendable {
    /// Not at all: whoever is between can read and change the mail.
    case insecurePlain
}
