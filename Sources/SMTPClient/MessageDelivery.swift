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

    /// What ended its transactions; of several, what says most.
    @exclusivity(unchecked) private var error: SMTPError?

    /// Why no transaction has the rest of the recipients.
    @exclusivity(unchecked) private var leftOut: SMTPError?

    /// What to do with recipients that were not attempted though a transaction had them, by their places.
    @exclusivity(unchecked) private var advice: [Int: SMTPError.Advice] = [:]

    /// Why no more messages can be sent with it, if they cannot.
    @exclusivity(unchecked) private(set) var endOfAll: SMTPError?

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
            // No other message either (RFC 9422 §4.1).
            failWithAll(.sessionLimit("\(planned.plan.limits.mailCount ?? 0) messages"))
            return nil
        }
        let admitted = tally.admit(next, of: planned)
        if admitted?.recipientCount != next.recipientCount {
            leaveOut(.sessionLimit("\(planned.plan.limits.domainCount ?? 0) domains of recipients"))
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
        let settled = record.outcomes()
        if outcomes == nil, indices.count == planned.plan.forwardPaths.count {
            outcomes = settled
        } else {
            take(settled, for: indices)
        }
        if let failure = record.error { ended(by: failure, settled, indices) }
        guard record.isAnyRecipientRefused || !content.isRepeatable else { return }
        let rest = record.placesBeyondRoom
        guard content.isRepeatable else {
            take(RecipientOutcomes(repeating: .notAttempted, count: rest.count), for: rest.map { indices[$0] })
            if hasMore || !rest.isEmpty, planned.plan.policy == .anyAccepted, record.isMailAccepted {
                leaveOut(.readOnce)
            }
            return skipRest()
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
        leaveOut(error)
    }

    /// Nothing more can be sent of it, nor of the messages behind it, for this reason.
    func failWithAll(_ error: SMTPError) {
        endOfAll = error
        fail(error)
    }

    /// What ended a transaction decides for those of its recipients that were not attempted.
    private func ended(by failure: SMTPError, _ settled: RecipientOutcomes, _ indices: [Int]) {
        // It says more than who was refused in a transaction before; but of a refused MAIL no recipient's outcome tells.
        let mayStay = error?.kind != .refused || (error?.verb == "MAIL" && failure.kind == .refused)
        if error == nil || !mayStay { error = failure }
        for (index, outcome) in zip(indices, settled) where outcome == .notAttempted { advice[index] = failure.advice }
    }

    private func leaveOut(_ reason: SMTPError) {
        if leftOut == nil { leftOut = reason }
    }

    /// What became of the message.
    func report() -> DeliveryReport {
        progress?.finished()
        let outcomes = outcomes ?? noneAttempted
        guard error != nil || leftOut != nil else {
            return DeliveryReport(planned.plan.forwardPaths, outcomes, error: nil)
        }
        var error = error
        // Refused recipients are no failure of the message while another was accepted; a MAIL of theirs is.
        if error?.kind == .refused, error?.verb != "MAIL", outcomes.contains(where: \.isAccepted) { error = nil }
        if error == nil { error = leftOut }
        // One recipient refused for good is no reason to give up another that was not.
        if error?.advice == .never {
            let answers = outcomes.distinct.compactMap { $0.answer.map { SMTPError.Advice(after: $0.reply) } }
            let others = answers + advice.values + [leftOut?.advice].compactMap { $0 }
            error?.advice = [.sendAgainNow, .sendAgainLater].first(where: others.contains) ?? .never
        }
        if outcomes.contains(where: \.isUnknown) { error?.advice = .unsafe }
        return DeliveryReport(
            planned.plan.forwardPaths,
            outcomes,
            error: error,
            over: planned.plan.security,
            advice: advice,
            otherwise: leftOut?.advice
        )
    }
}
