/// Where code of the caller's runs, and code that may block: never on an event loop.
enum OffLoop {
    /// Runs `body` on the global pool, whatever executor the task prefers and whichever actor calls.
    static func run<Value: Sendable>(_ body: @concurrent @Sendable () async -> Value) async -> Value {
        await withTaskExecutorPreference(globalConcurrentExecutor, operation: body)
    }
}
