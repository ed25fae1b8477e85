internal import Synchronization

/// What a sink has seen, and who waits to see more.
final class SinkStore: Sendable {
    typealias Waiter = CheckedContinuation<Void, Never>

    private struct State {
        var transactions: [SinkTransaction] = []
        var sessions: [SinkSession] = []
        var footprint = 0
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var isClosed = false
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
            state.footprint += transactions.reduce(0) { $0 + $1.footprint }
        }
    }

    func add(_ session: SinkSession) {
        change { state in
            state.sessions.append(session)
            state.footprint += session.footprint
        }
    }

    /// No more comes: whoever waits is told.
    func close() {
        change { $0.isClosed = true }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiters = state.withLock { state in
            body(&state)
            trim(&state)
            defer { state.waiters = [:] }
            return state.waiters.sorted { $0.key < $1.key }.map(\.value)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Drops the oldest records beyond the limits, a good part at once, so that the cost stays constant for each.
    private func trim(_ state: inout State) {
        while state.footprint > limits.recordedOctets || state.transactions.count > limits.records
            || state.sessions.count > limits.records
        {
            guard !state.transactions.isEmpty || !state.sessions.isEmpty else { return }
            let transactions = state.transactions.prefix(state.transactions.count / 4 + 1)
            let sessions = state.sessions.prefix(state.sessions.count / 4 + 1)
            state.footprint -= transactions.reduce(0) { $0 + $1.footprint }
            state.footprint -= sessions.reduce(0) { $0 + $1.footprint }
            state.transactions.removeFirst(transactions.count)
            state.sessions.removeFirst(sessions.count)
        }
    }

    /// Waits until `predicate` holds, which is asked after each change; returns whether it did before the sink was closed.
    func wait(until predicate: (SinkStore) -> Bool) async throws(CancellationError) -> Bool {
        while true {
            if predicate(self) { return true }
            if state.withLock({ $0.isClosed }) { return false }
            try await waitForChange(unless: predicate)
        }
    }

    private func waitForChange(unless predicate: (SinkStore) -> Bool) async throws(CancellationError) {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.waiters[id] = continuation }
                // What changed before the waiter was there has woken nobody.
                if predicate(self) || Task.isCancelled || state.withLock({ $0.isClosed }) { wake(id) }
            }
        } onCancel: {
            wake(id)
        }
        if Task.isCancelled { throw CancellationError() }
    }

    private func wake(_ id: UInt64) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
}
