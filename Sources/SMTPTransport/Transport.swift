/// A reliable, ordered stream of bytes in both directions: TCP, TLS over another transport, a pipe in memory, or yours.
///
/// A transport is owned by one `CommandChannel` (or by the transport that wraps it) and confined to ``executor``:
/// every method is called there, and it is not `Sendable`. One ``read(into:)`` and one ``write(_:)`` may be outstanding
/// together; a second of either kind is a programming error and may trap.
///
/// Cancelling the task that waits in ``read(into:)`` or ``write(_:)`` has no effect on the transport. Who wants to stop
/// waiting calls ``close(_:)``, which fails both waiters at once.
public protocol Transport: AnyObject {
    /// The executor all methods are called on and all waiters resume on.
    var executor: any TransportExecutor { get }

    /// The local IPv4 or IPv6 address as text, or `nil` where there is none; a wrapper passes on what it wraps.
    var localAddress: String? { get }

    /// The peer's IPv4 or IPv6 address as text, or `nil` where there is none; a wrapper passes on what it wraps.
    var remoteAddress: String? { get }

    /// What protects the bytes; by default nothing.
    var security: TransportSecurity { get }

    /// Waits for bytes and appends them to `buffer`.
    ///
    /// What arrived before an error is delivered before the error is thrown.
    ///
    /// - Returns: `true` when at least one byte was appended, `false` at the end of the stream.
    /// - Throws: ``TransportError`` when the stream broke or was closed from this side.
    func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool

    /// Hands over `bytes`, and returns when they are accepted: copied or sent, so that the memory may be used again.
    ///
    /// Suspends while the peer reads too slowly: this is the backpressure.
    ///
    /// - Throws: ``TransportError`` when the stream broke or was closed. How much of `bytes` left is not known then.
    func write(_ bytes: RawSpan) async throws(TransportError)

    /// Ends the outgoing direction after what was written, and leaves the incoming one open.
    ///
    /// Later writes throw ``TransportError/closed``.
    ///
    /// - Throws: ``TransportError`` when the stream broke before.
    func shutdownWrite() async throws(TransportError)

    /// Ends both directions now, synchronously; the first call wins, later ones do nothing.
    ///
    /// Outstanding and later reads and writes throw `reason`. Bytes accepted earlier are still sent if that needs no
    /// waiting.
    func close(_ reason: TransportError)

    /// Breaks the connection off: the peer meets a reset, and what is still under way may be lost.
    ///
    /// For servers in tests. Outstanding and later reads and writes throw ``TransportError/closed``. By default it is
    /// ``close(_:)``, for transports that cannot do worse; a wrapper passes it on.
    func abort()
}

extension Transport {
    /// No address, which suits a transport that is no socket.
    public var localAddress: String? { nil }

    /// No address, which suits a transport that is no socket.
    public var remoteAddress: String? { nil }

    /// No protection, which is true of everything but TLS.
    public var security: TransportSecurity { .none }

    /// Closes in order.
    public func abort() { close(.closed) }
}
