import SMTPTransport
import Synchronization
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Loopback alone, on ports the system chooses.
@Suite("TCPTransport")
struct TCPTransportTests {
    private func pair() async throws -> (client: TCPTransport, server: TCPTransport, executor: EventLoopExecutor) {
        let executor = EventLoopExecutor.next()
        let listener = try await TCPListener.bind(executor: executor)
        let client = try await TCPTransport.connect(to: listener.endpoint, executor: executor)
        return (client, try #require(try await listener.accept()), executor)
    }

    /// What a count has come to when it has begun, and goes no further while others run.
    private func settled(_ counter: Counter) async -> Int {
        var before = 0
        while counter.value == 0 || counter.value != before {
            before = counter.value
            for _ in 0..<1000 { await Task.yield() }
        }
        return before
    }

    @Test("Megabytes pass both ways at once unharmed")
    func bulk() async throws {
        let (client, server, executor) = try await pair()
        let sent = noise(3_000_000)
        async let first = run(on: executor) { try await server.readAll(upTo: sent.count) }
        async let second = run(on: executor) { try await client.readAll(upTo: sent.count) }
        async let writing: Void = run(on: executor) { try await client.write(sent) }
        async let answering: Void = run(on: executor) { try await server.write(sent) }
        _ = try await (writing, answering)
        #expect(try await first == sent)
        #expect(try await second == sent)
    }

    @Test("Writes keep their order where the socket is full and some of them wait")
    func order() async throws {
        let (client, server, executor) = try await pair()
        let bytes = noise(20_000_000)
        let writing = Task(executorPreference: executor) {
            var offset = 0
            // Small enough that several wait at once below the mark at which the writer does.
            var size = 1
            while offset < bytes.count {
                let end = min(offset + size, bytes.count)
                try await client.write(bytes.span.bytes.extracting(offset..<end))
                offset = end
                size = size * 7 % 20_011
            }
            try await client.shutdownWrite()
        }
        let received = try await run(on: executor) {
            let buffer = ReceiveBuffer()
            while try await server.read(into: buffer) {
                // The other end fills the socket meanwhile.
                for _ in 0..<20 { await Task.yield() }
            }
            return buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
        }
        try await writing.value
        let isEqual = received == bytes
        #expect(isEqual)
    }

    @Test("Bytes that are there already reach a task with no preference for the executor", .timeLimit(.minutes(1)))
    func plainTask() async throws {
        let (client, server, executor) = try await pair()
        for _ in 0..<200 {
            try await run(on: executor) { try await server.write("x") }
            try await TransportUser(client).readOne()
        }
    }

    @Test("A reader who does not read makes the writer wait")
    func backpressure() async throws {
        let (client, server, executor) = try await pair()
        let piece = noise(65_536)
        let written = Counter()
        let writing = Task(executorPreference: executor) {
            await transportError { () async throws(TransportError) in
                for _ in 0..<2000 {
                    try await client.write(piece)
                    written.increment()
                }
            }
        }
        // The socket buffers of both ends and 64 KiB before them are all that is taken: far from 130 MB.
        let before = await settled(written)
        #expect(before > 0 && before < 1000)
        let received = try await run(on: executor) { try await server.readAll(upTo: 2000 * piece.count).count }
        #expect(received == 2000 * piece.count)
        #expect(await writing.value == nil)
    }

    @Test("Bytes that nobody reads are not read off the socket without end")
    func receiveBackpressure() async throws {
        let (client, server, executor) = try await pair()
        let piece = noise(65_536)
        let written = Counter()
        let writing = Task(executorPreference: executor) {
            await transportError { () async throws(TransportError) in
                for _ in 0..<500 {
                    try await server.write(piece)
                    written.increment()
                }
                try await server.shutdownWrite()
            }
        }
        let before = await settled(written)
        #expect(before > 0 && before < 400)
        #expect(try await run(on: executor) { try await client.readAll().count } == 500 * piece.count)
        #expect(await writing.value == nil)
    }

    @Test("The end of the stream is told from a connection that broke")
    func endAndReset() async throws {
        let (client, server, executor) = try await pair()
        try await run(on: executor) {
            try await server.write("bye")
            try await server.shutdownWrite()
            #expect(try await client.readAll() == Array("bye".utf8))
            try await client.write("still open")
            #expect(try await server.readAll(upTo: 10).count == 10)
            client.close(.closed)
        }
        let (second, breaker, loop) = try await pair()
        try await run(on: loop) {
            // Closing with bytes unread makes the system send a reset.
            try await second.write(noise(100_000))
            try await breaker.write("552 too much\r\n")
            while true {
                let buffer = ReceiveBuffer()
                guard try await breaker.read(into: buffer), buffer.count < 10 else { break }
            }
            breaker.close(.closed)
            let buffer = ReceiveBuffer()
            let error = await transportError { () async throws(TransportError) in
                while try await second.read(into: buffer) {}
            }
            #expect(buffer.count == 14)
            #expect(error == .reset || error == nil)
        }
    }

    @Test("Breaking off is a reset, though nothing was unread")
    func abort() async throws {
        let (client, server, executor) = try await pair()
        try await run(on: executor) {
            server.abort()
            let buffer = ReceiveBuffer()
            #expect(
                await transportError { () async throws(TransportError) in _ = try await client.read(into: buffer) }
                    == .reset
            )
            #expect(
                await transportError { () async throws(TransportError) in _ = try await server.read(into: buffer) }
                    == .closed
            )
        }
    }

    @Test("What was received before a write fails stays readable")
    func readAfterFailedWrite() async throws {
        let (client, server, executor) = try await pair()
        try await run(on: executor) {
            try await client.write(noise(1000))
            try await server.write("421 going away\r\n")
            server.close(.closed)
            var error: TransportError?
            while error == nil {
                error = await transportError { () async throws(TransportError) in try await client.write(noise(65_536))
                }
            }
            #expect(error == .reset)
            let buffer = ReceiveBuffer()
            _ = await transportError { () async throws(TransportError) in while try await client.read(into: buffer) {} }
            #expect(buffer.count == 16)
        }
    }

    @Test("Closing fails both waiters at once with the reason given")
    func close() async throws {
        let (client, server, executor) = try await pair()
        let reading = Task(executorPreference: executor) {
            await transportError { () async throws(TransportError) in _ = try await client.read(into: ReceiveBuffer()) }
        }
        let writing = Task(executorPreference: executor) {
            await transportError { () async throws(TransportError) in
                while true { try await client.write(noise(65_536)) }
            }
        }
        try await run(on: executor) {
            for _ in 0..<100 { await Task.yield() }
            client.close(.cancelled)
        }
        #expect(await reading.value == .cancelled)
        #expect(await writing.value == .cancelled)
        withExtendedLifetime(server) {}
    }

    @Test("Names and addresses of both families are dialled", arguments: ["127.0.0.1", "::1", "localhost"])
    func hosts(host: String) async throws {
        guard let listener = try? await TCPListener.bind(to: .host(host == "localhost" ? "127.0.0.1" : host, port: 0))
        else {
            // A container may have no IPv6.
            try #require(host == "::1")
            return
        }
        let client = try await TCPTransport.connect(to: .host(host, port: try #require(listener.port)))
        let server = try #require(try await listener.accept())
        #expect(server.remoteAddress == client.localAddress)
    }

    @Test("The local address can be chosen")
    func localAddress() async throws {
        let listener = try await TCPListener.bind()
        var options = TCPOptions()
        options.localAddress = "127.0.0.2"
        let client = try await TCPTransport.connect(to: listener.endpoint, options: options)
        #expect(client.localAddress == "127.0.0.2")
        options.localAddress = "here"
        await #expect(throws: TransportError.invalidEndpoint("\"here\" is no IP address to connect from")) {
            try await TCPTransport.connect(to: listener.endpoint, options: options)
        }
    }

    @Test("A dead port is refused, by each address of the name")
    func deadPort() async throws {
        // Bound and not listening: a port that was let go of may be somebody else's by now.
        let socket = BareSocket()
        let port = try socket.bindToLoopback()
        defer { withExtendedLifetime(socket) {} }
        for host in ["127.0.0.1", "localhost"] {
            let error = await transportError { () async throws(TransportError) in
                _ = try await TCPTransport.connect(to: .host(host, port: port))
            }
            guard case .connectFailed(let failures)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(failures.contains { $0.errno == ECONNREFUSED && $0.address == "127.0.0.1:\(port)" })
        }
    }

    @Test("Time that runs out, and a cancelled task, end connecting")
    func timeoutAndCancellation() async throws {
        let listener = try await TCPListener.bind()
        var options = TCPOptions()
        options.connectTimeout = .zero
        let error = await transportError { () async throws(TransportError) in
            _ = try await TCPTransport.connect(to: .host("localhost", port: 1), options: options)
        }
        #expect(error == .connectTimedOut(target: "localhost:1", after: .zero))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await transportError { () async throws(TransportError) in
                _ = try await TCPTransport.connect(to: listener.endpoint)
            }
        }
        #expect(await task.value == .cancelled)
    }

    @Test(
        "Endpoints that cannot be are refused",
        arguments: [
            Endpoint.host("127.0.0.1", port: 0), .host("127.0.0.1", port: 65_536), .host("127.0.0.1", port: -1),
            .host("", port: 25), .host("a\0b", port: 25), .unixSocket(path: String(repeating: "x", count: 200)),
        ]
    )
    func invalidEndpoint(endpoint: Endpoint) async {
        let error = await transportError { () async throws(TransportError) in
            _ = try await TCPTransport.connect(to: endpoint)
        }
        guard case .invalidEndpoint? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("Unix domain sockets carry bytes, and a missing one says so")
    func unixSocket() async throws {
        let path = "/tmp/swift-smtp-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        let listener = try await TCPListener.bind(to: .unixSocket(path: path))
        let client = try await TCPTransport.connect(to: listener.endpoint, executor: listener.executor)
        let server = try #require(try await listener.accept())
        try await run(on: listener.executor) {
            try await client.write("hello")
            #expect(try await server.readAll(upTo: 5) == Array("hello".utf8))
        }
        #expect(client.localAddress == nil)
        listener.close()
        #expect(access(path, F_OK) != 0)
        let error = await transportError { () async throws(TransportError) in
            _ = try await TCPTransport.connect(to: .unixSocket(path: path))
        }
        #expect(error == .connectFailed([ConnectFailure(address: path, errno: ENOENT)]))
    }

    @Test("A connected descriptor can be adopted; what is none is refused")
    func adoptDescriptor() async throws {
        var ends: [Int32] = [0, 0]
        #if canImport(Glibc)
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        #else
        try #require(socketpair(AF_UNIX, SOCK_STREAM, 0, &ends) == 0)
        #endif
        let executor = EventLoopExecutor.next()
        let first = try await TCPTransport.adopt(descriptor: ends[0], executor: executor)
        let second = try await TCPTransport.adopt(descriptor: ends[1], executor: executor)
        try await run(on: executor) {
            try await first.write("ping")
            #expect(try await second.readAll(upTo: 4) == Array("ping".utf8))
            second.close(.closed)
            #expect(try await first.readAll().isEmpty)
        }
    }

    @Test("Connections wait to be accepted; closing the listener ends the waiting")
    func listener() async throws {
        let listener = try await TCPListener.bind()
        let waiting = Task { try await listener.accept() == nil }
        for _ in 0..<100 { await Task.yield() }
        listener.close()
        #expect(try await waiting.value)
        #expect(try await listener.accept() == nil)
    }

    @Test("A cancelled accept leaves the listener as it was")
    func cancelledAccept() async throws {
        let listener = try await TCPListener.bind()
        let waiting = Task {
            await transportError { () async throws(TransportError) in _ = try await listener.accept() }
        }
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        let client = try await TCPTransport.connect(to: listener.endpoint)
        #expect(try await listener.accept() != nil)
        withExtendedLifetime(client) {}
    }
}

/// A count that several tasks touch.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func increment() {
        count.withLock { $0 += 1 }
    }
}

/// An actor on a transport's executor, called by tasks that know nothing of it.
private actor TransportUser {
    private let transport: TCPTransport
    private let executor: any TransportExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ transport: TCPTransport) {
        self.transport = transport
        executor = transport.executor
    }

    func readOne() async throws {
        let buffer = ReceiveBuffer()
        let isRead = try await transport.read(into: buffer)
        #expect(isRead && buffer.count == 1)
    }
}
