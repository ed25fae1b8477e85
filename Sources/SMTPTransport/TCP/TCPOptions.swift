/// How a TCP connection is opened.
public struct TCPOptions: Hashable, Sendable {
    /// How long looking the name up and connecting may take together.
    ///
    /// Default 30 seconds; `nil` for as long as it takes.
    public var connectTimeout: Duration? = .seconds(30)

    /// The local IPv4 or IPv6 address to connect from, or `nil`, the default, for the system's choice.
    public var localAddress: String?

    /// Creates the default options.
    public init() {}
}
