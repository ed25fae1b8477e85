import SMTPClient
import Synchronization
import ToolSupport

/// What is still to be sent, and what became of the rest; shared by all connections.
final class LoadLedger: Sendable {
    /// What can be said at a moment.
    struct Summary: Sendable {
        var accepted = 0
        var failed = 0
        var latencies = LatencyHistogram()

        /// Why something failed, and how often; the first few reasons only.
        var problems: [String: Int] = [:]

        /// Whether there was a connection at all.
        var isConnected = false

        /// Whether the server does not offer what was asked for.
        var isNotOffered = false
    }

    /// What became of a message.
    enum Settlement: Equatable {
        /// Accepted for all recipients.
        case accepted
        /// Not accepted for all, and not to be sent again.
        case failed
        /// The connection ended before it, for this reason: another one may take it.
        case givenBack(String)
    }

    private struct State {
        /// The messages that nobody has taken yet.
        var waiting: Int

        /// The messages taken so far, those given back included.
        var taken = 0
        var summary = Summary()
    }

    private static let mostProblems = 20

    private let state: Mutex<State>

    init(messages: Int) {
        state = Mutex(State(waiting: messages))
    }

    var summary: Summary { state.withLock { $0.summary } }

    /// Whether a message waits that may be sent.
    var hasMessage: Bool { state.withLock { $0.waiting > 0 && !$0.summary.isNotOffered } }

    /// How many messages nobody has taken.
    var waiting: Int { state.withLock { $0.waiting } }

    /// A message has taken so long.
    func took(_ latency: Duration) {
        state.withLock { $0.summary.latencies.record(latency) }
    }

    /// Takes a message, and returns its number.
    func take() -> Int? {
        state.withLock { state in
            guard state.waiting > 0, !state.summary.isNotOffered else { return nil }
            state.waiting -= 1
            defer { state.taken += 1 }
            return state.taken
        }
    }

    /// Takes in what became of a message.
    func settle(_ report: DeliveryReport) -> Settlement {
        if report.isAcceptedForAll {
            state.withLock { $0.summary.accepted += 1 }
            return .accepted
        }
        let refused = report.recipients.first { !$0.outcome.isAccepted }
        let problem =
            report.error.map { ToolFailure($0).problem } ?? refused.map { "\($0.forwardPath) \($0.outcome)" }
            ?? "not accepted"
        if report.recipients.allSatisfy({ $0.advice == .sendAgainNow }) {
            state.withLock { $0.waiting += 1 }
            return .givenBack(problem)
        }
        state.withLock { $0.summary.failed += 1 }
        failed(problem)
        return .failed
    }

    func connected() {
        state.withLock { $0.summary.isConnected = true }
    }

    /// Takes notice of what keeps a connection, or a message, from going on.
    func failed(_ problem: String) {
        state.withLock { state in
            guard state.summary.problems.count < Self.mostProblems || state.summary.problems[problem] != nil else {
                return
            }
            state.summary.problems[problem, default: 0] += 1
        }
    }

    /// Nothing more is sent, on any connection.
    func notOffered(_ problem: String) {
        failed(problem)
        state.withLock { $0.summary.isNotOffered = true }
    }
}
