internal import DequeModule
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// An executor on an event loop of SwiftNIO: a thread that waits for all its sockets at once.
///
/// NIO's own executor is a serial executor only. A task executor is what keeps a driver on the loop when its
/// continuations are resumed; without it each resume goes through the global pool, at twice the cost of the round trip.
public final class EventLoopExecutor: TransportExecutor {
    /// The longest a timer is set for; whoever waits longer is woken early.
    private static let longestWait = Duration.seconds(100 * 365 * 86_400)

    let eventLoop: any EventLoop

    /// The most jobs that run in one go before the loop looks after its timers and what other threads hand it.
    private static let batchSize = 64

    /// After so many batches in a row the loop looks after its sockets too, which NIO does not before its queue is empty.
    private static let batchesInRow = 16
    private static let pauseForSockets = TimeAmount.microseconds(100)

    // Confined to the loop's thread: the loop's own queue takes a lock and an allocation for each job, and a reply is
    // two jobs.
    @exclusivity(unchecked) private nonisolated(unsafe) var ready: Deque<UnownedJob> = []
    @exclusivity(unchecked) private nonisolated(unsafe) var isRunning = false
    @exclusivity(unchecked) private nonisolated(unsafe) var isScheduled = false

    @exclusivity(unchecked) private nonisolated(unsafe) var batchCount = 0

    /// How many closures of ``callLater(_:)`` have not run.
    @exclusivity(unchecked) private nonisolated(unsafe) var callsToCome = 0

    /// What spares the loop's sockets the way through NIO; `nil` where others may have channels on the loop, and on systems
    /// that have no such wait.
    let directLoop: DirectLoop?

    init(_ eventLoop: any EventLoop, directLoop: DirectLoop? = nil) {
        self.eventLoop = eventLoop
        self.directLoop = directLoop
    }

    /// Returns the executor of the next of this library's own event loops, one for each processor core.
    ///
    /// They are made by the first call, and stay.
    public static func next() -> EventLoopExecutor {
        let own = OwnLoops.shared.executors
        return own[Int(OwnLoops.shared.turn.wrappingAdd(1, ordering: .relaxed).oldValue % UInt(own.count))]
    }

    /// Returns an executor on an event loop of its own, for tests.
    ///
    /// - Parameter wait: How long answers are waited for at a time past NIO.
    /// - Returns: The executor; its thread stays to the end of the process.
    package static func alone(waiting wait: Duration = DirectLoop.longestWait) -> EventLoopExecutor {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        return EventLoopExecutor(group.next(), directLoop: DirectLoop(waiting: wait))
    }

    /// How often bytes were received past NIO; on the loop.
    package var directReceptions: Int { directLoop?.receptions ?? 0 }

    /// The present moment on the system's monotonic clock.
    public var now: MonotonicInstant {
        MonotonicInstant(sinceStart: .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)))
    }

    /// Runs `work` on the loop at `instant` or as soon after as it can.
    public func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) -> ScheduledWork {
        // A century is never for a timer, and leaves NIO room to calculate in.
        let nanoseconds = min(instant, now.advanced(by: Self.longestWait)).sinceStart.clampedNanoseconds
        let deadline = NIODeadline.uptimeNanoseconds(UInt64(clamping: nanoseconds))
        let scheduled = eventLoop.scheduleTask(deadline: deadline, work)
        // One for later has its turn some 20 ms late at most, while answers are awaited; what is due has it now.
        if !eventLoop.inEventLoop || instant <= now { giveTurn() }
        return ScheduledWork { scheduled.cancel() }
    }

    /// Runs `job` on the loop, after those enqueued before it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if eventLoop.inEventLoop {
            ready.append(job)
            scheduleIfNeeded()
        } else {
            directLoop?.leaveToNIO()
            eventLoop.execute { [self] in
                directLoop?.takeBack()
                ready.append(job)
                runReadyJobs()
                waitDirectly()
            }
        }
    }

    /// Keeps the loop from waiting past NIO until NIO has come to what it was handed just before; from any thread.
    func giveTurn() {
        guard let directLoop else { return }
        directLoop.leaveToNIO()
        // NIO takes its queue in order, and with each of these one of the timers that are due: behind the second of ours they
        // have all had their turn.
        eventLoop.execute { [eventLoop] in
            eventLoop.execute { directLoop.takeBack() }
        }
    }

    /// Calls `body`, on the loop, from the loop's own queue; only to be called on the loop itself.
    func callLater(_ body: @escaping () -> Void) {
        callsToCome += 1
        eventLoop.assumeIsolated().execute { [self] in callCame(body) }
    }

    private func callCame(_ body: () -> Void) {
        callsToCome -= 1
        body()
        waitDirectly()
    }

    /// Whether the loop must come to its own queue for something of ours.
    var hasCallsToCome: Bool { callsToCome > 0 }

    /// Waits for answers past NIO, where that is possible, at the end of a task of the loop's own queue.
    private func waitDirectly() {
        guard !isRunning else { return }
        directLoop?.run(on: self)
    }

    /// Has answers waited for past NIO behind the events NIO has at hand.
    func waitDirectlySoon() {
        if let directLoop, directLoop.mayWait(on: self) { callLater {} }
    }

    /// Runs `event`, which resumes waiters, on the loop's thread, and then those waiters at once.
    ///
    /// They are spared a round through the loop's own queue. Within a job nothing runs in between: they follow anyway.
    func runEvent(_ event: () -> Void) {
        let isOutermost = !isRunning
        isRunning = true
        event()
        guard isOutermost else { return }
        isRunning = false
        runReadyJobs()
    }

    private func runReadyJobs() {
        guard !isRunning else { return }
        isRunning = true
        var left = Self.batchSize
        while left > 0, let job = ready.popFirst() {
            job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            left -= 1
        }
        isRunning = false
        if ready.isEmpty { batchCount = 0 }
        scheduleIfNeeded()
    }

    private func scheduleIfNeeded() {
        guard !isRunning, !isScheduled, !ready.isEmpty else { return }
        isScheduled = true
        let run = { [self] in
            isScheduled = false
            runReadyJobs()
        }
        batchCount += 1
        guard batchCount >= Self.batchesInRow else { return callLater(run) }
        batchCount = 0
        callsToCome += 1
        eventLoop.assumeIsolated().scheduleTask(in: Self.pauseForSockets) { [self] in callCame(run) }
    }

    /// Returns a reference to this executor, equal only to references to this same object.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Returns a reference to this executor as the preference of tasks.
    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    /// Traps unless called on the loop's thread.
    public func checkIsolated() {
        eventLoop.preconditionInEventLoop()
    }

    /// Whether the caller runs on the loop's thread.
    public func isIsolatingCurrentContext() -> Bool? {
        eventLoop.inEventLoop
    }
}

/// The event loops of this library, on which nobody else has channels.
private struct OwnLoops: ~Copyable {
    static let shared = OwnLoops()

    let executors: [EventLoopExecutor]
    let turn = Atomic<UInt>(0)
    private let group: MultiThreadedEventLoopGroup

    private init() {
        group = MultiThreadedEventLoopGroup(numberOfThreads: NIOSingletons.groupLoopCountSuggestion)
        executors = group.makeIterator().map { EventLoopExecutor($0, directLoop: DirectLoop()) }
    }
}

extension Duration {
    /// The duration in nanoseconds, at most what 64 bits hold (292 years).
    package var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }
}
