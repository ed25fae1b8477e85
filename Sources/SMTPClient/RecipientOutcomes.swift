/// The outcomes of a message's recipients, in order.
///
/// They are seldom different from each other: then one stands for all, however many there are.
struct RecipientOutcomes: RandomAccessCollection {
    private enum Storage {
        case alike(DeliveryReport.Outcome)
        case each([DeliveryReport.Outcome])
    }

    private var storage: Storage
    let endIndex: Int

    init(_ outcomes: [DeliveryReport.Outcome]) {
        storage = .each(outcomes)
        endIndex = outcomes.count
    }

    init(repeating outcome: DeliveryReport.Outcome, count: Int) {
        storage = .alike(outcome)
        endIndex = count
    }

    var startIndex: Int { 0 }

    /// Those that differ from each other, or may.
    var distinct: [DeliveryReport.Outcome] {
        switch storage {
        case .alike(let outcome): isEmpty ? [] : [outcome]
        case .each(let outcomes): outcomes
        }
    }

    subscript(index: Int) -> DeliveryReport.Outcome {
        get {
            switch storage {
            case .alike(let outcome): outcome
            case .each(let outcomes): outcomes[index]
            }
        }
        set {
            var outcomes = if case .each(let outcomes) = storage { outcomes } else { Array(self) }
            // With a second owner they would be copied.
            storage = .alike(newValue)
            outcomes[index] = newValue
            storage = .each(outcomes)
        }
    }

    func contains(where isWanted: (DeliveryReport.Outcome) -> Bool) -> Bool {
        first(where: isWanted) != nil
    }

    func first(where isWanted: (DeliveryReport.Outcome) -> Bool) -> DeliveryReport.Outcome? {
        switch storage {
        case .alike(let outcome): isEmpty || !isWanted(outcome) ? nil : outcome
        case .each(let outcomes): outcomes.first(where: isWanted)
        }
    }

    func allSatisfy(_ isWanted: (DeliveryReport.Outcome) -> Bool) -> Bool {
        !contains { !isWanted($0) }
    }
}
