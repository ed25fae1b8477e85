internal import Synchronization

/// Lets one task at a time make a connection ready: the others wait until that is done, and find nothing to do.
///
/// Without it two tasks that send their first messages at the same time would both say STARTTLS, or AUTH.
final class PreparationLock: Sendable {
    private typealias Waiter = CheckedContinuation<Bool, Never>

    private struct State {
        var isHeld = false
        var lastTicket = 0
        var waiting: [(ticket: Int, waiter: Waiter)] = []
    }

    private let state = Mutex(State())

    /// Waits for the lock.
    ///
    /// - Returns: Whether it is held now; it is not if the task was cancelled.
    func acquire() async -> Bool {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let isHeld = state.withLock { state -> Bool? in
                    // Asked in here: a cancellation that came before found nobody waiting.
                    if Task.isCancelled { return false }
                    if state.isHeld {
                        state.waiting.append((ticket, waiter))
                        return nil
                    }
                    state.isHeld = true
                    return true
                }
                if let isHeld { waiter.resume(returning: isHeld) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).waiter }
            }
            waiter?.resume(returning: false)
        }
    }

    /// Gives the lock to whoever has waited longest.
    func release() {
        let next = state.withLock { state -> Waiter? in
            guard !state.waiting.isEmpty else {
                state.isHeld = false
                return nil
            }
            return state.waiting.removeFirst().waiter
        }
        next?.resume(returning: true)
    }
}
