public import SMTPTransport

/// Why a ``DeterministicExecutor`` gave up an operation.
@nonexhaustive
public enum DeterministicExecutorError: Error, Hashable, Sendable {
    /// The operation waits for something that cannot happen: no job is ready and no timer is set.
    ///
    /// - Parameters:
    ///   - now: The virtual time at which all stood still.
    ///   - steps: The number of jobs and timers that ran in this call.
    ///   - jobsFromOtherThreads: How many of the jobs other threads have sent, in the executor's whole life. If there
    ///     are any, work leaves the executor, and the one waited for may still be on its way; see
    ///     ``DeterministicExecutor/patience``.
    case deadlock(now: MonotonicInstant, steps: Int, jobsFromOtherThreads: Int)

    /// The operation went on and on.
    ///
    /// - Parameters:
    ///   - limit: The value of ``DeterministicExecutor/stepLimit``.
    ///   - now: The virtual time that was reached.
    case stepLimitReached(limit: Int, now: MonotonicInstant)
}

extension DeterministicExecutorError: CustomStringConvertible {
    /// One line that says what is known.
    public var description: String {
        switch self {
        case .deadlock(let now, let steps, let jobsFromOtherThreads):
            let outside =
                jobsFromOtherThreads > 0
                ? "; \(jobsFromOtherThreads) jobs came from other threads, so some work leaves the executor" : ""
            return "deadlock at \(now.sinceStart) after \(steps) steps: the operation waits, no job is ready, "
                + "and no timer is set\(outside)"
        case .stepLimitReached(let limit, let now):
            return "no end in sight after \(limit) steps, at \(now.sinceStart)"
        }
    }
}
