import SMTPSession
internal import SMTPWire

/// A message on its way: its plan, the transactions it has taken, and what became of each recipient so far.
final class MessageDelivery {
    let plan: DeliveryPlan

    /// Its place among the messages that are sent with it.
    var index = 0

    /// Who wants to know how much of it has been sent.
    let progress: DeliveryProgress?

    /// Who is told when it has ended, if somebody was told that it began.
    var observation: SMTPObservation?

    private let content: Content

    private var outcomes: [DeliveryReport.Outcome]
    private var error: SMTPError?

    /// Whether the server takes no more messages in this session (RFC 9422 §4.1).
    private(set) var isBeyondSession = false

    /// The transactions still to come.
    private var waiting: [DeliveryPlan.Transaction]

    init(_ message: MailObject, _ plan: DeliveryPlan) {
        self.plan = plan
        content = message.content
        progress = message.progress
        outcomes = Array(repeating: .notAttempted, count: plan.forwardPaths.count)
        waiting = plan.transactions.reversed()
    }

    /// Whether another transaction is to come.
    var hasMore: Bool { !waiting.isEmpty }

    /// Takes the next transaction, with a reader of the content.
    ///
    /// - Returns: `nil` if there is none, the session has used up what the server allows it, or the content cannot be
    ///   read.
    func nextTransaction(_ tally: inout SessionTally) -> (DeliveryPlan.Transaction, ContentReader)? {
        guard let next = waiting.popLast() else { return nil }
        if tally.isAtMailLimit(plan.limits) {
            isBeyondSession = true
            fail(.sessionLimit("\(plan.limits.mailCount ?? 0) messages"))
            return nil
        }
        guard let transaction = tally.admit(next, of: plan) else {
            fail(.sessionLimit("\(plan.limits.domainCount ?? 0) domains of recipients"))
            return nil
        }
        do throws(SMTPError) {
            // Opened before the transaction begins: a file that is not there must not cost one.
            let reader = try ContentReader(content, form: plan.form)
            progress?.planned(plan.wireSize)
            return (transaction, reader)
        } catch {
            fail(error)
            return nil
        }
    }

    /// Takes in what became of a transaction.
    ///
    /// Recipients beyond what the server takes at once get a transaction of their own, if this one got on at all.
    func finished(_ transaction: DeliveryPlan.Transaction, _ record: borrowing TransactionRecord) {
        var rest: [Int] = []
        for (place, outcome) in record.outcomes().enumerated() {
            outcomes[transaction.indices[place]] = outcome
            if record.isTooMany(place) { rest.append(place) }
        }
        // What ended a transaction says more than who was refused in one before it.
        if let failure = record.error, error == nil || error?.kind == .refused { error = failure }
        guard content.isRepeatable else {
            for place in rest { outcomes[transaction.indices[place]] = .notAttempted }
            waiting = []
            return
        }
        guard !rest.isEmpty, record.isAnyRecipientAccepted, plan.policy == .anyAccepted, !record.isClosing else {
            return
        }
        waiting.append(transaction.keeping(rest))
    }

    /// Nothing more of the message can be sent, for this reason.
    func fail(_ error: SMTPError) {
        waiting = []
        if self.error == nil { self.error = error }
    }

    /// What became of the message.
    func report() -> DeliveryReport {
        progress?.finished()
        var error = error
        // Refused recipients are no failure of the message while another was accepted.
        if error?.kind == .refused, outcomes.contains(where: { $0.isAccepted }) { error = nil }
        // One recipient refused for good is no reason to give up another that was not.
        if error?.advice == .never {
            let others = outcomes.compactMap { $0.answer.map { SMTPError.Advice(after: $0.reply) } }
            error?.advice = [.sendAgainNow, .sendAgainLater].first(where: others.contains) ?? .never
        }
        if outcomes.contains(.unknown) { error?.advice = .unsafe }
        return DeliveryReport(plan.forwardPaths, outcomes, error: error)
    }
}
