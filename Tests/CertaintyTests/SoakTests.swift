import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPTransport
import Synchronization
import Testing

/// Many messages over real sockets, to a server that drops, refuses and stalls by chance: what is left behind would add up.
///
/// `Scripts/soak` sends as many as one likes.
@Suite("Certainty: soak")
struct SoakTests {
    private static let count = Int(Environment.number("SOAK_MESSAGES") ?? 2000)
    private static let connectionCount = Int(Environment.number("SOAK_CONNECTIONS") ?? 10)
    private static let batchLength = max(1, min(1000, count / (4 * connectionCount)))
    private static let seed = Environment.number("SOAK_SEED") ?? 1_126_000_000

    /// What the workers have done.
    private final class Tally: Sendable {
        struct State {
            var next = 0
            var reports = 0
            var words: [String: Int] = [:]
            var connections = 0
            var samples: [Environment.Footprint] = []
        }

        let state = Mutex(State())

        /// The numbers of the next messages, up to `count` of them.
        func take(_ count: Int) -> Range<Int> {
            state.withLock { state in
                let start = state.next
                state.next = min(SoakTests.count, start + count)
                return start..<state.next
            }
        }

        func add(_ word: String) {
            state.withLock { state in
                state.reports += 1
                state.words[word, default: 0] += 1
                if state.reports % max(1, SoakTests.count / 20) == 0 { state.samples.append(Environment.footprint) }
            }
        }
    }

    private static func server() -> SinkConfiguration {
        let generator = Mutex(SeededGenerator(seed: seed))
        var server = SinkConfiguration()
        server.limits.records = 100
        server.limits.recordedInput = 0
        server.limits.recordedContent = 0
        server.script.decide = { _, regular in
            generator.withLock { generator in
                switch Int.random(in: 0..<20_000, using: &generator) {
                case 0: .close
                case 1: .reset
                case 2: .reply(421, "4.3.2 shutting down")
                case 3: regular.unsaid().thenClose()
                // Longer than the client waits.
                case 4: .silence.after(.milliseconds(1500))
                case 5..<25: .reply(450, "4.2.0 not now")
                case 25..<45: .reply(550, "5.7.1 never")
                default: nil
                }
            }
        }
        return server
    }

    private static func configuration() -> SMTPConfiguration {
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.channel.timeouts = SMTPTimeouts(all: .seconds(1))
        return configuration
    }

    /// Sends messages over one connection after the other, until there are no more.
    private static func work(_ port: Int, _ tally: Tally) async throws {
        while true {
            // A connection that fails takes its batch with it: each message has its one report then, too.
            let batch = tally.take(batchLength)
            guard !batch.isEmpty else { return }
            var rest = batch.count
            do {
                let endpoint = Endpoint.host("127.0.0.1", port: port)
                tally.state.withLock { $0.connections += 1 }
                try await SMTPConnection.withConnection(to: endpoint, configuration: configuration()) { connection in
                    let envelope = try Envelope(from: "a@x.example", to: ["b@x.example"])
                    let messages = batch.map { MailObject(.text("Subject: \($0)\n\nx\n"), envelope: envelope) }
                    for try await report in connection.send(contentsOf: messages) {
                        tally.add(report.message.word)
                        rest -= 1
                    }
                }
            } catch {
                // What was not taken has no report, and was not sent.
            }
            for _ in 0..<max(0, rest) { tally.add("not taken") }
            if rest < 0 { Issue.record("\(-rest) reports too many") }
        }
    }

    @Test("Each message has one report, and neither memory nor descriptors grow")
    func soak() async throws {
        let tally = Tally()
        let before = Environment.footprint
        try await MailSink.withListening(Self.server()) { sink in
            try await withThrowingTaskGroup { group in
                for _ in 0..<Self.connectionCount {
                    group.addTask { try await Self.work(sink.port, tally) }
                }
                try await group.waitForAll()
            }
        }
        let state = tally.state.withLock { $0 }
        #expect(state.reports == Self.count)
        let words = state.words.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        print("soak: \(Self.count) messages over \(state.connections) connections, seed \(Self.seed): \(words)")
        print("soak: before \(before), then \(state.samples.map(\.description).joined(separator: "; "))")
        guard Self.count >= 100_000, state.samples.count >= 20 else { return }
        // The first quarter is for what is kept once, such as threads, pools and buffers.
        let (early, late) = (state.samples[5...9], state.samples.suffix(5))
        let growth = (late.map(\.kibibytes).max() ?? 0) - (early.map(\.kibibytes).max() ?? 0)
        #expect(growth < 8 * 1024, "KiB")
        #expect((late.map(\.descriptors).max() ?? 0) <= (early.map(\.descriptors).max() ?? 0) + 40)
    }
}
