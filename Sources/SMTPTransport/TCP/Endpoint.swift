/// Where a server is to be reached.
@nonexhaustive
public enum Endpoint: Hashable, Sendable {
    /// A TCP port of a host, given by name or by IPv4 or IPv6 address (without brackets).
    case host(String, port: Int)

    /// A Unix domain socket in the file system.
    case unixSocket(path: String)
}

extension Endpoint: CustomStringConvertible {
    /// The endpoint as people write it: `host:port`, `[address]:port` or the path.
    public var description: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}
