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

#if os(Linux)
private let hasDirectLoop = true
#else
private let hasDirectLoop = false
#endif

/// Connections alone on their loop, where a wait for an answer lasts for ever unless something ends it.
@Suite("DirectLoop", .enabled(if: hasDirectLoop, "this system has no epoll, and answers come by NIO alone"))
struct DirectLoopTests {
    /// One connection; its client is told of bytes by calls.
    private final class Line: Sendable {
        let loop: EventLoopExecutor
        let client: TCPTransport
        let server: TCPTransport
        private let events: AsyncStream<String>
        private let told: AsyncStream<String>.Continuation

        init(on loop: EventLoopExecutor, server serverLoop: EventLoopExecutor = .alone()) async throws {
            let listener = try await TCPListener.bind(executor: serverLoop)
            self.loop = loop
            client = try await TCPTransport.connect(to: listener.endpoint, executor: loop)
            server = try #require(try await listener.accept())
            (events, told) = AsyncStream.makeStream()
        }

        /// Has each event told as text, and `onBytes` called first.
        func listen(_ onBytes: @escaping @Sendable () -> Void = {}) async throws {
            let (client, told) = (client, told)
            try await run(on: loop) {
                let buffer = ReceiveBuffer()
                client.deliver(into: buffer) { event in
                    switch event {
                    case .bytes:
                        let bytes = buffer.withBytes { $0.withUnsafeBytes { Array($0) } }
                        told.yield(String(decoding: bytes, as: UTF8.self))
                        buffer.removeAll()
                        onBytes()
                    case .endOfStream: told.yield("end")
                    case .failed(let error): told.yield("\(error)")
                    }
                }
            }
        }

        func send(_ text: String) async throws {
            let client = client
            let count = try await run(on: loop) { try client.writeAtOnce(Array(text.utf8).span.bytes) }
            #expect(count == text.utf8.count)
        }

        func answer(_ text: String) async throws {
            let server = server
            try await run(on: server.executor) { try await server.write(text) }
        }

        /// Has the server send back what comes, to the end.
        func echo() -> Task<Void, any Error> {
            let server = server
            return Task {
                try await run(on: server.executor) {
                    let buffer = ReceiveBuffer()
                    while try await server.read(into: buffer) {
                        try await server.write(buffer.withBytes { $0.withUnsafeBytes { Array($0) } })
                        buffer.removeAll()
                    }
                }
            }
        }

        func nextEvent() async -> String? {
            for await event in events { return event }
            return nil
        }
    }

    private static func endless() -> EventLoopExecutor { .alone(waiting: .seconds(1_000_000)) }

    @Test("Answers come past NIO, each of them")
    func answers() async throws {
        let line = try await Line(on: Self.endless())
        let client = line.client
        let echo = line.echo()
        try await line.listen { _ = try? client.writeAtOnce("ping".utf8Span.span.bytes) }
        try await line.send("ping")
        for _ in 0..<1000 { #expect(await line.nextEvent() == "ping") }
        let loop = line.loop
        #expect(try await run(on: loop) { loop.directReceptions } > 500)
        try await run(on: loop) { client.close(.closed) }
        // The last answer is not read, so that this ends by a reset.
        _ = await echo.result
    }

    @Test("Who calls from another thread is heard while an answer is awaited", arguments: 0..<3)
    func called(kind: Int) async throws {
        let line = try await Line(on: Self.endless())
        try await line.listen()
        for round in 0..<300 {
            try await line.send("a question")
            let loop = line.loop
            switch kind {
            case 0:
                #expect(try await run(on: loop) { round } == round)
            case 1:
                await withCheckedContinuation { heard in _ = loop.schedule(at: loop.now) { heard.resume() } }
            default:
                try await run(on: loop) {
                    await withCheckedContinuation { heard in _ = loop.schedule(at: loop.now) { heard.resume() } }
                }
            }
        }
        try await line.answer("an answer")
        #expect(await line.nextEvent() == "an answer")
    }

    @Test("A timer goes off while an answer is awaited")
    func timer() async throws {
        let line = try await Line(on: .alone())
        try await line.listen()
        let loop = line.loop
        try await run(on: loop) { [client = line.client] in
            await withCheckedContinuation { rung in
                _ = loop.schedule(at: loop.now.advanced(by: .milliseconds(2))) { rung.resume() }
                _ = try? client.writeAtOnce("a question".utf8Span.span.bytes)
            }
        }
    }

    @Test("A task that waits for bytes has them past NIO as well")
    func readByTask() async throws {
        let line = try await Line(on: Self.endless())
        let (client, loop) = (line.client, line.loop)
        // On a machine that is busy enough each answer may be there before anybody waits.
        for round in 0..<10_000 {
            async let received = run(on: loop) {
                try await client.write("question")
                return try await client.readAll(upTo: 6)
            }
            try await line.answer("answer")
            #expect(try await received == Array("answer".utf8))
            if round >= 100, try await run(on: loop, { loop.directReceptions }) > 0 { return }
        }
        Issue.record("no answer came past NIO")
    }

    @Test("A timer goes off while answers keep coming")
    func timerAmongAnswers() async throws {
        let line = try await Line(on: Self.endless())
        let (client, loop) = (line.client, line.loop)
        let isOver = Mutex(false)
        try await line.listen {
            if !isOver.withLock({ $0 }) { _ = try? client.writeAtOnce("ping".utf8Span.span.bytes) }
        }
        let echo = line.echo()
        try await run(on: loop) {
            await withCheckedContinuation { rung in
                _ = loop.schedule(at: loop.now.advanced(by: .milliseconds(5))) { rung.resume() }
                _ = try? client.writeAtOnce("ping".utf8Span.span.bytes)
            }
            isOver.withLock { $0 = true }
            client.close(.closed)
        }
        _ = await echo.result
    }

    @Test("More jobs than run in one go all run while an answer is awaited")
    func manyJobs() async throws {
        let line = try await Line(on: Self.endless())
        try await line.listen()
        try await line.send("a question")
        let loop = line.loop
        let count = try await run(on: loop) {
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<1000 { group.addTask { 1 } }
                return await group.reduce(0, +)
            }
        }
        #expect(count == 1000)
    }

    @Test("Connecting, looking up, listening and reading go on beside a connection that awaits its answer")
    func others() async throws {
        let loop = Self.endless()
        let serverLoop = EventLoopExecutor.alone()
        let waiting = try await Line(on: loop, server: serverLoop)
        try await waiting.listen()
        try await waiting.send("a question")
        let listener = try await TCPListener.bind(executor: serverLoop)
        let port = try #require(listener.port)
        let second = try await TCPTransport.connect(to: .host("localhost", port: port), executor: loop)
        let peer = try #require(try await listener.accept())
        try await waiting.send("another")
        try await run(on: serverLoop) { try await peer.write("for a task") }
        #expect(try await run(on: loop) { try await second.readAll(upTo: 10) } == Array("for a task".utf8))
        // Nothing but the listener is beside it from here.
        try await run(on: loop) { second.close(.closed) }
        try await waiting.send("a third")
        let own = try await TCPListener.bind(executor: loop)
        try await waiting.send("a fourth")
        let guest = try await TCPTransport.connect(to: own.endpoint, executor: serverLoop)
        let host = try #require(try await own.accept())
        try await run(on: serverLoop) { try await guest.write("for a guest") }
        #expect(try await run(on: loop) { try await host.readAll(upTo: 11) } == Array("for a guest".utf8))
        try await waiting.answer("an answer")
        #expect(await waiting.nextEvent() == "an answer")
    }

    @Test("The end of the stream and a reset are told apart, behind what came before", arguments: [false, true])
    func ends(isReset: Bool) async throws {
        let line = try await Line(on: Self.endless())
        try await line.listen()
        try await line.send("a question")
        try await line.answer("an answer")
        #expect(await line.nextEvent() == "an answer")
        try await line.send("another")
        let server = line.server
        try await run(on: server.executor) { isReset ? server.abort() : server.close(.closed) }
        // What the server did not read makes a reset of its close as well.
        let end = await line.nextEvent()
        #expect(end == "\(TransportError.reset)" || (end == "end" && !isReset))
    }

    @Test("An end that comes in order, where all was read, is no reset")
    func orderly() async throws {
        let line = try await Line(on: Self.endless())
        try await line.listen()
        try await line.send("question")
        let server = line.server
        try await run(on: server.executor) {
            _ = try await server.readAll(upTo: 8)
            try await server.shutdownWrite()
        }
        #expect(await line.nextEvent() == "end")
    }

    @Test("More connections than are waited for past NIO all have their answers")
    func many() async throws {
        let loop = Self.endless()
        let serverLoop = EventLoopExecutor.alone()
        var lines: [Line] = []
        for _ in 0..<70 { lines.append(try await Line(on: loop, server: serverLoop)) }
        for line in lines { try await line.listen() }
        var counts: [Int] = []
        // By and by there are fewer, and those that are left are waited for at the socket.
        while let line = lines.last {
            for line in lines { try await line.send("a question") }
            for line in lines { try await line.answer("an answer") }
            for line in lines { #expect(await line.nextEvent() == "an answer") }
            try await run(on: loop) { line.client.close(.closed) }
            lines.removeLast()
            if lines.count == 65 { counts.append(try await run(on: loop) { loop.directReceptions }) }
            lines.removeLast(lines.count > 5 && lines.count < 60 ? 5 : 0)
        }
        #expect(counts == [0])
        #expect(try await run(on: loop) { loop.directReceptions } > 0)
    }

    @Test("What two threads hand the loop at the same time is not used up one by the other")
    func crowd() async throws {
        let line = try await Line(on: Self.endless())
        try await line.listen()
        let loop = line.loop
        try await line.send("a question")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    for round in 0..<500 {
                        let result = try await run(on: loop) { round }
                        #expect(result == round)
                    }
                }
            }
            group.addTask {
                for _ in 0..<500 {
                    await withCheckedContinuation { heard in _ = loop.schedule(at: loop.now) { heard.resume() } }
                }
            }
            try await group.waitForAll()
        }
        try await line.answer("an answer")
        #expect(await line.nextEvent() == "an answer")
    }

    @Test("Of several timers that are due none is left behind a wait")
    func dueTimers() async throws {
        let line = try await Line(on: Self.endless())
        try await line.listen()
        let (client, loop) = (line.client, line.loop)
        let (rings, told) = AsyncStream<Void>.makeStream()
        for count in 20..<80 {
            try await run(on: loop) {
                for _ in 0..<3 { _ = loop.schedule(at: loop.now.advanced(by: .microseconds(100))) {} }
                let due = loop.now.advanced(by: .microseconds(200))
                while loop.now < due {}
                _ = loop.schedule(at: loop.now) { told.yield() }
                _ = try client.writeAtOnce("a question".utf8Span.span.bytes)
                // With some counts there is one more task in the loop's queue, behind which it waits.
                await withTaskGroup(of: Void.self) { group in for _ in 0..<count { group.addTask {} } }
            }
            for await _ in rings { break }
        }
    }

    @Test("A connection's end is told while others on its loop are answered without a pause")
    func endAmongOthers() async throws {
        let loop = Self.endless()
        let serverLoop = EventLoopExecutor.alone()
        let ending = try await Line(on: loop, server: serverLoop)
        try await ending.listen()
        var lines: [Line] = []
        for _ in 0..<4 { lines.append(try await Line(on: loop, server: serverLoop)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for line in lines {
                try await line.listen()
                group.addTask {
                    while !Task.isCancelled {
                        try await line.send("a question")
                        try await line.answer("an answer")
                        _ = await line.nextEvent()
                    }
                }
            }
            let server = ending.server
            try await run(on: serverLoop) { try await server.shutdownWrite() }
            #expect(await ending.nextEvent() == "end")
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("A connection closed by the call that tells of an answer is not touched again")
    func closed() async throws {
        let loop = Self.endless()
        let serverLoop = EventLoopExecutor.alone()
        for _ in 0..<50 {
            let line = try await Line(on: loop, server: serverLoop)
            let client = line.client
            try await line.listen { client.close(.closed) }
            try await line.send("a question")
            try await line.answer("an answer")
            #expect(await line.nextEvent() == "an answer")
            let server = line.server
            _ = try? await run(on: serverLoop) { try await server.readAll() }
        }
    }

    @Test("A transport that is let go of closes beside one that awaits its answer")
    func letGo() async throws {
        let loop = Self.endless()
        let serverLoop = EventLoopExecutor.alone()
        let waiting = try await Line(on: loop, server: serverLoop)
        try await waiting.listen()
        var gone: Line? = try await Line(on: loop, server: serverLoop)
        let peer = try #require(gone?.server)
        try await gone?.listen()
        try await waiting.send("a question")
        gone = nil
        #expect(try await run(on: serverLoop) { try await peer.readAll() }.isEmpty)
    }

    @Test("What the socket has no room for goes on while answers come")
    func full() async throws {
        let line = try await Line(on: .alone())
        try await line.listen()
        let (client, server) = (line.client, line.server)
        let bytes = noise(4_000_000)
        async let writing: Void = run(on: line.loop) { try await client.write(bytes) }
        let received = try await run(on: server.executor) { () -> [UInt8] in
            let buffer = ReceiveBuffer()
            while buffer.count < bytes.count, try await server.read(into: buffer) { try await server.write(".") }
            return buffer.withBytes { $0.withUnsafeBytes { Array($0) } }
        }
        try await writing
        #expect(received == bytes)
        let first = try #require(await line.nextEvent())
        #expect(first.allSatisfy { $0 == "." })
    }

    @Test("A closed connection whose descriptor another process still has disturbs no other")
    func inherited() async throws {
        let loop = Self.endless()
        let serverLoop = EventLoopExecutor.alone()
        let line = try await Line(on: loop, server: serverLoop)
        try await line.listen()
        var ends: [Int32] = [0, 0]
        #if canImport(Glibc)
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        #else
        try #require(socketpair(AF_UNIX, SOCK_STREAM, 0, &ends) == 0)
        #endif
        let (copy, peer) = (dup(ends[0]), ends[1])
        defer {
            close(copy)
            close(peer)
        }
        let adopted = try await TCPTransport.adopt(descriptor: ends[0], executor: loop)
        try await run(on: loop) { adopted.deliver(into: ReceiveBuffer()) { _ in } }
        // Both are waited for now; the one is closed here, has bytes for ever, and stays with whoever has the copy.
        try await line.send("a question")
        try await line.answer("an answer")
        #expect(await line.nextEvent() == "an answer")
        try await run(on: loop) { adopted.close(.closed) }
        try #require(write(peer, "late", 4) == 4)
        let before = try await run(on: loop) { loop.directReceptions }
        for _ in 0..<100 {
            try await line.send("a question")
            try await line.answer("an answer")
            #expect(await line.nextEvent() == "an answer")
        }
        #expect(try await run(on: loop) { loop.directReceptions } > before + 50)
    }
}
