public import SMTPTransport
internal import Synchronization

extension TransportExecutor {
    /// Waits until `duration` has passed on this executor's clock, which on a ``DeterministicExecutor`` takes no time.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        let sleeper = Sleeper()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let work = schedule(at: now.advanced(by: duration)) { sleeper.wake() }
                sleeper.begin(continuation, work)
            }
        } onCancel: {
            sleeper.wake()
        }
        if Task.isCancelled { throw CancellationError() }
    }
}

/// A waiting task, which the timer and the cancellation both want to wake.
private final class Sleeper: Sendable {
    private enum State {
        case awake
        case asleep(CheckedContinuation<Void, Never>, ScheduledWork)
        case woken
    }

    private let state = Mutex(State.awake)

    func begin(_ continuation: CheckedContinuation<Void, Never>, _ work: ScheduledWork) {
        let isWoken = state.withLock { state in
            if case .woken = state { return true }
            state = .asleep(continuation, work)
            return false
        }
        guard isWoken else { return }
        work.cancel()
        continuation.resume()
    }

    func wake() {
        let previous = state.withLock { state in
            defer { state = .woken }
            return state
        }
        guard case .asleep(let continuation, let work) = previous else { return }
        work.cancel()
        continuation.resume()
    }
}
