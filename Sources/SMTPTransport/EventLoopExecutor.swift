internal import DequeModule
internal import NIOCore
internal import NIOPosix

/// An executor on an event loop of SwiftNIO: a thread that waits for all its sockets at once.
///
/// NIO's own executor is a serial executor only. A task executor is what keeps a driver on the loop when its
/// continuations are resumed; without it each resume goes through the global pool, at twice the cost of the round trip.
public final class EventLoopExecutor: TransportExecutor {
    /// The longest a timer is set for; whoever waits longer is woken early.
    private static let longestWait = Duration.seconds(100 * 365 * 86_400)

    let eventLoop: any EventLoop

    /// The most jobs that run in one go before the loop looks after its sockets and timers again.
    private static let batchSize = 64

    // Confined to the loop's thread: the loop's own queue takes a lock and an allocation for each job, and a reply is
    // two jobs.
    @exclusivity(unchecked) private nonisolated(unsafe) var ready: Deque<UnownedJob> = []
    @exclusivity(unchecked) private nonisolated(unsafe) var isRunning = false
    @exclusivity(unchecked) private nonisolated(unsafe) var isScheduled = false

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Returns an executor on the next of the process's shared event loops, one for each processor core.
    public static func next() -> EventLoopExecutor {
        EventLoopExecutor(NIOSingletons.posixEventLoopGroup.next())
    }

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
        return ScheduledWork { scheduled.cancel() }
    }

    /// Runs `job` on the loop, after those enqueued before it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if eventLoop.inEventLoop {
            ready.append(job)
            scheduleIfNeeded()
        } else {
            eventLoop.execute { [self] in
                ready.append(job)
                runReadyJobs()
            }
        }
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
        scheduleIfNeeded()
    }

    private func scheduleIfNeeded() {
        guard !isRunning, !isScheduled, !ready.isEmpty else { return }
        isScheduled = true
        eventLoop.execute { [self] in
            isScheduled = false
            runReadyJobs()
        }
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
