/// Where code of the caller's runs, and code that may block: never on an event loop.
enum OffLoop {
    /// Runs `body` on `outer`, whatever executor the task prefers and whichever actor calls.
    static func run<Value: Sendable>(
        on outer: any TaskExecutor,
        _ body: @concurrent @Sendable () async -> Value
    ) async -> Value {
        await withTaskExecutorPreference(outer, operation: body)
    }

    /// Starts `body` there, in a task of its own.
    @discardableResult
    static func start(
        on outer: any TaskExecutor,
        _ body: @concurrent @Sendable @escaping () async -> Void
    ) -> Task<Void, Never> {
        Task(executorPreference: outer, operation: body)
    }
}
