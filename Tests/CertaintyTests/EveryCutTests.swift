import SMTPTesting
import TestSupport
import Testing

/// The connection ends, breaks or falls silent after each single octet, in each direction.
@Suite("Certainty: every cut")
struct EveryCutTests {
    private static let faults: [NetworkFault.Kind] = [.cut, .reset, .stall]

    /// Disturbs sessions of a kind at each place until there is none left to disturb.
    private static func disturbEverywhere(
        _ kind: SessionKind,
        _ fault: NetworkFault.Kind,
        _ direction: NetworkFault.Direction,
        step: Int = 1
    ) throws -> [Verdict] {
        let undisturbed = try kind.session("undisturbed")
        let dull = direction == .outward ? try kind.midstOfChunk() : nil
        var verdicts = [undisturbed]
        var place = 0
        // A session that ends as the undisturbed one did has nothing behind this place that matters; for QUIT, go on.
        var calm = 0
        while calm < 40 / step + 1 {
            let verdict = try kind.session(
                "\(fault) \(direction) after \(place)",
                faults: [NetworkFault(fault, direction, after: place)]
            )
            verdicts.append(verdict)
            calm = verdict.words == undisturbed.words ? calm + 1 : 0
            place += step
            if let dull, dull.contains(place) { place = dull.upperBound }
        }
        return verdicts
    }

    @Test("The report is true, wherever it happens", arguments: SessionKind.allCases)
    func everywhere(kind: SessionKind) async throws {
        // Of a long content each session moves a hundred times as much, and a reset is a cut with another error.
        for fault in Self.faults where fault != .reset || !kind.hasSeveralChunks {
            for direction in NetworkFault.Direction.allCases {
                // Handshakes take long, and a reset in one differs from a cut by nothing but the error.
                let step = kind == .startTLS && fault == .reset ? 7 : 1
                let verdicts = try await onOwnThread { try Self.disturbEverywhere(kind, fault, direction, step: step) }
                for verdict in verdicts where !verdict.problems.isEmpty { Issue.record("\(verdict.description)") }
                print("every cut: \(kind), \(fault) \(direction): \(verdicts.count) sessions")
                let words = Set(verdicts.flatMap(\.words))
                #expect(words == ["accepted", "unknown", "not attempted"], "\(kind), \(fault) \(direction)")
                if kind.isOneByOne { checkWindow(verdicts, kind, "\(kind), \(fault) \(direction)") }
            }
        }
    }

    /// Each further octet that passes only ever makes more certain; and a message is unknown only while its last piece, or
    /// the reply to it, is under way.
    private func checkWindow(_ verdicts: [Verdict], _ kind: SessionKind, _ place: String) {
        let stages = ["not attempted", "unknown", "accepted"]
        for message in TestMessage.several(kind) {
            for recipient in 0..<message.recipientCount {
                let words = verdicts.dropFirst().compactMap { $0.outcomes[message.number]?.first?[recipient] }
                let order = words.compactMap { stages.firstIndex(of: $0) }
                #expect(order == order.sorted() && order.count == words.count, "\(place): \(words)")
            }
            // What is streamed is unknown from its first octet on.
            if kind == .severalChunks { continue }
            let unknown = verdicts.count { $0.outcomes[message.number]?.first?.contains("unknown") ?? false }
            #expect(unknown <= Self.windowLength(kind, message), "\(place): message \(message.number)")
        }
    }

    private static func windowLength(_ kind: SessionKind, _ message: TestMessage) -> Int {
        // Each octet of the last piece or of the replies to it, and both ends; under TLS in a record of its own.
        let replies = 20 * (message.recipientCount + 2) + 30
        let record = kind == .startTLS ? 60 : 0
        // By BDAT the whole of the envelope may be out, and unanswered, before.
        let envelope = kind == .chunked ? 60 * (message.recipientCount + 2) : 0
        let transactions = kind.isDivided ? message.recipientCount : 1
        return transactions * (max(message.wireLength(inChunks: false), replies) + 1 + record + envelope)
    }
}

extension SessionKind {
    /// The octets in the midst of a chunk that is not the last, as the client sends them: each is as good as the next.
    fileprivate func midstOfChunk() throws -> Range<Int>? {
        guard hasSeveralChunks else { return nil }
        let simulation = Simulation(seed: 0, server: try server(), order: .inOrder)
        let client = SessionClient(kind: self, messages: TestMessage.several(self))
        _ = try simulation.run { await client.run(over: simulation.connect()) }
        let sent = try #require(simulation.server.sessions.first).receivedText
        let size = TestMessage.chunkSize
        let start = try #require(sent.firstRange(of: "BDAT \(size)\r\n")).upperBound
        let first = sent.utf8.distance(from: sent.startIndex, to: start)
        return first + 40..<first + size - 40
    }
}
