internal import SMTPWire
internal import Synchronization

/// The plan made last: who sends many messages often sends them all alike, and to plan one costs as much as to send it.
final class PlanCache: Sendable {
    private final class Entry: Sendable {
        let planner: DeliveryPlanner
        let envelope: Envelope
        let policy: RecipientPolicy
        let encoding: Content.Encoding?
        let facts: ContentFacts
        let plan: EncodedPlan

        init(_ message: MailObject, _ facts: ContentFacts, _ planner: DeliveryPlanner, _ plan: EncodedPlan) {
            self.planner = planner
            self.facts = facts
            self.plan = plan
            envelope = message.envelope
            policy = message.policy
            encoding = message.content.encoding
        }

        /// Whether the plan is what `planner` would make.
        func fits(_ message: MailObject, _ facts: ContentFacts, _ planner: DeliveryPlanner) -> Bool {
            self.facts == facts && policy == message.policy && encoding == message.content.encoding
                && envelope == message.envelope && self.planner == planner
        }
    }

    private let last = Mutex<Entry?>(nil)

    /// Makes the plan for a message, or takes the last one if that is what would be made.
    ///
    /// - Throws: As ``DeliveryPlanner/plan(_:facts:)`` does.
    func plan(
        _ message: MailObject,
        facts: ContentFacts?,
        by planner: DeliveryPlanner
    ) throws(SMTPError) -> EncodedPlan {
        if let facts {
            let last = last.withLock { $0.flatMap { $0.fits(message, facts, planner) ? $0.plan : nil } }
            if let last { return last }
        }
        let plan = EncodedPlan(try planner.plan(message, facts: facts))
        guard let facts else { return plan }
        last.withLock { $0 = Entry(message, facts, planner, plan) }
        return plan
    }
}
