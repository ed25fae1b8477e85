import SMTPSession
internal import SMTPWire

/// A message on its way: its plan, the transactions it has taken, and what became of each recipient so far.
final class MessageDelivery {
    let planned: EncodedPlan

    /// Its place among the messages that are sent with it.
    @exclusivity(unchecked) var index = 0

    /// Who wants to know how much of it has been sent.
    let progress: DeliveryProgress?

    /// Who is told when it has ended, if somebody was told that it began.
    @exclusivity(unchecked) var observation: SMTPObservation?

    private let content: Content

    /// `nil` until a transaction has ended.
    @exclusivity(unchecked) private var outcomes: RecipientOutcomes?
    @exclusivity(unchecked) private var error: SMTPError?

    /// Why the server takes no more messages in this session, if it does not (RFC 9422 §4.1).
    @exclusivity(unchecked) private(set) var sessionLimit: SMTPError?

    /// The transactions of the plan that were taken.
    @exclusivity(unchecked) private var takenCount = 0

    /// The recipients that the last transaction had no room for: theirs is the next.
    @exclusivity(unchecked) private var rest: EncodedTransaction?

    init(_ message: MailObject, _ plan: EncodedPlan) {
        planned = plan
        content = message.content
        progress = message.progress
    }

    /// Whether another transaction is to come.
    var hasMore: Bool { rest != nil || takenCount < planned.transactions.count }

    /// Takes the next transaction, with a reader of the content.
    ///
    /// - Returns: `nil` if there is none, the session has used up what the server allows it, or the content cannot be
    ///   read.
    func nextTransaction(_ tally: inout SessionTally) -> (EncodedTransaction, ContentReader)? {
        guard let next = takeNext() else { return nil }
        if tally.isAtMailLimit(planned.plan.limits) {
            let error = SMTPError.sessionLimit("\(planned.plan.limits.mailCount ?? 0) messages")
            sessionLimit = error
            fail(error)
            return nil
        }
        let admitted = tally.admit(next, of: planned)
        if admitted?.recipientCount != next.recipientCount {
            note(.sessionLimit("\(planned.plan.limits.domainCount ?? 0) domains of recipients"))
        }
        guard let transaction = admitted else {
            skipRest()
            return nil
        }
        do throws(SMTPError) {
            // Opened before the transaction begins: a file that is not there must not cost one.
            let reader = try ContentReader(content, form: planned.plan.form)
            progress?.planned(planned.plan.wireSize)
            return (transaction, reader)
        } catch {
            fail(error)
            return nil
        }
    }

    private func takeNext() -> EncodedTransaction? {
        if let rest = rest.take() { return rest }
        guard takenCount < planned.transactions.count else { return nil }
        defer { takenCount += 1 }
        return planned.transactions[takenCount]
    }

    /// Takes in what became of a transaction.
    ///
    /// Recipients beyond what the server takes at once get a transaction of their own, if this one got on at all.
    func finished(_ transaction: EncodedTransaction, _ record: borrowing TransactionRecord) {
        let indices = transaction.transaction.indices
        if outcomes == nil, indices.count == planned.plan.forwardPaths.count {
            outcomes = record.outcomes()
        } else {
            take(record.outcomes(), for: indices)
        }
        // What ended a transaction says more than who was refused in one before it.
        if let failure = record.error { note(failure) }
        guard record.isAnyRecipientRefused || !content.isRepeatable else { return }
        let rest = record.placesBeyondRoom
        guard content.isRepeatable else {
            take(RecipientOutcomes(repeating: .notAttempted, count: rest.count), for: rest.map { indices[$0] })
            return rest.isEmpty && !hasMore ? () : fail(.readOnce)
        }
        let isWorthMore = record.isAnyRecipientAccepted && planned.plan.policy == .anyAccepted && !record.isClosing
        if isWorthMore, !rest.isEmpty { self.rest = EncodedTransaction(transaction.transaction.keeping(rest)) }
    }

    /// Takes in the outcomes of some of the recipients.
    private func take(_ some: RecipientOutcomes, for indices: [Int]) {
        // Taken out and put back: with a second owner they would be copied for each transaction.
        var all = outcomes.take() ?? noneAttempted
        for (index, outcome) in zip(indices, some) { all[index] = outcome }
        outcomes = all
    }

    private var noneAttempted: RecipientOutcomes {
        RecipientOutcomes(repeating: .notAttempted, count: planned.plan.forwardPaths.count)
    }

    private func skipRest() {
        rest = nil
        takenCount = planned.transactions.count
    }

    /// Nothing more of the message can be sent, for this reason.
    func fail(_ error: SMTPError) {
        skipRest()
        note(error)
    }

    /// Of all that went wrong that counts which says most of those who were not attempted.
    private func note(_ failure: SMTPError) {
        let weight = error?.weight ?? 0
        if weight == 0 || failure.weight > weight { error = failure }
    }

    /// What became of the message.
    func report() -> DeliveryReport {
        progress?.finished()
        let outcomes = outcomes ?? noneAttempted
        guard error != nil else { return DeliveryReport(planned.plan.forwardPaths, outcomes, error: nil) }
        var error = error
        // Refused recipients are no failure of the message while another was accepted; a MAIL of theirs is.
        if error?.kind == .refused, error?.verb != "MAIL", outcomes.contains(where: { $0.isAccepted }) { error = nil }
        // One recipient refused for good is no reason to give up another that was not.
        if error?.advice == .never {
            let others = outcomes.stored.compactMap { $0.answer.map { SMTPError.Advice(after: $0.reply) } }
            error?.advice = [.sendAgainNow, .sendAgainLater].first(where: others.contains) ?? .never
        }
        if outcomes.contains(where: \.isUnknown) { error?.advice = .unsafe }
        return DeliveryReport(planned.plan.forwardPaths, outcomes, error: error)
    }
}

extension SMTPError {
    /// How much it says of recipients who were not attempted: one that was refused to another says nothing.
    fileprivate var weight: Int {
        switch (kind, verb) {
        case (.refused, "MAIL"): 1
        case (.refused, _): 0
        case (.sessionLimit, _), (.content, _): 2
        default: 3
        }
    }
}
