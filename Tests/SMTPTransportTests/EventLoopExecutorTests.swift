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

/// What the loop does first when there is more than one thing to do.
@Suite("EventLoopExecutor")
struct EventLoopExecutorTests {
    private static func pair() async throws -> (client: TCPTransport, server: TCPTransport, loop: EventLoopExecutor) {
        let listener = try await TCPListener.bind(executor: .alone())
        let loop = EventLoopExecutor.alone()
        let client = try await TCPTransport.connect(to: listener.endpoint, executor: loop)
        return (client, try #require(try await listener.accept()), loop)
    }

    @Test("Jobs without end do not keep the loop from its sockets", .timeLimit(.minutes(1)))
    func spinning() async throws {
        let (client, server, loop) = try await Self.pair()
        let isAnswered = Atomic(false)
        let answering = Task {
            try await run(on: server.executor) {
                _ = try await server.read(into: ReceiveBuffer())
                try await server.write("an answer")
            }
        }
        try await run(on: loop) {
            client.deliver(into: ReceiveBuffer()) { _ in isAnswered.store(true, ordering: .relaxed) }
            _ = try client.writeAtOnce(Array("a question".utf8).span.bytes)
            while !isAnswered.load(ordering: .relaxed) { await Task.yield() }
            client.close(.closed)
        }
        try await answering.value
        try await run(on: server.executor) { server.close(.closed) }
    }

    /// Where a thread that was told to stop waits to go on; a handler of signals has nothing else.
    private nonisolated(unsafe) static var stopped: (told: [Int32], released: [Int32]) = ([0, 0], [0, 0])

    @Test(
        "An answer that came in time goes before its deadline, also when the process was stopped meanwhile",
        .timeLimit(.minutes(2))
    )
    func stoppedWhileWaiting() async throws {
        try #require(pipe(&Self.stopped.told) == 0 && pipe(&Self.stopped.released) == 0)
        // The process cannot stop itself and go on: the loop's thread is kept in a handler of signals instead, in real time.
        let former = signal(SIGUSR2) { _ in
            var octet: UInt8 = 0
            _ = write(EventLoopExecutorTests.stopped.told[1], &octet, 1)
            _ = read(EventLoopExecutorTests.stopped.released[0], &octet, 1)
        }
        defer {
            signal(SIGUSR2, former)
            for descriptor in Self.stopped.told + Self.stopped.released { close(descriptor) }
        }
        var delay = Duration.milliseconds(50)
        var orders: [[String]] = []
        // On a busy machine NIO may have its turn at that moment, which looks after its timers first.
        while orders.last != ["answer", "deadline"], orders.count < 4 {
            let (wasStoppedBefore, order) = try await Self.order(deadlineIn: delay)
            if wasStoppedBefore { orders.append(order) } else { delay *= 2 }
        }
        #expect(orders.last == ["answer", "deadline"], "\(orders)")
    }

    /// Stops the loop until a deadline is over and an answer there, and returns what it is told first; and whether it was
    /// stopped before the deadline.
    private static func order(deadlineIn delay: Duration) async throws -> (wasStoppedBefore: Bool, order: [String]) {
        let (client, server, loop) = try await pair()
        let (events, told) = AsyncStream<String>.makeStream()
        let due = loop.now.advanced(by: delay)
        let thread = try await run(on: loop) {
            client.deliver(into: ReceiveBuffer()) { if case .bytes = $0 { told.yield("answer") } }
            _ = loop.schedule(at: due) { told.yield("deadline") }
            _ = try client.writeAtOnce(Array("a question".utf8).span.bytes)
            // The pool's threads have it blocked, and those they start as well.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGUSR2)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            return SendableThread(pthread_self())
        }
        #expect(pthread_kill(thread.value, SIGUSR2) == 0)
        var octet: UInt8 = 0
        #expect(read(stopped.told[0], &octet, 1) == 1)
        let wasStoppedBefore = loop.now < due
        try await run(on: server.executor) { try await server.write("an answer") }
        while loop.now < due { await Task.yield() }
        #expect(write(stopped.released[1], &octet, 1) == 1)
        var order: [String] = []
        for await event in events.prefix(2) { order.append(event) }
        try await run(on: loop) { client.close(.closed) }
        try await run(on: server.executor) { server.close(.closed) }
        return (wasStoppedBefore, order)
    }
}

/// A thread's identity, which on some systems is a pointer.
private struct SendableThread: @unchecked Sendable {
    let value: pthread_t

    init(_ value: pthread_t) {
        self.value = value
    }
}
