internal import DequeModule
import SMTPSession
internal import SMTPTransport

/// The sender's end of a ``DeliveryQueue``: takes messages from it in batches, and puts the reports in order.
///
/// Reports go in batches too while more messages are at hand: each handing over wakes a task on another thread, which
/// costs as much as to send a message.
///
/// Confined to the channel's executor.
final class QueuedMessages: DeliverySource {
    /// So long a report waits for others, and for the next answer of a loop that waits for one: ten connections that share
    /// a loop would each wake a task for every other message otherwise.
    private static let longestDelay = Duration.milliseconds(5)

    private let queue: DeliveryQueue
    private let executor: any TransportExecutor

    /// Wakes the channel from waiting for replies; on its executor, and not from within what it waits in.
    private let wake: @Sendable () -> Void

    /// A message begins.
    private let observe: @Sendable (_ recipientCount: Int) -> SMTPObservation

    @exclusivity(unchecked) private var planned: Deque<DeliveryQueue.Planned> = []

    /// The reports of messages that were taken, in order, as far as they are known.
    @exclusivity(unchecked) private var open: Deque<DeliveryReport?> = []

    /// The index of the first of them.
    @exclusivity(unchecked) private var firstIndex = 0

    /// The reports that are known and were not handed back.
    private var waitingCount = 0

    /// When those are handed back at the latest, and what sees to it.
    private var due: (instant: MonotonicInstant, timer: ScheduledWork)?

    init(
        _ queue: DeliveryQueue,
        on executor: any TransportExecutor,
        observe: @escaping @Sendable (_ recipientCount: Int) -> SMTPObservation,
        wake: @escaping @Sendable () -> Void
    ) {
        self.queue = queue
        self.executor = executor
        self.observe = observe
        self.wake = wake
    }

    var hasMessage: Bool {
        if planned.isEmpty { planned = queue.takeMessages() }
        return !planned.isEmpty
    }

    func takeMessage() -> MessageDelivery? {
        while hasMessage, let next = planned.popFirst() {
            switch next.fate {
            case .report(let report):
                appendUnsent(report)
                waitingCount += 1
            case .delivery(let message):
                message.index = firstIndex + open.count
                message.observation = observe(message.planned.plan.forwardPaths.count)
                open.append(nil)
                return message
            }
        }
        return nil
    }

    func finished(_ message: MessageDelivery) {
        let report = message.report()
        message.observation?.ended(SMTPOperation.Ending(report))
        if let error = message.endOfAll { queue.stop(error) }
        open[message.index - firstIndex] = report
        waitingCount += 1
    }

    func willWait() {
        if waitingCount > 0 { publishInTime() }
        if queue.isAbandoned {
            for planned in planned { planned.dropped() }
            planned.removeAll()
        }
        // A message that is at hand, and that the window does not let go, is no reason to be woken: a reply will be.
        if !hasMessage { queue.wakeForMessage { [executor, wake] in _ = executor.schedule(at: executor.now, wake) } }
    }

    func tellNow() {
        if waitingCount > 0 { publish() }
    }

    func ended(with error: ChannelError?) {
        if let error { refuseAll(SMTPError(error)) }
        publish()
    }

    /// Reports all messages that are still at hand as not attempted, for this reason.
    func refuseAll(_ error: SMTPError) {
        queue.stop(error)
        while hasMessage, let next = planned.popFirst() { appendUnsent(next.notAttempted(error)) }
        publish()
    }

    /// Puts the report of a message of which nothing is sent behind those before it.
    private func appendUnsent(_ report: DeliveryReport) {
        observe(report.recipients.count).ended(SMTPOperation.Ending(report))
        open.append(report)
    }

    /// Hands back the reports if nobody may wait any longer for them: who has no message at hand may be asking for one
    /// only when it has a report.
    private func publishInTime() {
        let isDue = due.map { $0.instant <= executor.now } ?? false
        if isDue || waitingCount >= queue.batch || !hasMessage { return publish() }
        guard due == nil else { return }
        let instant = executor.now.advanced(by: Self.longestDelay)
        due = (instant, executor.schedule(at: instant, wake))
    }

    /// Hands back the reports that no earlier one is missing before.
    private func publish() {
        waitingCount = 0
        due?.timer.cancel()
        due = nil
        var reports: [DeliveryReport] = []
        while case .some(.some) = open.first, let report = open.removeFirst() { reports.append(report) }
        guard !reports.isEmpty else { return }
        firstIndex += reports.count
        queue.put(reports)
    }
}
