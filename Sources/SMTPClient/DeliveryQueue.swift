internal import DequeModule
internal import Synchronization

/// Messages on their way to the channel and reports on their way back, between three tasks: one takes messages from the
/// caller's sequence and plans them, one sends them on the channel's executor, and the caller's reads the reports.
///
/// All it holds is bounded by what may be taken ahead of the reports that are read.
final class DeliveryQueue: Sendable {
    typealias Waiter = UnsafeContinuation<Void, Never>

    /// A message with its plan, or the report of one that cannot go.
    ///
    /// Unchecked: a delivery is handed from one task to the next, and the one before does not keep it.
    struct Planned: @unchecked Sendable {
        enum Fate {
            case delivery(MessageDelivery)
            case report(DeliveryReport)
        }

        let fate: Fate

        /// The message's size as far as it is in memory and known.
        let octets: Int

        init(_ delivery: MessageDelivery) {
            fate = .delivery(delivery)
            octets = delivery.planned.plan.size.flatMap { Int(exactly: $0) } ?? 0
        }

        init(_ report: DeliveryReport) {
            fate = .report(report)
            octets = 0
        }

        /// Nothing of it is sent, and nobody asks for its report.
        func dropped() {
            if case .delivery(let delivery) = fate { delivery.progress?.finished() }
        }

        /// The report if nothing of the message is sent, for this reason.
        func notAttempted(_ error: SMTPError) -> DeliveryReport {
            switch fate {
            case .report(let report): return report
            case .delivery(let delivery):
                delivery.fail(error)
                return delivery.report()
            }
        }
    }

    private struct State {
        var planned: Deque<Planned> = []
        var reports: [DeliveryReport] = []

        /// The sizes of the messages that were taken and whose reports nobody has read.
        var sizes: Deque<Int> = []
        var octets = 0

        /// The caller's sequence has ended in order.
        var isFed = false
        /// No more messages are taken.
        var isStopped = false
        /// No more reports come.
        var isOver = false
        var failure: SMTPError?

        var feeder: Waiter?
        var sender: Waiter?
        var reader: Waiter?
        /// Wakes the sender while it waits for replies, and would send a message that comes meanwhile.
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Nobody reads reports any more; asked so often that no lock is taken for it.
    private let abandoned = Atomic(false)

    /// What may be taken ahead: enough that neither the one who sends nor those beside it wait for each other.
    private let limit: DeliveryWindow

    /// As many reports go back at once at least, while there are more messages: few enough that who waits for room to take
    /// more is not kept waiting.
    let batch: Int

    init(_ window: DeliveryWindow) {
        batch = min(window.messages, 64)
        // Four times the widest window there is would be more than a number holds.
        limit = DeliveryWindow(messages: 4 * min(window.messages, .max / 4), octets: 4 * min(window.octets, .max / 4))
    }

    // MARK: For who takes messages from the caller

    /// Waits until another message may be taken, and returns whether one is wanted.
    func awaitRoom() async -> Bool {
        if let isWanted = state.withLock({ state in hasRoom(state) ? !state.isStopped : nil }) { return isWanted }
        await withUnsafeContinuation { waiter in
            let goesOn = state.withLock { state in
                if hasRoom(state) { return true }
                state.feeder = waiter
                return false
            }
            if goesOn { waiter.resume() }
        }
        return state.withLock { !$0.isStopped }
    }

    private func hasRoom(_ state: borrowing State) -> Bool {
        state.isStopped || state.sizes.isEmpty
            || (state.sizes.count < limit.messages && state.octets < limit.octets)
    }

    /// Whether it is worth while to wake who waits for room, which costs as much as to send a message: where the octets are
    /// what there is little room for, or else if half of the messages may be taken, which is still more than the window.
    ///
    /// Who sends wakes it when it has nothing to send, and there is any room.
    private func hasMuchRoom(_ state: borrowing State) -> Bool {
        hasRoom(state) && (state.sizes.count <= limit.messages / 2 || state.octets > limit.octets / 2)
    }

    /// Hands on a message; it gets a report, if there is somebody to read it.
    func put(_ planned: Planned) {
        let then = state.withLock { state -> (() -> Void)? in
            guard !isAbandoned else { return planned.dropped }
            state.planned.append(planned)
            state.sizes.append(planned.octets)
            state.octets += planned.octets
            return Self.senderIsNeeded(&state)
        }
        then?()
    }

    /// The caller's sequence has ended in order.
    func fed() {
        let wakeUp = state.withLock { state in
            state.isFed = true
            state.isStopped = true
            return Self.senderIsNeeded(&state)
        }
        wakeUp?()
    }

    private static func senderIsNeeded(_ state: inout State) -> (() -> Void)? {
        if let sender = state.sender.take() { return { sender.resume() } }
        return state.wake.take()
    }

    // MARK: For who sends

    /// Waits until there are messages, and returns `false` once none will come.
    func awaitMessages() async -> Bool {
        await withUnsafeContinuation { waiter in
            let (goesOn, feeder) = state.withLock { state -> (Bool, Waiter?) in
                if !state.planned.isEmpty || state.isStopped { return (true, nil) }
                state.sender = waiter
                return (false, takeFeeder(&state))
            }
            feeder?.resume()
            if goesOn { waiter.resume() }
        }
        return state.withLock { !$0.planned.isEmpty || !$0.isStopped }
    }

    /// Who waits for room, if there is any.
    private func takeFeeder(_ state: inout State) -> Waiter? { hasRoom(state) ? state.feeder.take() : nil }

    /// Wakes the sender from waiting for messages, whether there are any or not.
    func wakeSender() {
        state.withLock { $0.sender.take() }?.resume()
    }

    /// Takes all messages there are.
    func takeMessages() -> Deque<Planned> {
        state.withLock { state in
            var taken: Deque<Planned> = []
            swap(&taken, &state.planned)
            return taken
        }
    }

    /// Calls `wake` when the next message comes, unless one is there already.
    func wakeForMessage(_ wake: @escaping @Sendable () -> Void) {
        let (isThere, feeder) = state.withLock { state -> (Bool, Waiter?) in
            guard state.planned.isEmpty else { return (true, nil) }
            if !state.isStopped { state.wake = wake }
            return (false, takeFeeder(&state))
        }
        feeder?.resume()
        if isThere { wake() }
    }

    /// Hands back reports, in the order of the messages.
    func put(_ reports: [DeliveryReport]) {
        let reader = state.withLock { state in
            state.reports += reports
            return state.reader.take()
        }
        reader?.resume()
    }

    /// Takes no more messages from the caller, for this reason.
    func stop(_ error: SMTPError? = nil) {
        let (feeder, sender) = state.withLock { state in
            if state.failure == nil { state.failure = error }
            state.isStopped = true
            return (state.feeder.take(), state.sender.take())
        }
        feeder?.resume()
        sender?.resume()
    }

    /// Nothing more is sent: what was taken and is still here gets its report, which `observe` is told of.
    func end(_ observe: (DeliveryReport) -> Void = { _ in }) {
        let (planned, failure) = state.withLock { state in
            var planned: Deque<Planned> = []
            if state.failure != nil { swap(&planned, &state.planned) }
            return (planned, state.failure)
        }
        let reports = failure.map { failure in planned.map { $0.notAttempted(failure) } } ?? []
        reports.forEach(observe)
        let reader = state.withLock { state in
            state.reports += reports
            state.isOver = true
            return state.reader.take()
        }
        reader?.resume()
    }

    /// Whether nobody wants what was not begun.
    var isAbandoned: Bool { abandoned.load(ordering: .relaxed) }

    // MARK: For who reads reports

    /// Nobody reads reports any more: what was not begun is not begun any more.
    func abandon() {
        let dropped = state.withLock { state in
            abandoned.store(true, ordering: .relaxed)
            var dropped: Deque<Planned> = []
            swap(&dropped, &state.planned)
            return dropped
        }
        for planned in dropped { planned.dropped() }
        stop()
    }

    /// Waits for reports and takes those there are, in order; none once no more come.
    func nextReports() async -> [DeliveryReport] {
        await withUnsafeContinuation { waiter in
            let goesOn = state.withLock { state in
                if !state.reports.isEmpty || state.isOver { return true }
                state.reader = waiter
                return false
            }
            if goesOn { waiter.resume() }
        }
        let (reports, feeder) = state.withLock { state in
            var reports: [DeliveryReport] = []
            swap(&reports, &state.reports)
            for size in state.sizes.prefix(reports.count) { state.octets -= size }
            state.sizes.removeFirst(min(reports.count, state.sizes.count))
            return (reports, hasMuchRoom(state) ? state.feeder.take() : nil)
        }
        feeder?.resume()
        return reports
    }

    /// Why messages may be left that were not taken, or `nil` if all were.
    var failure: SMTPError? { state.withLock { $0.isFed ? nil : $0.failure } }
}
