public import SMTPTransport
public import SMTPWire

/// What a channel knows about its connection, readable from any task.
public struct ChannelState: Hashable, Sendable {
    /// Whether commands can still be sent.
    public internal(set) var isOpen = true

    /// The reply to the connection, or `nil` before it came.
    public internal(set) var greeting: SMTPReply?

    /// The keywords last populated from a reply to EHLO.
    public internal(set) var extensions = ServiceExtensions()

    /// What is known of TLS: version, cipher, certificates; `nil` in clear.
    public internal(set) var tls: TLSInfo?

    /// What protects the bytes on the way.
    public internal(set) var security: TransportSecurity

    /// Where the session stands, by the replies so far.
    public internal(set) var transaction = TransactionState()

    /// The local IP address as text, or `nil` if the transport has none.
    public internal(set) var localAddress: String?

    /// The server's IP address as text, or `nil` if the transport has none.
    public internal(set) var remoteAddress: String?
}
