/// Where code of the caller's runs, and code that may block: never on an event loop.
enum OffLoop {
    /// Where it runs instead of the global pool, for tests that must be the same each time.
    @TaskLocal static var executor: (any TaskExecutor)?

    /// Runs `body` on `outer`, or else on the global pool, whatever executor the task prefers and whichever actor calls.
    static func run<Value: Sendable>(
        on outer: (any TaskExecutor)? = executor,
        _ body: @concurrent @Sendable () async -> Value
    ) async -> Value {
        await withTaskExecutorPreference(outer ?? globalConcurrentExecutor, operation: body)
    }

    /// Starts `body` there, in a task of its own.
    @discardableResult
    static func start(
        on outer: (any TaskExecutor)? = executor,
        _ body: @concurrent @Sendable @escaping () async -> Void
    ) -> Task<Void, Never> {
        Task(executorPreference: outer ?? globalConcurrentExecutor, operation: body)
    }
}
