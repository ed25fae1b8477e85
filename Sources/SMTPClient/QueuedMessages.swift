internal import DequeModule
import SMTPSession

/// The sender's end of a ``DeliveryQueue``: takes messages from it in batches, and puts the reports in order.
///
/// Confined to the channel's executor.
final class QueuedMessages: DeliverySource {
    private let queue: DeliveryQueue

    /// Wakes the channel from waiting for replies.
    private let wake: @Sendable () -> Void

    /// A message begins.
    private let observe: @Sendable (_ recipientCount: Int) -> SMTPObservation

    private var planned: Deque<DeliveryQueue.Planned> = []

    /// The reports of messages that were taken, in order, as far as they are known.
    private var open: Deque<DeliveryReport?> = []

    /// The index of the first of them.
    private var firstIndex = 0

    init(
        _ queue: DeliveryQueue,
        observe: @escaping @Sendable (_ recipientCount: Int) -> SMTPObservation,
        wake: @escaping @Sendable () -> Void
    ) {
        self.queue = queue
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
            case .report(let report): open.append(report)
            case .delivery(let message):
                message.index = firstIndex + open.count
                message.observation = observe(message.plan.forwardPaths.count)
                open.append(nil)
                return message
            }
        }
        return nil
    }

    func finished(_ message: MessageDelivery) {
        let report = message.report()
        message.observation?.ended(SMTPOperation.Ending(report))
        if message.isBeyondSession { queue.stop(report.error) }
        open[message.index - firstIndex] = report
    }

    func willWait() {
        publish()
        if queue.isAbandoned { planned.removeAll() }
        // A message that is at hand, and that the window does not let go, is no reason to be woken: a reply will be.
        if !hasMessage { queue.wakeForMessage(wake) }
    }

    func ended(with error: ChannelError?) {
        if let error { refuseAll(SMTPError(error)) }
        publish()
    }

    /// Reports all messages that are still at hand as not attempted, for this reason.
    func refuseAll(_ error: SMTPError) {
        queue.stop(error)
        while hasMessage, let next = planned.popFirst() { open.append(next.notAttempted(error)) }
        publish()
    }

    /// Hands back the reports that no earlier one is missing before.
    private func publish() {
        var reports: [DeliveryReport] = []
        while let first = open.first, first != nil, let report = open.removeFirst() { reports.append(report) }
        guard !reports.isEmpty else { return }
        firstIndex += reports.count
        queue.put(reports)
    }
}
