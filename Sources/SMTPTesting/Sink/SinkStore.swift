internal import Synchronization

/// What a sink has seen, and who waits to see more.
final class SinkStore: Sendable {
    /// What can be waited for, and how often it must have happened.
    enum Goal {
        case messages(Int)
        case endedSessions(Int)
    }

    private struct Waiter {
        let goal: Goal
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var transactions: [SinkTransaction] = []
        var sessions: [SinkSession] = []
        var footprint = 0

        // Counted apart from the records, of which old ones are dropped.
        var messageCount = 0
        var endedSessionCount = 0

        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
        var isClosed = false

        func hasReached(_ goal: Goal) -> Bool {
            switch goal {
            case .messages(let count): messageCount >= count
            case .endedSessions(let count): endedSessionCount >= count
            }
        }

        // A good part at once, so that the cost stays constant for each.

        mutating func dropTransactions() {
            let dropped = transactions.prefix(transactions.count / 4 + 1)
            footprint -= dropped.reduce(0) { $0 + $1.footprint }
            transactions.removeFirst(dropped.count)
        }

        mutating func dropSessions() {
            let dropped = sessions.prefix(sessions.count / 4 + 1)
            footprint -= dropped.reduce(0) { $0 + $1.footprint }
            sessions.removeFirst(dropped.count)
        }
    }

    private let limits: SinkLimits
    private let state = Mutex(State())

    init(_ limits: SinkLimits) {
        self.limits = limits
    }

    var transactions: [SinkTransaction] { state.withLock { $0.transactions } }

    var sessions: [SinkSession] { state.withLock { $0.sessions } }

    func add(_ transactions: [SinkTransaction]) {
        change { state in
            state.transactions += transactions
            state.messageCount += transactions.count { $0.outcome == .accepted }
            state.footprint += transactions.reduce(0) { $0 + $1.footprint }
        }
    }

    func add(_ session: SinkSession) {
        change { state in
            state.sessions.append(session)
            state.endedSessionCount += 1
            state.footprint += session.footprint
        }
    }

    /// No more comes: whoever waits is told.
    func close() {
        change { $0.isClosed = true }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiters = state.withLock { state -> [Waiter] in
            body(&state)
            trim(&state)
            guard !state.waiters.isEmpty else { return [] }
            let done = state.waiters.filter { state.isClosed || state.hasReached($0.value.goal) }
            for id in done.keys { state.waiters[id] = nil }
            return done.sorted { $0.key < $1.key }.map(\.value)
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// Drops the oldest records beyond the limits: of the kind that is too many, or of both if they hold too much.
    private func trim(_ state: inout State) {
        while state.transactions.count > max(0, limits.records) { state.dropTransactions() }
        while state.sessions.count > max(0, limits.records) { state.dropSessions() }
        while state.footprint > limits.recordedOctets, !state.transactions.isEmpty || !state.sessions.isEmpty {
            state.dropTransactions()
            state.dropSessions()
        }
    }

    /// Waits until `goal` is reached, and returns whether it was before the sink was closed.
    func wait(for goal: Goal) async throws(CancellationError) -> Bool {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state -> Bool in
                    guard !state.isClosed, !state.hasReached(goal), !Task.isCancelled else { return false }
                    state.waiters[id] = Waiter(goal: goal, continuation: continuation)
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
        let isReached = state.withLock { $0.hasReached(goal) }
        if !isReached, Task.isCancelled { throw CancellationError() }
        return isReached
    }
}
