import Dispatch

/// Runs `body` on a thread of its own: one that computes long, or waits for other threads, would take one of the few of
/// the pool that all tests share.
///
/// Expectations belong outside of it, where the running test is known.
package func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "test").async { continuation.resume(with: Result(catching: body)) }
    }
}
