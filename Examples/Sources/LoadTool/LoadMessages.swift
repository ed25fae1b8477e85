import SMTPClient
import Synchronization

/// The messages of one session, taken from the ledger when the connection has room for them and no other has more of a claim.
struct LoadMessages: AsyncSequence, Sendable {
    typealias Element = MailObject
    typealias Failure = Never

    let request: LoadRequest
    let ledger: LoadLedger

    /// What was taken, and has no report yet.
    let pending = PendingMessages()

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(messages: self, left: request.messagesPerConnection)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let messages: LoadMessages
        fileprivate var left: Int

        mutating func next() async -> MailObject? {
            await next(isolation: nil)
        }

        mutating func next(isolation: isolated (any Actor)?) async -> MailObject? {
            guard left > 0 else { return nil }
            let request = messages.request
            // The library takes hundreds ahead: of what is left no connection may have more than half of its share.
            if request.connections > 1 {
                await messages.pending.await(fewerThan: messages.ledger.waiting / (2 * request.connections))
            }
            guard let number = messages.ledger.take() else { return nil }
            left -= 1
            messages.pending.add()
            return MailObject(request.message.content(number: number), envelope: request.envelope)
        }
    }
}

/// How many messages of a connection are under way, for the one that takes more.
final class PendingMessages: Sendable {
    private struct State {
        var count = 0
        var limit = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func add() {
        state.withLock { $0.count += 1 }
    }

    /// Waits until fewer than so many, or none, are under way.
    func await(fewerThan limit: Int) async {
        if state.withLock({ $0.count < max(1, limit) }) { return }
        await withCheckedContinuation { waiter in
            let goesOn = state.withLock { state in
                if state.count < max(1, limit) { return true }
                state.limit = max(1, limit)
                state.waiter = waiter
                return false
            }
            if goesOn { waiter.resume() }
        }
    }

    /// One has its report.
    func remove() {
        let waiter = state.withLock { state in
            state.count -= 1
            return state.count < state.limit ? state.waiter.take() : nil
        }
        waiter?.resume()
    }

    /// No more reports come.
    func removeAll() {
        let waiter = state.withLock { state in
            state.count = 0
            return state.waiter.take()
        }
        waiter?.resume()
    }
}

/// Tells how long each message takes, from its first command to its report.
struct LatencyObserver: SMTPObserver {
    let ledger: LoadLedger

    func operationBegan(_ operation: SMTPOperation) -> ((SMTPOperation.Ending) -> Void)? {
        guard case .send = operation.kind else { return nil }
        let start = ContinuousClock.now
        return { ending in
            if case .sent = ending { ledger.took(ContinuousClock.now - start) }
        }
    }
}
