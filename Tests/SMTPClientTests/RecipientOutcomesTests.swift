import SMTPWire
import Testing

@testable import SMTPClient

/// The outcomes as a collection: whether one stands for all or not makes no difference to who asks.
@Suite("RecipientOutcomes")
struct RecipientOutcomesTests {
    @Test("One for all is as long as many, and only the one that changes changes", arguments: 0..<4)
    func repeated(count: Int) {
        for place in 0..<count {
            var outcomes = RecipientOutcomes(repeating: .notAttempted, count: count)
            var expected = Array(repeating: DeliveryReport.Outcome.notAttempted, count: count)
            outcomes[place] = .unknown
            expected[place] = .unknown
            #expect(Array(outcomes) == expected)
            #expect(outcomes.contains(where: \.isUnknown))
            #expect(outcomes.allSatisfy(\.isUnknown) == (count == 1))
        }
        let outcomes = RecipientOutcomes(repeating: .notAttempted, count: count)
        #expect(Array(outcomes) == Array(repeating: .notAttempted, count: count))
        #expect(outcomes.first(where: { $0 == .notAttempted }) == (count > 0 ? .notAttempted : nil))
        #expect(!outcomes.contains(where: \.isUnknown))
    }

    @Test("One for each is that one")
    func each() {
        let expected: [DeliveryReport.Outcome] = [.unknown, .notAttempted, .unknown]
        var outcomes = RecipientOutcomes(expected)
        #expect(Array(outcomes) == expected)
        outcomes[0] = .notAttempted
        #expect(Array(outcomes) == [.notAttempted, .notAttempted, .unknown])
    }
}
