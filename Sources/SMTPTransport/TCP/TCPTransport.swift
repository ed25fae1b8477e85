internal import NIOCore
internal import NIOPosix

/// A connected TCP or Unix domain socket on an event loop.
///
/// A stream that the peer ended in order reads as the end of the stream, one that broke throws
/// ``TransportError/reset``, each after what had arrived before. Nagle's delay is off: the session coalesces its
/// writes itself, and with the delay a message can cost 40 ms.
public final class TCPTransport: Transport, Sendable {
    /// The most bytes that are copied towards the socket before its room is asked again.
    static let writeUnit = 262_144

    private let loopExecutor: EventLoopExecutor
    private let channel: any Channel
    private let stream: NIOLoopBound<StreamHandler>

    init(channel: any Channel, stream: NIOLoopBound<StreamHandler>, executor: EventLoopExecutor) {
        self.channel = channel
        self.stream = stream
        self.loopExecutor = executor
    }

    /// A transport that its owner forgot to close leaves no socket behind.
    deinit {
        channel.close(promise: nil)
        loopExecutor.giveTurn()
    }

    /// The event loop's executor.
    public var executor: any TransportExecutor { loopExecutor }

    /// The local IPv4 or IPv6 address as text, or `nil` on a Unix domain socket.
    public var localAddress: String? { channel.localAddress?.ipAddress }

    /// The peer's IPv4 or IPv6 address as text, or `nil` on a Unix domain socket.
    public var remoteAddress: String? { channel.remoteAddress?.ipAddress }

    /// Waits for bytes and appends them to `buffer`; `false` at the end of the stream.
    ///
    /// - Throws: ``TransportError/reset``, ``TransportError/inputOutput(operation:errno:)``, or the reason of
    ///   ``close(_:)``.
    public func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool {
        try await stream.value.read(into: buffer)
    }

    /// Hands `bytes` to the socket, and waits while more than 64 KiB are queued before it.
    ///
    /// - Throws: ``TransportError/reset``, ``TransportError/inputOutput(operation:errno:)``, or the reason of
    ///   ``close(_:)``.
    public func write(_ bytes: RawSpan) async throws(TransportError) {
        let stream = stream.value
        var offset = 0
        while offset < bytes.byteCount {
            let end = min(offset + Self.writeUnit, bytes.byteCount)
            let mustWait = try stream.send(bytes.extracting(offset..<end))
            offset = end
            if mustWait { try await stream.room() }
        }
    }

    /// Sends what was written and then the end of the stream; reading goes on.
    ///
    /// - Throws: ``TransportError/reset`` or the reason of ``close(_:)``.
    public func shutdownWrite() async throws(TransportError) {
        try await stream.value.shutdownOutput()
    }

    /// Closes the socket at once.
    public func close(_ reason: TransportError) {
        stream.value.close(reason)
    }

    /// Closes the socket with a reset instead of an end, and drops what is still to be sent.
    public func abort() {
        stream.value.abort()
    }
}

extension TCPTransport: DirectTransport {
    /// Sends as much of `bytes` as the socket takes now, if nothing waits before it.
    package func writeAtOnce(_ bytes: RawSpan) throws(TransportError) -> Int {
        try stream.value.sendAtOnce(bytes)
    }

    /// Tells of what arrives by calls of `onEvent`.
    package func deliver(into buffer: ReceiveBuffer, _ onEvent: @escaping (StreamEvent) -> Void) {
        stream.value.deliver(into: buffer, onEvent)
    }

    /// The octets that the other side's system has taken so far.
    package var takenCount: Int? { stream.value.takenCount }

    /// Ends what ``deliver(into:_:)`` began.
    package func stopDelivering() {
        stream.value.stopDelivering()
    }
}

extension TCPTransport {
    /// Gives `channel`, on its loop, the handler that makes a transport of it.
    ///
    /// `hasOwnPipeline`: no other handler may have a part in what is written, so that the socket can be written to
    /// without the pipeline.
    static func install(
        on channel: any Channel,
        executor: EventLoopExecutor,
        hasOwnPipeline: Bool = true
    ) throws -> TCPTransport {
        let socket = hasOwnPipeline ? DirectSocket(of: channel) : nil
        socket?.closeInOtherPrograms()
        let handler = StreamHandler(executor: executor, socket: socket)
        try channel.pipeline.syncOperations.addHandler(handler)
        return TCPTransport(
            channel: channel,
            stream: NIOLoopBound(handler, eventLoop: channel.eventLoop),
            executor: executor
        )
    }
}
