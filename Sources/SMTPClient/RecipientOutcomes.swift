/// The outcomes of a message's recipients, in order.
///
/// They are seldom different from each other: then one stands for all, however many there are.
struct RecipientOutcomes: RandomAccessCollection {
    /// One for each, or one for all.
    private(set) var stored: [DeliveryReport.Outcome]
    let endIndex: Int

    init(_ outcomes: [DeliveryReport.Outcome]) {
        stored = outcomes
        endIndex = outcomes.count
    }

    init(repeating outcome: DeliveryReport.Outcome, count: Int) {
        stored = count > 0 ? [outcome] : []
        endIndex = count
    }

    var startIndex: Int { 0 }

    subscript(index: Int) -> DeliveryReport.Outcome {
        get { stored[stored.count == 1 ? 0 : index] }
        set {
            if stored.count < endIndex { stored = Array(self) }
            stored[index] = newValue
        }
    }

    func contains(where isWanted: (DeliveryReport.Outcome) -> Bool) -> Bool {
        stored.contains(where: isWanted)
    }

    func first(where isWanted: (DeliveryReport.Outcome) -> Bool) -> DeliveryReport.Outcome? {
        stored.first(where: isWanted)
    }

    func allSatisfy(_ isWanted: (DeliveryReport.Outcome) -> Bool) -> Bool {
        stored.allSatisfy(isWanted)
    }
}
