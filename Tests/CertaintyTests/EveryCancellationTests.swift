import SMTPTesting
import TestSupport
import Testing

/// One user of a connection is cancelled after each single step of all that its users, the channel and the server do.
@Suite("Certainty: cancellation at every step")
struct EveryCancellationTests {
    private static let kinds: [SessionKind] = [
        .plain, .pipelined, .chunked, .lmtp, .crossMessage, .streaming, .allOrNothingStreaming, .divided,
        .dividedStreaming,
    ]

    /// Those that go over a slow network too.
    ///
    /// Messages that share a segment by DATA do not: over a pipe that is written to by a task, what is behind a content
    /// must fit into one write, or the reply to it comes before that is known to have left.
    private static let slowKinds: [SessionKind] = [.plain, .pipelined, .streaming]

    /// Cancels after one step more each time, until nothing is left to cancel.
    private static func cancelEverywhere(
        _ kind: SessionKind,
        _ victim: SteppedBatch.Victim,
        isSlow: Bool
    ) throws -> [SteppedBatch.Result] {
        var results: [SteppedBatch.Result] = []
        while results.last?.isCutShort ?? true {
            results.append(try SteppedBatch(kind: kind, victim: victim, steps: results.count, isSlow: isSlow).run())
        }
        return results
    }

    @Test("The others are unaffected, the reports true, and nothing is left", arguments: kinds)
    func everyStep(kind: SessionKind) async throws {
        var (stepCount, keptCount) = (0, 0)
        for victim in SteppedBatch.Victim.allCases {
            for isSlow in Self.slowKinds.contains(kind) ? [false, true] : [false] {
                let results = try await onOwnThread { try Self.cancelEverywhere(kind, victim, isSlow: isSlow) }
                for result in results { check(result) }
                // What a cancelled user's replies answer is known: they are dropped, and nothing ends for them.
                let areOpen = results.allSatisfy { $0.isOpen }
                #expect(areOpen || isSlow, "\(kind), \(victim)")
                stepCount += results.count
                keptCount += results.count { $0.isOpen }
                #expect(results.count > 20)
                #expect(Set(results.flatMap(\.verdict.words)).isSuperset(of: ["accepted", "not attempted"]))
            }
        }
        print("every cancellation: \(kind): \(stepCount) sessions, \(keptCount) connections kept")
        // Half a command cannot be taken back.
        #expect(keptCount > stepCount / 4 && (keptCount < stepCount || !Self.slowKinds.contains(kind)))
    }

    private func check(_ result: SteppedBatch.Result) {
        let place = result.verdict.place
        #expect(result.verdict.problems.isEmpty, "\(result.verdict.description)")
        #expect(result.leftovers.isEmpty, "\(place)")
        if result.isOpen {
            #expect(result.neighbourWords.allSatisfy { $0 == "accepted" }, "\(place): \(result.neighbourWords)")
        }
        // Before its first octet it is as if it had never been asked for.
        if !result.isVictimSeen { #expect(result.isOpen, "\(place)") }
    }
}
