/// Why a byte stream could not be opened, broke, or was closed.
///
/// The description is one line that is safe to log.
@nonexhaustive
public enum TransportError: Error, Hashable, Sendable {
    /// The name does not exist, or has no address.
    case hostNotFound(host: String)

    /// The name could not be looked up for now; later it may.
    case nameResolutionFailed(host: String, reason: String)

    /// No connection came about; one failure for each address tried, in that order.
    case connectFailed([ConnectFailure])

    /// No connection came about within the time allowed.
    case connectTimedOut(target: String, after: Duration)

    /// The endpoint cannot exist: a port out of range, a socket path too long, a local address that is none.
    case invalidEndpoint(String)

    /// The peer, or something between, broke the connection off; data may have been lost.
    case reset

    /// The connection was closed from this side.
    case closed

    /// The task that was opening or using the connection was cancelled.
    case cancelled

    /// The system reported another failure: what was done, and the system's error number.
    case inputOutput(operation: String, errno: Int32)

    /// TLS could not be set up, or broke.
    case tls(TLSError)
}

/// A failed attempt at one address.
public struct ConnectFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address tried, with its port.
    public let address: String

    /// The system's error number, such as `ECONNREFUSED`.
    public let errno: Int32

    /// Creates the record of a failed attempt at `address`.
    public init(address: String, errno: Int32) {
        self.address = address
        self.errno = errno
    }

    /// The address and the system's words for the error.
    public var description: String { "\(SafeText.escape(address)): \(SystemError.text(errno))" }
}

extension TransportError: CustomStringConvertible {
    /// One line that says what happened, safe to log.
    public var description: String {
        switch self {
        case .hostNotFound(let host):
            "host \(SafeText.quoted(host)) not found"
        case .nameResolutionFailed(let host, let reason):
            "looking up host \(SafeText.quoted(host)) failed for now: \(SafeText.escape(reason))"
        case .connectFailed(let failures):
            "cannot connect: " + failures.map(\.description).joined(separator: "; ")
        case .connectTimedOut(let target, let duration):
            "no connection to \(SafeText.escape(target)) within \(duration)"
        case .invalidEndpoint(let reason):
            "invalid endpoint: \(SafeText.escape(reason))"
        case .reset:
            "the connection was reset by the peer"
        case .closed:
            "the connection was closed from this side"
        case .cancelled:
            "the task was cancelled"
        case .inputOutput(let operation, let errno):
            "\(SafeText.escape(operation)) failed: \(SystemError.text(errno))"
        case .tls(let error):
            error.description
        }
    }
}
