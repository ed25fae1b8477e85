public import SMTPTransport
internal import Dispatch
internal import Synchronization

/// An executor without a thread or a clock of its own: a queue of jobs, a list of timers, and a time that jumps.
///
/// All that is started on it runs on the thread that calls ``run(_:)``, one job at a time, in an order that is the same
/// in every run. When no job is ready the time jumps to the next timer, so that a deadline of ten minutes costs nothing
/// and a test never sleeps. What waits for something that cannot happen is an error and not a hang.
///
/// ```swift
/// let executor = DeterministicExecutor()
/// let result = try executor.run {
///     try await executor.sleep(for: .seconds(3600))
///     return "an hour later"
/// }
/// ```
///
/// The operation belongs to the executor with its child tasks (`async let`, task groups) and the actors that live on it.
/// An unstructured task needs to be told, `Task(executorPreference: executor)`; a plain `Task { }` outside such an actor,
/// `Task.detached` and other actors run elsewhere. Jobs that come back from there are taken in, at any time and from any
/// thread, but when they come is up to the system: such a run is not repeatable, and needs ``patience``.
///
/// Await a task of this executor only inside ``run(_:)``: elsewhere nobody drives it.
public final class DeterministicExecutor: TransportExecutor {
    struct State {
        var now = MonotonicInstant(sinceStart: .zero)
        var jobs: JobQueue
        var timers: TimerQueue
        var steps = 0
        var jobsFromOtherThreads = 0
    }

    /// How long, in real time, an executor with nothing to do waits for a job from another thread before it moves its
    /// clock or reports a deadlock.
    ///
    /// Zero unless given: then nothing is waited for, and work that leaves the executor shows as a deadlock or as a
    /// timer that fires too early.
    public let patience: Duration

    /// The most jobs and timers one call may run before it gives up.
    ///
    /// Default 100,000,000, which is seconds; so that a test that goes in circles ends.
    public let stepLimit: Int

    let state: Mutex<State>

    /// The thread that runs the jobs, or 0 between calls.
    let driver = Atomic<UInt>(0)

    /// Told of each job that comes from another thread than the driver's.
    let arrival = DispatchSemaphore(value: 0)

    /// Creates an executor whose clock stands at zero.
    ///
    /// - Parameters:
    ///   - order: The order of jobs that are ready at the same time.
    ///   - patience: How long to wait for other threads; see ``patience``.
    ///   - stepLimit: The most jobs and timers of one call; see ``stepLimit``.
    public init(order: JobOrder = .inOrder, patience: Duration = .zero, stepLimit: Int = 100_000_000) {
        state = Mutex(State(jobs: JobQueue(order: order), timers: TimerQueue(order: order)))
        self.patience = patience
        self.stepLimit = stepLimit
    }

    /// The virtual time, zero at first; it moves only while nothing else can happen.
    public var now: MonotonicInstant { state.withLock { $0.now } }

    /// The number of jobs and timers that have run: equal runs have equal counts.
    public var stepCount: Int { state.withLock { $0.steps } }

    /// Whether no job is ready; timers may be set.
    public var isIdle: Bool { state.withLock { $0.jobs.isEmpty } }

    /// When the next timer fires, or `nil` if none is set.
    public var nextTimer: MonotonicInstant? { state.withLock { $0.timers.nextInstant } }

    /// Runs `work` once the virtual time has reached `instant`, after the jobs that are ready by then.
    public func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) -> ScheduledWork {
        let id = state.withLock { $0.timers.insert(at: max(instant, $0.now), work) }
        announceIfFromOtherThread()
        return ScheduledWork { [weak self] in
            // Freed outside the lock: what the work holds may reach this executor from its deinitialiser.
            _ = self?.state.withLock { $0.timers.remove(id) }
        }
    }

    /// This executor: what is the caller's or may block runs on it too, so that all is one thread's and repeatable.
    public var outerExecutor: any TaskExecutor { self }

    /// Takes `job` in; it runs when a thread drives the executor.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFromDriver = isDriven(by: CurrentThread.id)
        let isDriven = driver.load(ordering: .relaxed) != 0
        state.withLock {
            $0.jobs.append(job)
            if isDriven, !isFromDriver { $0.jobsFromOtherThreads += 1 }
        }
        if isDriven, !isFromDriver { arrival.signal() }
    }

    private func announceIfFromOtherThread() {
        let driver = driver.load(ordering: .relaxed)
        if driver != 0, driver != CurrentThread.id { arrival.signal() }
    }

    func isDriven(by thread: UInt) -> Bool {
        driver.load(ordering: .relaxed) == thread
    }

    /// Returns a reference to this executor, equal only to references to this same object.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Returns a reference to this executor as the preference of tasks.
    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    /// Traps unless called from a job or timer of this executor.
    public func checkIsolated() {
        precondition(isDriven(by: CurrentThread.id), "not on this DeterministicExecutor")
    }

    /// Whether the caller is a job or timer of this executor.
    public func isIsolatingCurrentContext() -> Bool? {
        isDriven(by: CurrentThread.id)
    }
}
