internal import Synchronization

/// The reports of messages that are sent one after the other, in the order of the messages; see
/// `SMTPConnection/send(contentsOf:window:)`.
///
/// Sending begins when the first report is asked for, and no message is taken more than four windows ahead of the reader. A
/// report may wait some milliseconds for others while more messages are at hand. It can be iterated once, for the messages are
/// sent once: a second iteration ends with an error of kind ``SMTPError/Kind/usage``, and so do iterations of copies.
public struct DeliveryReports: AsyncSequence, Sendable {
    /// A report for a message.
    public typealias Element = DeliveryReport

    /// Why messages may be left of which none was sent.
    public typealias Failure = SMTPError

    let window: DeliveryWindow

    /// Where the caller's sequence is iterated.
    let outerExecutor: any TaskExecutor

    /// Sends all messages, by way of the queue, until it is stopped.
    let send: @Sendable (DeliveryQueue) async -> Void

    private let firstUse = FirstUse()

    init(
        window: DeliveryWindow,
        outerExecutor: any TaskExecutor,
        send: @escaping @Sendable (DeliveryQueue) async -> Void
    ) {
        self.window = window
        self.outerExecutor = outerExecutor
        self.send = send
    }

    /// Begins to send.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(Sending(DeliveryQueue(window), outerExecutor, firstUse.take() ? send : Self.sendNothing))
    }

    private static let sendNothing: @Sendable (DeliveryQueue) async -> Void = { queue in
        queue.stop(.usage("the reports can be iterated once: another iteration would send the messages again"))
        queue.end()
    }

    /// Gives one report after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let sending: Sending

        /// Reports that came together, the first at the end.
        private var reports: [DeliveryReport] = []

        fileprivate init(_ sending: Sending) {
            self.sending = sending
        }

        /// Waits for the next message's report.
        ///
        /// - Throws: ``SMTPError`` after the reports of all messages that were taken, if the connection, the server, the
        ///   sequence of messages or a cancellation ended the sending before the sequence ended in order.
        public mutating func next() async throws(SMTPError) -> DeliveryReport? {
            try await next(isolation: #isolation)
        }

        /// Waits for the next message's report, on the caller's actor.
        ///
        /// - Throws: As ``next()`` does.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(SMTPError) -> DeliveryReport? {
            if let report = reports.popLast() { return report }
            reports = await sending.nextReports().reversed()
            if let report = reports.popLast() { return report }
            if let failure = sending.takeFailure() { throw failure }
            return nil
        }
    }
}

/// Tells the first of many who ask.
private final class FirstUse: Sendable {
    private let isTaken = Atomic(false)

    func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }
}

/// Messages being sent for one iterator; when nobody holds it any more no further message is taken.
private final class Sending {
    private let queue: DeliveryQueue
    private let outerExecutor: any TaskExecutor
    private let send: @Sendable (DeliveryQueue) async -> Void
    private var task: Task<Void, Never>?
    private var hasFailed = false

    init(
        _ queue: DeliveryQueue,
        _ outerExecutor: any TaskExecutor,
        _ send: @escaping @Sendable (DeliveryQueue) async -> Void
    ) {
        self.queue = queue
        self.outerExecutor = outerExecutor
        self.send = send
    }

    deinit { queue.abandon() }

    func nextReports(isolation: isolated (any Actor)? = #isolation) async -> [DeliveryReport] {
        let task = task ?? OffLoop.start(on: outerExecutor) { [queue, send] in await send(queue) }
        self.task = task
        return await withTaskCancellationHandler {
            await queue.nextReports()
        } onCancel: {
            task.cancel()
        }
    }

    /// Why messages may be left, told once.
    func takeFailure() -> SMTPError? {
        guard !hasFailed else { return nil }
        hasFailed = true
        return queue.failure
    }
}
