import SMTPTesting
import SMTPTransport
import Synchronization
import Testing

@Suite("DeterministicExecutor")
struct DeterministicExecutorTests {
    @Test("An operation's result is returned, its error thrown")
    func results() throws {
        let executor = DeterministicExecutor()
        #expect(try executor.run { 42 } == 42)
        #expect(throws: TransportError.reset) { try executor.run { throw TransportError.reset } }
    }

    @Test("The clock jumps to the next timer, and each fires at its instant, in order of time and then of setting")
    func virtualTime() throws {
        let executor = DeterministicExecutor()
        let log = Log()
        try executor.run {
            for (name, delay) in [("late", 600), ("early", 5), ("early too", 5), ("past", -1)] {
                _ = executor.schedule(at: executor.now.advanced(by: .seconds(delay))) {
                    log.add("\(name) \(executor.now.sinceStart)")
                }
            }
            log.add("never inline")
            try await executor.sleep(for: .seconds(3600))
        }
        #expect(
            log.lines == [
                "never inline", "past \(Duration.zero)", "early \(Duration.seconds(5))",
                "early too \(Duration.seconds(5))", "late \(Duration.seconds(600))",
            ]
        )
        #expect(executor.now.sinceStart == .seconds(3600))
        #expect(executor.nextTimer == nil)
    }

    @Test("Cancelled timers neither fire nor hold the clock, however many")
    func cancelledTimers() throws {
        let executor = DeterministicExecutor()
        let log = Log()
        for second in 1...1000 {
            let instant = MonotonicInstant(sinceStart: .seconds(second * 7 % 1001))
            let work = executor.schedule(at: instant) { log.add("\(second)") }
            if second != 500 { work.cancel() }
            if second.isMultiple(of: 3) { work.cancel() }
        }
        #expect(executor.nextTimer == MonotonicInstant(sinceStart: .seconds(500 * 7 % 1001)))
        try executor.advance(by: .seconds(2000))
        #expect(log.lines == ["500"])
    }

    @Test("Advancing stops at each timer on the way, and at the end")
    func advance() throws {
        let executor = DeterministicExecutor()
        let log = Log()
        Task(executorPreference: executor) {
            for _ in 1...3 {
                try await executor.sleep(for: .seconds(10))
                log.add("\(executor.now.sinceStart)")
            }
        }
        try executor.advance(by: .seconds(25))
        #expect(log.lines == ["\(Duration.seconds(10))", "\(Duration.seconds(20))"])
        #expect(executor.now.sinceStart == .seconds(25))
        try executor.runUntilIdle()
        #expect(executor.now.sinceStart == .seconds(25))
        try executor.advance(by: .seconds(5))
        #expect(log.lines.count == 3)
    }

    @Test("A step runs one job and no more, and nothing runs without one")
    func steps() throws {
        let executor = DeterministicExecutor()
        let log = Log()
        Task(executorPreference: executor) {
            log.add("a")
            await Task.yield()
            log.add("b")
        }
        #expect(!executor.isIdle)
        #expect(executor.stepCount == 0)
        var heights: [Int] = []
        while executor.step() { heights.append(log.lines.count) }
        // How many jobs a task takes is the runtime's business; that each step is one is ours.
        #expect(Set(heights) == [0, 1, 2])
        #expect(heights == heights.sorted())
        #expect(executor.stepCount == heights.count)
        #expect(executor.isIdle)
    }

    @Test("What waits for nothing that can happen is an error, the operation is cancelled, and the executor lives on")
    func deadlock() throws {
        let executor = DeterministicExecutor()
        let log = Log()
        let error = #expect(throws: DeterministicExecutorError.self) {
            try executor.run {
                try await executor.sleep(for: .seconds(1))
                await withTaskCancellationHandler {
                    let (stream, _) = AsyncStream.makeStream(of: Int.self)
                    for await _ in stream {}
                } onCancel: {
                    log.add("cancelled")
                }
                log.add("cleaned up")
            }
        }
        guard case .deadlock(let now, let steps, 0) = error else {
            Issue.record("no deadlock: \(String(describing: error))")
            return
        }
        #expect(now.sinceStart == .seconds(1))
        #expect(steps > 2)
        #expect(error?.description.contains("deadlock at 1.0 seconds") == true)
        #expect(log.lines == ["cancelled", "cleaned up"])
        #expect(try executor.run { 1 } == 1)
    }

    @Test("What goes in circles ends at the limit of steps", arguments: [true, false])
    func stepLimit(withTimers: Bool) throws {
        let executor = DeterministicExecutor(stepLimit: 1000)
        #expect(throws: DeterministicExecutorError.self) {
            try executor.run {
                while !Task.isCancelled {
                    if withTimers { try await executor.sleep(for: .seconds(1)) } else { await Task.yield() }
                }
            }
        }
        #expect(executor.stepCount >= 1000)
        #expect(executor.stepCount < 1010)
    }

    @Test("A deadlock is told as one, though the cancelled operation then goes in circles")
    func deadlockBeforeCircles() {
        let executor = DeterministicExecutor(stepLimit: 1000)
        let error = #expect(throws: DeterministicExecutorError.self) {
            try executor.run {
                let (stream, _) = AsyncStream.makeStream(of: Int.self)
                for await _ in stream {}
                for _ in 0..<100_000 { await Task.yield() }
            }
        }
        guard case .deadlock = error else {
            Issue.record("no deadlock: \(String(describing: error))")
            return
        }
    }

    @Test("Actors on it, child tasks, timers and concurrent functions all run isolated on the driving thread")
    func isolation() throws {
        let executor = DeterministicExecutor()
        #expect(executor.isIsolatingCurrentContext() == false)
        let counter = Counter(executor)
        let value = try executor.run {
            await counter.increment()
            _ = executor.schedule(at: executor.now) { counter.assumeIsolated { $0.value += 10 } }
            await withTaskGroup { group in
                for _ in 1...5 { group.addTask { await counter.increment() } }
            }
            await concurrently { #expect(executor.isIsolatingCurrentContext() == true) }
            try await executor.sleep(for: .seconds(1))
            return await counter.value
        }
        #expect(value == 16)
    }

    @Test("It can be driven from within a task of another executor")
    func nested() async throws {
        let outer = DeterministicExecutor()
        let inner = DeterministicExecutor()
        let counter = Counter(inner)
        try outer.run {
            try inner.run {
                await counter.increment()
                try await inner.sleep(for: .seconds(1))
            }
            try await outer.sleep(for: .seconds(2))
        }
        #expect(inner.now.sinceStart == .seconds(1))
        #expect(outer.now.sinceStart == .seconds(2))
        #expect(try inner.run { await counter.value } == 1)
    }

    @Test("Work that comes back from another thread is taken in when there is patience")
    func patience() throws {
        let executor = DeterministicExecutor(patience: .seconds(600))
        let value = try executor.run {
            _ = executor.schedule(at: executor.now.advanced(by: .seconds(1))) {}
            let value = await Task.detached { 7 }.value
            #expect(executor.isIsolatingCurrentContext() == true)
            #expect(executor.now.sinceStart == .zero)
            return value
        }
        #expect(value == 7)
    }

    @Test("Sleeping ends at once when the task is cancelled, and leaves no timer")
    func sleepCancelled() throws {
        let executor = DeterministicExecutor()
        try executor.run {
            let task = Task(executorPreference: executor) { try await executor.sleep(for: .seconds(100)) }
            try await executor.sleep(for: .seconds(1))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(executor.now.sinceStart == .seconds(1))
        }
        #expect(executor.nextTimer == nil)
    }

    @Test("The same order gives the same run, another seed another one")
    func repeatable() throws {
        func trace(_ order: JobOrder) throws -> [String] {
            let executor = DeterministicExecutor(order: order)
            let log = Log()
            try executor.run {
                await withTaskGroup { group in
                    for name in 1...8 {
                        group.addTask {
                            for step in 1...4 {
                                log.add("\(name).\(step)")
                                try? await executor.sleep(for: .milliseconds(step))
                            }
                        }
                    }
                }
            }
            return log.lines + ["\(executor.stepCount)"]
        }
        #expect(try trace(.inOrder) == trace(.inOrder))
        #expect(try trace(.random(seed: 1)) == trace(.random(seed: 1)))
        #expect(try trace(.random(seed: 1)) != trace(.random(seed: 2)))
        #expect(try trace(.random(seed: 1)).sorted() == trace(.inOrder).sorted())
    }
}

@concurrent
private func concurrently(_ body: @Sendable () -> Void) async {
    body()
}

/// An actor that lives on an executor, as a channel does.
private actor Counter {
    let executor: DeterministicExecutor
    var value = 0

    init(_ executor: DeterministicExecutor) {
        self.executor = executor
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func increment() async {
        await Task.yield()
        executor.assertIsolated()
        value += 1
    }
}

/// Lines in the order they were added.
final class Log: Sendable {
    private let storage = Mutex<[String]>([])

    var lines: [String] { storage.withLock { $0 } }

    func add(_ line: String) {
        storage.withLock { $0.append(line) }
    }
}
