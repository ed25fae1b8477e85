public import NIOCore
internal import NIOPosix

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

// The one file in which a type of NIO is public: a channel that lives already can come from nowhere else.

extension TCPTransport {
    /// Makes a transport of a connected stream socket that was opened elsewhere, and owns it from now on.
    ///
    /// - Parameters:
    ///   - descriptor: The socket's file descriptor. It is closed with the transport, and when adopting it fails.
    ///   - executor: The event loop the connection will live on.
    /// - Returns: The transport, ready to be read and written.
    /// - Throws: ``TransportError/inputOutput(operation:errno:)`` if the descriptor is no connected stream socket.
    public static func adopt(
        descriptor: Int32,
        executor: EventLoopExecutor = .next()
    ) async throws(TransportError) -> TCPTransport {
        try ConnectedSocket.check(descriptor)
        executor.directLoop?.leaveToNIO()
        defer { executor.directLoop?.takeBack() }
        let adopted = AdoptedTransport()
        let channel = ClientBootstrap(group: executor.eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    adopted.set(try install(on: channel, executor: executor))
                }
            }
            .withConnectedSocket(descriptor)
        return try await adopted.value(after: channel)
    }

    /// Makes a transport of a connected NIO channel, and owns it from now on.
    ///
    /// The channel must not have a handler that reads or that changes bytes unless that is wanted, and should have
    /// `allowRemoteHalfClosure` set, without which the end of the stream closes it. Bytes that the channel delivered
    /// before are not seen here.
    ///
    /// - Parameter channel: An active channel of a stream socket; the transport lives on its event loop.
    /// - Returns: The transport, ready to be read and written.
    /// - Throws: ``TransportError/closed`` if the channel is not active.
    public static func adopt(channel: any Channel) async throws(TransportError) -> TCPTransport {
        let executor = EventLoopExecutor(channel.eventLoop)
        let adopted = AdoptedTransport()
        let installed = channel.eventLoop.submit {
            guard channel.isActive else { throw TransportError.closed }
            // The caller's handlers may change what passes them, as TLS does.
            adopted.set(try install(on: channel, executor: executor, hasOwnPipeline: false))
            return channel
        }
        return try await adopted.value(after: installed)
    }
}

extension EventLoopExecutor {
    /// Creates an executor on an event loop of the caller's own.
    ///
    /// - Parameter eventLoop: The loop; it must outlive every transport on it. Not one of this library's (the one that code
    ///   runs on within `CommandChannel.runOnEventLoop`, say): what it is handed past this library waits some milliseconds.
    public convenience init(on eventLoop: any EventLoop) {
        self.init(eventLoop)
    }
}

/// What a descriptor must be to become a transport; NIO traps on what is no socket.
private enum ConnectedSocket {
    /// Closes `descriptor` and throws unless it is a connected stream socket.
    static func check(_ descriptor: Int32) throws(TransportError) {
        let failure = failure(of: descriptor)
        guard failure != 0 else { return }
        close(descriptor)
        throw .inputOutput(operation: "adopting the socket", errno: failure)
    }

    /// Returns 0 if `descriptor` is a connected stream socket, otherwise the error number that says why not.
    private static func failure(of descriptor: Int32) -> Int32 {
        var type: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 else { return errno }
        #if canImport(Glibc)
        guard type == Int32(SOCK_STREAM.rawValue) else { return EPROTOTYPE }
        #else
        guard type == SOCK_STREAM else { return EPROTOTYPE }
        #endif
        var peer = sockaddr_storage()
        size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
        }
        return result == 0 ? 0 : errno
    }
}
