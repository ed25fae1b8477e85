internal import NIOCore
internal import NIOPosix
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// A listening socket whose connections are transports.
///
/// All connections live on one executor, so that a server of ours needs no lock between them. The socket is closed by
/// ``close()`` or when the listener goes away; connections already accepted go on.
public final class TCPListener: Sendable {
    /// The executor that accepted connections are confined to.
    public let executor: EventLoopExecutor

    /// The endpoint a client connects to; its port is the one the system chose if that was asked for.
    public let endpoint: Endpoint

    private let channel: any Channel
    private let queue: AcceptQueue

    private init(channel: any Channel, queue: AcceptQueue, endpoint: Endpoint, executor: EventLoopExecutor) {
        self.channel = channel
        self.queue = queue
        self.endpoint = endpoint
        self.executor = executor
    }

    deinit {
        close()
    }

    /// The TCP port, or `nil` on a Unix domain socket.
    public var port: Int? { channel.localAddress?.port }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - endpoint: An IP address with a port, by default 127.0.0.1 with 0, which means a free port of the system's
    ///     choice; or a socket path, at which nothing may exist.
    ///   - executor: The event loop that accepted connections will live on.
    /// - Returns: The listener, to which clients can connect from now on.
    /// - Throws: ``TransportError/invalidEndpoint(_:)`` or ``TransportError/inputOutput(operation:errno:)``.
    public static func bind(
        to endpoint: Endpoint = .host("127.0.0.1", port: 0),
        executor: EventLoopExecutor = .next()
    ) async throws(TransportError) -> TCPListener {
        let address = try address(of: endpoint)
        let queue = AcceptQueue()
        executor.directLoop?.leaveToNIO()
        let bound = ServerBootstrap(group: executor.eventLoop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { DirectSocket(of: channel)?.closeInOtherPrograms() }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    queue.add(try TCPTransport.install(on: channel, executor: executor))
                }
            }
            .bind(to: address)
        let result = await withCheckedContinuation { continuation in
            bound.whenComplete { continuation.resume(returning: $0) }
        }
        switch result {
        case .failure(let error):
            executor.directLoop?.takeBack()
            throw TransportError(error, during: "listening on \(endpoint)")
        case .success(let channel):
            channel.closeFuture.whenComplete { _ in executor.directLoop?.takeBack() }
            let actual: Endpoint =
                if case .host(let host, _) = endpoint, let port = channel.localAddress?.port {
                    .host(host, port: port)
                } else {
                    endpoint
                }
            return TCPListener(channel: channel, queue: queue, endpoint: actual, executor: executor)
        }
    }

    /// Waits for the next connection; `nil` once the listener is closed.
    ///
    /// One task may wait at a time.
    ///
    /// - Throws: ``TransportError/cancelled`` if the task is cancelled, which leaves the listener as it was.
    public func accept() async throws(TransportError) -> TCPTransport? {
        try await queue.next()
    }

    /// Stops listening, and closes connections that nobody has accepted yet.
    public func close() {
        channel.close(promise: nil)
        // Once only: the path may belong to another listener by the next time.
        if queue.close(), case .unixSocket(let path) = endpoint { unlink(path) }
    }

    private static func address(of endpoint: Endpoint) throws(TransportError) -> SocketAddress {
        // The socket address has two octets for it, and traps.
        if case .host(_, let port) = endpoint, !(0...65_535).contains(port) {
            throw .invalidEndpoint("port \(port) is not in 0...65535")
        }
        do {
            switch endpoint {
            case .host(let host, let port): return try SocketAddress(ipAddress: host, port: port)
            case .unixSocket(let path): return try SocketAddress(unixDomainSocketPath: path)
            }
        } catch {
            throw .invalidEndpoint("\(endpoint) is no IP address or socket path to listen on")
        }
    }
}

/// The connections that came in and were not accepted yet, in order.
private final class AcceptQueue: Sendable {
    typealias Waiter = CheckedContinuation<Result<TCPTransport?, TransportError>, Never>

    private struct State {
        var transports: [TCPTransport] = []
        var waiter: Waiter?
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(_ transport: TCPTransport) {
        let waiter = state.withLock { state -> Waiter? in
            guard !state.isClosed else { return nil }
            if state.waiter == nil { state.transports.append(transport) }
            return state.waiter.take()
        }
        waiter?.resume(returning: .success(transport))
    }

    func next() async throws(TransportError) -> TCPTransport? {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate = state.withLock { state -> Result<TCPTransport?, TransportError>? in
                    if Task.isCancelled { return .failure(.cancelled) }
                    if !state.transports.isEmpty { return .success(state.transports.removeFirst()) }
                    if state.isClosed { return .success(nil) }
                    precondition(state.waiter == nil, "a second task waits for a connection")
                    state.waiter = continuation
                    return nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume(returning: .failure(.cancelled))
        }
        return try result.get()
    }

    /// Ends the waiting, and returns whether it was not ended before; what nobody accepted closes as it is let go.
    func close() -> Bool {
        let (isFirst, waiter, transports) = state.withLock { state in
            defer {
                state.isClosed = true
                state.transports = []
            }
            return (!state.isClosed, state.waiter.take(), state.transports)
        }
        waiter?.resume(returning: .success(nil))
        return withExtendedLifetime(transports) { isFirst }
    }
}
