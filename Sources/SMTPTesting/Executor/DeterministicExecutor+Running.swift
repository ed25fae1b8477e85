internal import Dispatch
internal import SMTPTransport
internal import Synchronization

extension DeterministicExecutor {
    /// Runs `operation` to its end, with everything it sets going, and returns its result.
    ///
    /// The call returns when the operation has finished and no job is ready any more; tasks that still wait, and timers,
    /// stay for the next call. If the operation cannot finish, it is cancelled, given the chance to clean up as far as
    /// that needs no time, and left.
    ///
    /// - Parameter operation: The work; it starts as a new task on this executor.
    /// - Returns: What `operation` returned.
    /// - Throws: ``DeterministicExecutorError`` if the operation did not finish, otherwise what `operation` threw.
    public func run<Success: Sendable>(_ operation: sending @escaping () async throws -> Success) throws -> Success {
        let outcome = Outcome<Success>()
        let completion = Completion()
        let task = Task(executorPreference: self) {
            do {
                outcome.set(.success(try await operation()))
            } catch {
                outcome.set(.failure(error))
            }
            completion.isReached.store(true, ordering: .releasing)
        }
        do throws(DeterministicExecutorError) {
            try drive(until: completion)
        } catch {
            task.cancel()
            // Whatever becomes of that, why the operation could not finish is what counts.
            try? runUntilIdle()
            throw error
        }
        return try outcome.get()
    }

    private func drive(until completion: Completion) throws(DeterministicExecutorError) {
        try drive { budget throws(DeterministicExecutorError) in
            while !completion.isReached.load(ordering: .acquiring) {
                if try runJob(&budget) { continue }
                if awaitOtherThreads() { continue }
                guard try fireTimer(notAfter: .distantFuture, &budget) else { throw deadlock(budget) }
            }
            while try runJob(&budget) {}
        }
    }

    /// Runs all jobs that are ready and those that follow from them, and timers that are due, without moving the clock.
    ///
    /// - Throws: ``DeterministicExecutorError/stepLimitReached(limit:now:)``.
    public func runUntilIdle() throws(DeterministicExecutorError) {
        try advance(by: .zero)
    }

    /// Moves the clock by `duration`, running on the way all that is ready or becomes due, each at its time.
    ///
    /// - Throws: ``DeterministicExecutorError/stepLimitReached(limit:now:)``; the clock then stands where it was reached.
    public func advance(by duration: Duration) throws(DeterministicExecutorError) {
        let end = now.advanced(by: max(duration, .zero))
        try drive { budget throws(DeterministicExecutorError) in
            while true {
                if try runJob(&budget) { continue }
                if awaitOtherThreads() { continue }
                guard try fireTimer(notAfter: end, &budget) else { break }
            }
            state.withLock { $0.now = max($0.now, end) }
        }
    }

    /// Runs the next job that is ready, if there is one: a task's stretch from one suspension to the next.
    ///
    /// - Returns: Whether there was one.
    public func step() -> Bool {
        drive { budget in
            guard let job = takeJob() else { return false }
            run(job)
            return true
        }
    }
}

extension DeterministicExecutor {
    /// Makes the calling thread the one that runs jobs, while `body` does so within a budget of steps.
    private func drive<Value, Failure: Error>(
        _ body: (inout Int) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let thread = CurrentThread.id
        let (isFirst, _) = driver.compareExchange(expected: 0, desired: thread, ordering: .sequentiallyConsistent)
        precondition(isFirst, "a DeterministicExecutor is driven by one call at a time, and not from its own jobs")
        defer { driver.store(0, ordering: .sequentiallyConsistent) }
        var budget = stepLimit
        return try body(&budget)
    }

    private func takeJob() -> UnownedJob? {
        state.withLock { state in
            guard let job = state.jobs.removeNext() else { return nil }
            state.steps += 1
            return job
        }
    }

    private func run(_ job: UnownedJob) {
        job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }

    private func runJob(_ budget: inout Int) throws(DeterministicExecutorError) -> Bool {
        guard let job = takeJob() else { return false }
        run(job)
        try spend(&budget)
        return true
    }

    private func fireTimer(
        notAfter limit: MonotonicInstant,
        _ budget: inout Int
    ) throws(DeterministicExecutorError) -> Bool {
        let work = state.withLock { state -> (@Sendable () -> Void)? in
            guard let (instant, work) = state.timers.removeNext(notAfter: limit) else { return nil }
            state.now = max(state.now, instant)
            state.steps += 1
            return work
        }
        guard let work else { return false }
        work()
        try spend(&budget)
        return true
    }

    private func spend(_ budget: inout Int) throws(DeterministicExecutorError) {
        budget -= 1
        if budget <= 0 { throw .stepLimitReached(limit: stepLimit, now: now) }
    }

    /// Whether another thread sent something within the time allowed; it may also have been sent, and run, before.
    private func awaitOtherThreads() -> Bool {
        guard patience > .zero else { return false }
        let nanoseconds = Int(clamping: patience.clampedNanoseconds)
        return arrival.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success
    }

    private func deadlock(_ budget: Int) -> DeterministicExecutorError {
        state.withLock {
            .deadlock(now: $0.now, steps: stepLimit - budget, jobsFromOtherThreads: $0.jobsFromOtherThreads)
        }
    }
}

extension MonotonicInstant {
    /// Later than anything that is scheduled.
    fileprivate static var distantFuture: MonotonicInstant {
        MonotonicInstant(sinceStart: .seconds(Int64.max))
    }
}

/// Whether an operation has finished; apart from its result, because asking a generic type costs as much as a job.
private final class Completion: Sendable {
    let isReached = Atomic(false)
}

/// The place an operation's task leaves its result in.
private final class Outcome<Success: Sendable>: Sendable {
    private let result = Mutex<Result<Success, any Error>?>(nil)

    func set(_ result: Result<Success, any Error>) {
        self.result.withLock { $0 = result }
    }

    func get() throws -> Success {
        guard let result = result.withLock({ $0 }) else { preconditionFailure("read before it was set") }
        return try result.get()
    }
}
