/// The one thread of control a transport and everything built on it runs on, with its clock.
///
/// An executor is both the serial executor of the actors that own transports and the task executor that the library's
/// own drivers prefer, so that a continuation resumed on the loop goes on there and never bounces through the global
/// pool. In production it is an event loop; in tests a plain queue with a virtual clock, on which a whole session runs
/// single-threaded and repeatable.
///
/// - Important: Jobs must be run with
///   `job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())`, one at a time.
public protocol TransportExecutor: SerialExecutor, TaskExecutor {
    /// The present moment on this executor's clock.
    var now: MonotonicInstant { get }

    /// Runs `work` on this executor at `instant` or as soon after as it can; at once if that is past, never inline.
    ///
    /// - Returns: A handle that takes the work back.
    func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) -> ScheduledWork

    /// Where code runs that is the caller's or may block, and so must not run here.
    ///
    /// Default: the global pool. An executor for tests is its own, so that everything runs on one thread.
    var outerExecutor: any TaskExecutor { get }
}

extension TransportExecutor {
    /// The global pool.
    public var outerExecutor: any TaskExecutor { globalConcurrentExecutor }
}

/// A handle on work that an executor will run later.
public struct ScheduledWork: Sendable {
    private let onCancel: @Sendable () -> Void

    /// Creates a handle whose ``cancel()`` calls `onCancel`, which must be idempotent and callable from any thread.
    public init(onCancel: @escaping @Sendable () -> Void) {
        self.onCancel = onCancel
    }

    /// Takes the work back; nothing happens if it has run or been cancelled already.
    public func cancel() {
        onCancel()
    }
}
