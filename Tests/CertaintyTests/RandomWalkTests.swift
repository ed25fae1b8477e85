import SMTPTesting
import TestSupport
import Testing

/// Everything at once: faults, refusals, silence, cancellations, neighbours, in an order that a seed decides.
///
/// `Scripts/walk` runs as many as one likes; here are those that every change must pass.
@Suite("Certainty: random walks")
struct RandomWalkTests {
    /// The first seed of those that every change must pass.
    private static let firstSeed = Environment.number("WALK_SEED") ?? 1_126_000_000

    private static let count = Environment.number("WALK_SESSIONS") ?? 20_000

    private static let threads = Environment.processorCount

    private struct Tally: Sendable {
        var words: [String: Int] = [:]
        var failures: [String] = []
    }

    @Test("No report is wrong, none is missing, and nothing is left behind")
    func walk() async throws {
        print("random walks: \(Self.count) worlds from seed \(Self.firstSeed)")
        let tally = await withTaskGroup(of: Tally.self) { group in
            for thread in 0..<Self.threads {
                group.addTask {
                    await (try? onOwnThread { Self.tally(thread) }) ?? Tally()
                }
            }
            return await group.reduce(into: Tally()) { all, tally in
                all.words.merge(tally.words, uniquingKeysWith: +)
                all.failures += tally.failures
            }
        }
        let words = tally.words.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("random walks: \(words.joined(separator: ", "))")
        for failure in tally.failures.prefix(20) { Issue.record("\(failure)") }
        #expect(tally.failures.count == 0, "of \(Self.count)")
        // A thousand worlds see everything.
        let all = ["accepted", "rejected RCPT", "rejected DATA", "rejected BDAT", "not attempted", "unknown"]
        if Self.count >= 1000 { #expect(Set(tally.words.keys).isSuperset(of: all)) }
    }

    private static func tally(_ thread: UInt64) -> Tally {
        var tally = Tally()
        var seed = firstSeed + thread
        while seed < firstSeed + count {
            defer { seed += threads }
            do {
                let verdict = try RandomWalk(seed: seed).verdict()
                for word in verdict.words { tally.words[word, default: 0] += 1 }
                if !verdict.problems.isEmpty { tally.failures.append(verdict.description) }
            } catch {
                tally.failures.append("seed \(seed): \(error)")
            }
        }
        return tally
    }
}
