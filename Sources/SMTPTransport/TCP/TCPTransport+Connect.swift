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

extension TCPTransport {
    /// Connects to `endpoint`, trying all addresses of a host name in the order of RFC 8305 (Happy Eyeballs).
    ///
    /// Cancelling the task gives up at once and leaves no socket behind.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server listens.
    ///   - options: The time allowed and the local address.
    ///   - executor: The event loop the connection will live on.
    /// - Returns: The connected transport.
    /// - Throws: ``TransportError/hostNotFound(host:)``, ``TransportError/nameResolutionFailed(host:reason:)``,
    ///   ``TransportError/connectFailed(_:)``, ``TransportError/connectTimedOut(target:after:)``,
    ///   ``TransportError/invalidEndpoint(_:)`` or ``TransportError/cancelled``.
    public static func connect(
        to endpoint: Endpoint,
        options: TCPOptions = TCPOptions(),
        executor: EventLoopExecutor = .next()
    ) async throws(TransportError) -> TCPTransport {
        let attempt = ConnectAttempt()
        let bootstrap = try bootstrap(on: executor, attempt: attempt, options: options)
        let timer = options.connectTimeout.map { timeout in
            executor.schedule(at: executor.now.advanced(by: timeout)) {
                attempt.finish(.failure(.connectTimedOut(target: "\(endpoint)", after: timeout)))
            }
        }
        executor.directLoop?.leaveToNIO()
        defer {
            executor.directLoop?.takeBack()
            timer?.cancel()
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard attempt.begin(continuation) else { return }
                do throws(TransportError) {
                    try start(bootstrap, endpoint).whenComplete { result in
                        let result =
                            result
                            .mapError { TransportError(connecting: $0, to: endpoint) }
                            .flatMap { channel in attempt.transport(of: channel) }
                        // The first write follows in the event, and not in the loop's next round.
                        executor.runEvent { attempt.finish(result) }
                    }
                } catch {
                    attempt.finish(.failure(error))
                }
            }
        } onCancel: {
            attempt.finish(.failure(.cancelled))
            executor.giveTurn()
        }
        return try result.get()
    }

    private static func bootstrap(
        on executor: EventLoopExecutor,
        attempt: ConnectAttempt,
        options: TCPOptions
    ) throws(TransportError) -> ClientBootstrap {
        // NIO sets TCP_NODELAY on each TCP socket by itself.
        var bootstrap = ClientBootstrap(group: executor.eventLoop)
            // The time allowed covers the look-up as well, so it is kept here and not by the bootstrap.
            .connectTimeout(.hours(24 * 365))
            .resolver(NameResolver(eventLoop: executor.eventLoop))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Not by the bootstrap, whose list of options goes through casts at each connection.
                    try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                    attempt.add(try install(on: channel, executor: executor), of: channel)
                }
            }
        if let local = options.localAddress {
            do {
                bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: local, port: 0))
            } catch {
                throw .invalidEndpoint("\(SafeText.quoted(local)) is no IP address to connect from")
            }
        }
        return bootstrap
    }

    private static func start(
        _ bootstrap: ClientBootstrap,
        _ endpoint: Endpoint
    ) throws(TransportError) -> EventLoopFuture<any Channel> {
        switch endpoint {
        case .unixSocket(let path):
            let address: SocketAddress
            do {
                address = try SocketAddress(unixDomainSocketPath: path)
            } catch {
                throw .invalidEndpoint("the socket path \(SafeText.quoted(path)) is too long")
            }
            return bootstrap.connect(to: address)
        case .host(let host, let port):
            guard (1...65_535).contains(port) else { throw .invalidEndpoint("port \(port) is not in 1...65535") }
            guard !host.isEmpty, !host.utf8.contains(0) else {
                throw .invalidEndpoint("\(SafeText.quoted(host)) is no host name")
            }
            // An address needs no look-up, and so no other thread.
            if let address = try? SocketAddress(ipAddress: host, port: port) { return bootstrap.connect(to: address) }
            return bootstrap.connect(host: host, port: port)
        }
    }
}

/// One call of `connect`: whatever comes first of connection, failure, time-out and cancellation is its result, and
/// what is left over is closed.
private final class ConnectAttempt: Sendable {
    typealias Waiter = CheckedContinuation<Result<TCPTransport, TransportError>, Never>
    private typealias Socket = (channel: any Channel, transport: TCPTransport)

    private struct State {
        var continuation: Waiter?
        var early: Result<TCPTransport, TransportError>?
        var isFinished = false
        var sockets: [Socket] = []
    }

    private let state = Mutex(State())

    /// Takes the waiter, or resumes it and returns `false` if the attempt was cancelled before it began.
    func begin(_ continuation: Waiter) -> Bool {
        let early = state.withLock { state in
            if state.early == nil { state.continuation = continuation }
            return state.early
        }
        if let early { continuation.resume(returning: early) }
        return early == nil
    }

    /// Keeps a socket that was made for the attempt, so that it can be closed when it loses.
    func add(_ transport: TCPTransport, of channel: any Channel) {
        let isLate = state.withLock { state in
            if !state.isFinished { state.sockets.append((channel, transport)) }
            return state.isFinished
        }
        if isLate { channel.close(promise: nil) }
    }

    func transport(of channel: any Channel) -> Result<TCPTransport, TransportError> {
        let transport = state.withLock { state in state.sockets.first { $0.channel === channel }?.transport }
        return transport.map { .success($0) } ?? .failure(.cancelled)
    }

    func finish(_ result: Result<TCPTransport, TransportError>) {
        // Closing a socket may fail its connect at once, which comes back here: so nothing is closed or let go of, which
        // closes too, under the lock.
        let (continuation, sockets) = state.withLock { state -> (Waiter?, [Socket]) in
            guard !state.isFinished else { return (nil, []) }
            state.isFinished = true
            if state.continuation == nil { state.early = result }
            defer { state.sockets = [] }
            return (state.continuation.take(), state.sockets)
        }
        let winner = try? result.get()
        for socket in sockets where socket.transport !== winner { socket.channel.close(promise: nil) }
        continuation?.resume(returning: result)
    }
}

extension TransportError {
    /// What a failed connect means: which addresses were tried, or why there was none.
    fileprivate init(connecting error: any Error, to endpoint: Endpoint) {
        switch error {
        case let error as NIOConnectionError where !error.connectionErrors.isEmpty:
            self = .connectFailed(
                error.connectionErrors.map { ConnectFailure(address: $0.target.text, error: $0.error) }
            )
        case let error as NIOConnectionError:
            self =
                [error.dnsAAAAError, error.dnsAError].lazy.compactMap { $0 as? TransportError }.first
                ?? .hostNotFound(host: error.host)
        default:
            self = .connectFailed([ConnectFailure(address: "\(endpoint)", error: error)])
        }
    }
}

extension SocketAddress {
    /// The address and port as people write them.
    fileprivate var text: String {
        guard let address = ipAddress else { return pathname ?? "\(self)" }
        return address.contains(":") ? "[\(address)]:\(port ?? 0)" : "\(address):\(port ?? 0)"
    }
}

extension ConnectFailure {
    fileprivate init(address: String, error: any Error) {
        let timedOut = error is ChannelError
        self.init(address: address, errno: (error as? IOError)?.errnoCode ?? (timedOut ? ETIMEDOUT : EIO))
    }
}
