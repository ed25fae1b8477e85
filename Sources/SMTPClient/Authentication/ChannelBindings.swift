/// What a TLS connection is told apart from all others by, for SCRAM's -PLUS forms: a proof made for one connection is
/// worthless on another.
///
/// `tls-unique` is left out on purpose: TLS 1.3 does not have it, and before that it is not unique (RFC 9266 §3).
public struct ChannelBindings: Hashable, Sendable {
    /// The octets of `tls-exporter` (RFC 9266), or `nil` where they are not unique to the connection.
    public var exporter: [UInt8]?

    /// The octets of `tls-server-end-point` (RFC 5929 §4), or `nil` where they are not defined.
    public var serverEndPoint: [UInt8]?

    /// Creates the bindings of a connection.
    public init(exporter: [UInt8]? = nil, serverEndPoint: [UInt8]? = nil) {
        self.exporter = exporter
        self.serverEndPoint = serverEndPoint
    }

    /// There is nothing to bind to.
    public static let none = ChannelBindings()

    /// Those that are there, the one to try first in front.
    var usable: [ChannelBinding] {
        [
            exporter.map { ChannelBinding(type: "tls-exporter", octets: $0) },
            serverEndPoint.map { ChannelBinding(type: "tls-server-end-point", octets: $0) },
        ].compactMap { $0 }
    }
}

/// One way to bind to a channel.
public struct ChannelBinding: Hashable, Sendable {
    /// The registered name, such as `tls-exporter`.
    public let type: String

    /// What identifies the channel.
    public let octets: [UInt8]

    /// Creates a binding.
    public init(type: String, octets: [UInt8]) {
        self.type = type
        self.octets = octets
    }
}
