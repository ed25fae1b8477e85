import SMTPTransport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Loopback alone: descriptors that are none, times that never come, ends in odd order.
@Suite("TCPTransport: hardships")
struct TCPHardshipTests {
    private func pair() async throws -> (client: TCPTransport, server: TCPTransport, executor: EventLoopExecutor) {
        let executor = EventLoopExecutor.next()
        let listener = try await TCPListener.bind(executor: executor)
        let client = try await TCPTransport.connect(to: listener.endpoint, executor: executor)
        return (client, try #require(try await listener.accept()), executor)
    }

    @Test("A descriptor that is no connected stream socket is refused, and closed", arguments: 0..<5)
    func adoptNothing(kind: Int) async throws {
        let descriptor: Int32 =
            switch kind {
            case 0: -1
            case 1: open("/dev/null", O_RDWR)
            case 2: dup(BareSocket().descriptor)
            case 3: dup(BareSocket(isStream: false).descriptor)
            default: Int32.max
            }
        let error = await transportError { () async throws(TransportError) in
            _ = try await TCPTransport.adopt(descriptor: descriptor)
        }
        guard case .inputOutput? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("A time that never comes is no trap")
    func endlessTime() async throws {
        let listener = try await TCPListener.bind()
        var options = TCPOptions()
        options.connectTimeout = .seconds(Int64.max)
        let client = try await TCPTransport.connect(to: listener.endpoint, options: options)
        let timer = client.executor.schedule(at: client.executor.now.advanced(by: .seconds(Int64.max))) {}
        timer.cancel()
        #expect(client.remoteAddress == "127.0.0.1")
    }

    @Test("A server that accepts nothing is given up in time, or when the task is cancelled", arguments: [true, false])
    func blackHole(isCancelled: Bool) async throws {
        // A listener whose line is full drops what comes.
        let socket = BareSocket()
        let port = try socket.bindToLoopback()
        #expect(listen(socket.descriptor, 0) == 0)
        defer { withExtendedLifetime(socket) {} }
        var options = TCPOptions()
        options.connectTimeout = .milliseconds(200)
        var held: [TCPTransport] = []
        var error: TransportError?
        while error == nil, held.count < 10 {
            do throws(TransportError) {
                held.append(try await TCPTransport.connect(to: .host("127.0.0.1", port: port), options: options))
            } catch let failure {
                error = failure
            }
        }
        #expect(error == .connectTimedOut(target: "127.0.0.1:\(port)", after: .milliseconds(200)))
        if isCancelled {
            let task = Task {
                await transportError { () async throws(TransportError) in
                    _ = try await TCPTransport.connect(to: .host("127.0.0.1", port: port))
                }
            }
            for _ in 0..<1000 { await Task.yield() }
            task.cancel()
            #expect(await task.value == .cancelled)
        }
    }

    @Test("What was written before the output ends arrives whole")
    func shutdownFlushes() async throws {
        let (client, server, executor) = try await pair()
        let sent = noise(5_000_000)
        let reading = Task(executorPreference: executor) { try await server.readAll() }
        try await run(on: executor) {
            try await client.write(sent)
            try await client.shutdownWrite()
        }
        #expect(try await reading.value == sent)
    }

    @Test("An answer to a stream that we have ended reads to its end, and is no reset")
    func answerBehindOwnEnd() async throws {
        let (client, server, executor) = try await pair()
        try await run(on: executor) {
            try await client.write("question")
            try await client.shutdownWrite()
            #expect(try await server.readAll() == Array("question".utf8))
            try await server.write("answer")
            try await server.shutdownWrite()
            server.close(.closed)
            #expect(try await client.readAll() == Array("answer".utf8))
        }
    }

    @Test("What waits in the queue when we end a stream that the peer has ended arrives whole")
    func flushBehindPeersEnd() async throws {
        let (client, server, executor) = try await pair()
        let sent = noise(8_000_000)
        let writing = Task(executorPreference: executor) {
            #expect(try await client.readAll().isEmpty)
            // The reader is slower: at the end some is left in the queue behind a full socket.
            for offset in stride(from: 0, to: sent.count, by: 10_000) {
                try await client.write(sent.span.bytes.extracting(offset..<offset + 10_000))
            }
            try await client.shutdownWrite()
        }
        let received = try await run(on: executor) {
            try await server.shutdownWrite()
            let buffer = ReceiveBuffer()
            while try await server.read(into: buffer) {
                for _ in 0..<20 { await Task.yield() }
            }
            return buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
        }
        try await writing.value
        let isEqual = received == sent
        #expect(isEqual)
    }

    @Test("A reset is told from an end also to a reader who had stopped reading", arguments: [true, false])
    func resetWhilePaused(isReset: Bool) async throws {
        let (client, server, executor) = try await pair()
        try await run(on: executor) {
            let sending = Task(executorPreference: executor) {
                await transportError { () async throws(TransportError) in try await server.write(noise(1_000_000)) }
            }
            for _ in 0..<1000 { await Task.yield() }
            // The client's side holds what it takes at most, and has stopped.
            if isReset { server.abort() } else { server.close(.closed) }
            _ = await sending.value
            let buffer = ReceiveBuffer()
            let error = await transportError { () async throws(TransportError) in
                while try await client.read(into: buffer) {}
            }
            #expect(buffer.count > 0)
            #expect(error == (isReset ? .reset : nil))
        }
    }

    @Test("No program that this one starts has a copy of a listening or connected socket")
    func closedInOtherPrograms() async throws {
        let executor = EventLoopExecutor.next()
        let listener = try await TCPListener.bind(executor: executor)
        let client = try await TCPTransport.connect(to: listener.endpoint, executor: executor)
        let server = try #require(try await listener.accept())
        let port = try #require(listener.port)
        let sockets = (0..<4096 as Range<Int32>).filter { SocketPorts(of: $0).contains(port) }
        #expect(sockets.count == 3)
        #expect(sockets.allSatisfy { fcntl($0, F_GETFD) & FD_CLOEXEC != 0 })
        try await run(on: executor) {
            client.close(.closed)
            server.close(.closed)
        }
    }

    @Test("Writing after the output ended is an error, over TCP and the pipe")
    func writeAfterShutdown() async throws {
        let (client, server, executor) = try await pair()
        let (near, far) = PipeTransport.pair(executor)
        let ends: [(any Transport & Sendable, any Transport & Sendable)] = [(client, server), (near, far)]
        for (writer, reader) in ends {
            try await run(on: executor) {
                try await writer.shutdownWrite()
                let error = await transportError { () async throws(TransportError) in try await writer.write("late") }
                #expect(error == .closed)
                #expect(try await reader.readAll().isEmpty)
                try await reader.write("answer")
                #expect(try await writer.readAll(upTo: 6).count == 6)
            }
        }
    }
}

/// The IPv4 ports of a socket's two ends, as far as it is one.
private struct SocketPorts {
    private var ports: [Int] = []

    init(of descriptor: Int32) {
        for ask in [getsockname, getpeername] {
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &size) }
            }
            if result == 0, Int32(address.sin_family) == AF_INET {
                ports.append(Int(UInt16(bigEndian: address.sin_port)))
            }
        }
    }

    func contains(_ port: Int) -> Bool { ports.contains(port) }
}
