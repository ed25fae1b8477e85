import SMTPTesting
import Synchronization
import TestSupport
import Testing

/// What a server says of each command of some messages, one digit for each: 0 is 2yz (or 354), 1 is 4yz, 2 is 5yz.
private struct Combination: Sendable {
    /// MAIL, each RCPT, DATA, and the content, message by message.
    let digits: [Int]
    let messages: [TestMessage]

    private var stepCount: Int { digits.count / messages.count }

    /// The server that keeps to it.
    func script(_ log: Log) -> SinkScript {
        let current = Mutex(0)
        var script = SinkScript()
        script.decide = { moment, regular in
            if let number = messages.first(where: { moment.verb == "MAIL" && $0.sender == moment.address })?.number {
                current.withLock { $0 = number }
            }
            let step = step(of: moment)
            let digit = step.map { digits[stepCount * current.withLock { $0 } + $0] } ?? 0
            let reply = digit == 0 ? nil : SinkReply.reply(digit == 1 ? 450 : 550, "no")
            var answer = ServerAnswer(kind: moment.kind, verb: moment.verb, address: moment.address)
            answer.code = (reply ?? regular).code
            answer.isOdd = reply != nil
            log.append(answer)
            return reply
        }
        return script
    }

    private func step(of moment: SinkMoment) -> Int? {
        switch (moment.kind, moment.verb) {
        case (.command, "MAIL"): 0
        case (.command, "RCPT"):
            messages.lazy.compactMap { $0.recipients.firstIndex(of: moment.address ?? "") }.first.map { $0 + 1 }
        case (.command, "DATA"): stepCount - 2
        case (.content, _): stepCount - 1
        default: nil
        }
    }
}

/// What the server said, in order.
private final class Log: Sendable {
    private let answers = Mutex<[ServerAnswer]>([])

    func append(_ answer: ServerAnswer) { answers.withLock { $0.append(answer) } }

    var all: [ServerAnswer] { answers.withLock { $0 } }
}

/// For every combination of replies over some messages and recipients, however they are sent, the reports are those of a
/// client that waits for each reply.
@Suite("Certainty: every combination of replies")
struct EveryCombinationTests {
    /// How many messages with how many recipients, and how many different replies to each command.
    struct Size: Sendable {
        let messages: Int
        let recipients: Int
        let replies: Int

        var stepCount: Int { messages * (recipients + 3) }
        var count: Int { (0..<stepCount).reduce(1) { product, _ in product * replies } }
    }

    private static let oneMessage = Size(messages: 1, recipients: 2, replies: 3)
    private static let kinds: [SessionKind] = [
        .plain, .pipelined, .chunked, .lmtp, .crossMessage, .streaming, .allOrNothing, .allOrNothingStreaming, .divided,
        .dividedStreaming,
    ]

    private static func problems(_ kind: SessionKind, _ size: Size, _ number: Int) throws -> [String] {
        var rest = number
        var digits: [Int] = []
        for step in 0..<size.stepCount {
            let digit = rest % size.replies
            rest /= size.replies
            // Of two replies the second is a refusal of either kind.
            digits.append(size.replies == 2 && digit == 1 ? 1 + (number + step) % 2 : digit)
        }
        let messages = (0..<size.messages).map { TestMessage(number: $0, recipientCount: size.recipients) }
        let combination = Combination(digits: digits, messages: messages)
        let log = Log()
        var server = try kind.server()
        server.script = combination.script(log)
        let simulation = Simulation(seed: 0, server: server, order: .inOrder)
        let client = SessionClient(kind: kind, messages: messages)
        let reports = try simulation.run { await client.run(over: simulation.connect()) }
        let verdict = Verdict("\(kind), \(digits)", messages, reports, in: simulation.aftermath)
        let oracle = LockStepOracle(kind, messages, log.all)
        let wrong = messages.filter { reports.outcomes[$0.number]?.first ?? [] != oracle.outcomes[$0.number] ?? [] }
        return (verdict.problems.isEmpty ? [] : [verdict.description])
            + wrong.map {
                "\(kind), \(digits), message \($0.number): \(reports.outcomes[$0.number] ?? []) and not \(oracle.outcomes[$0.number] ?? [])"
            }
    }

    private func everyCombination(_ kind: SessionKind, _ size: Size) async throws {
        let problems = try await onOwnThread {
            try (0..<size.count).flatMap { try Self.problems(kind, size, $0) }
        }
        print("every combination: \(kind), \(size.messages) × \(size.recipients): \(size.count) sessions")
        for problem in problems.prefix(10) { Issue.record("\(problem)") }
        #expect(problems.count == 0)
    }

    @Test("One message, two recipients, 2yz, 4yz and 5yz to each command", arguments: kinds)
    func oneMessage(kind: SessionKind) async throws {
        try await everyCombination(kind, Self.oneMessage)
    }

    @Test(
        "Two messages behind each other, two recipients each, yes and no",
        arguments: [SessionKind.crossMessage, .streaming, .allOrNothingStreaming, .dividedStreaming]
    )
    func twoMessages(kind: SessionKind) async throws {
        try await everyCombination(kind, Size(messages: 2, recipients: 2, replies: 2))
    }

    @Test("Three messages streamed, yes and no")
    func threeMessages() async throws {
        try await everyCombination(.streaming, Size(messages: 3, recipients: 1, replies: 2))
    }
}
