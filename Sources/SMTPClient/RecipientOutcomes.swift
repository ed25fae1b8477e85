/// The outcomes of a message's recipients, in order.
///
/// They are seldom different from each other: then one stands for all, however many there are.
struct RecipientOutcomes: RandomAccessCollection {
    /// One for each, or one for all.
    private(set) var distinct: [DeliveryReport.Outcome]
    let endIndex: Int

    init(_ outcomes: [DeliveryReport.Outcome]) {
        distinct = outcomes
        endIndex = outcomes.count
    }

    init(repeating outcome: DeliveryReport.Outcome, count: Int) {
        distinct = count > 0 ? [outcome] : []
        endIndex = count
    }

    var startIndex: Int { 0 }

    subscript(index: Int) -> DeliveryReport.Outcome {
        get { distinct[distinct.count == 1 ? 0 : index] }
        set {
            if distinct.count < endIndex { distinct = Array(self) }
            distinct[index] = newValue
        }
    }

    func contains(where isWanted: (DeliveryReport.Outcome) -> Bool) -> Bool {
        distinct.contains(where: isWanted)
    }

    func first(where isWanted: (DeliveryReport.Outcome) -> Bool) -> DeliveryReport.Outcome? {
        distinct.first(where: isWanted)
    }

    func allSatisfy(_ isWanted: (DeliveryReport.Outcome) -> Bool) -> Bool {
        distinct.allSatisfy(isWanted)
    }
}
