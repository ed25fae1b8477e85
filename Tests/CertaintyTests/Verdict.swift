import SMTPClient
import SMTPTesting
import SMTPTransport

/// What is left when all is over.
struct Aftermath {
    /// The server; what it holds is the truth.
    let server: MailSink

    /// The connections the client has not closed.
    let leftOpenCount: Int

    /// When the next timer fires, if one is left.
    let nextTimer: MonotonicInstant?

    /// The sessions in which the server is known to have refused RSET.
    var keptOpen: Set<Int> = []

    /// How often the server holds a message for `address`.
    func copies(of message: TestMessage, for address: String) -> Int {
        let text = Array(message.text.utf8)
        return server.messages.lazy.filter { $0.content == text }
            .map { $0.acceptedRecipients.count { $0 == address } }.reduce(0, +)
    }
}

extension Simulation {
    /// What the last run has left.
    var aftermath: Aftermath {
        Aftermath(server: server, leftOpenCount: leftOpenCount, nextTimer: executor.nextTimer)
    }
}

/// What was reported of some messages against what the server holds.
struct Verdict: Sendable {
    /// Where the session was disturbed, to be shown.
    let place: String

    /// The reports by message.
    let outcomes: [Int: [[String]]]

    /// Everything that is not as it must be; empty if all is well.
    private(set) var problems: [String] = []

    /// Compares reports with the truth.
    ///
    /// - Parameters:
    ///   - place: Where the session was disturbed.
    ///   - messages: What was to be sent.
    ///   - reports: What was reported.
    ///   - aftermath: The world, after its run.
    ///   - isBelieved: Whether the octets arrived as they were sent; if not, it only counts that all ended in order.
    init(
        _ place: String,
        _ messages: [TestMessage],
        _ reports: SessionReports,
        in aftermath: Aftermath,
        isBelieved: Bool = true
    ) {
        self.place = place
        outcomes = reports.outcomes
        for message in messages {
            let all = reports.outcomes[message.number] ?? []
            if all.count != 1 { problems.append("message \(message.number) has \(all.count) reports") }
            if isBelieved { compare(message, all.first ?? [], reports, aftermath) }
        }
        if isBelieved { problems += aftermath.server.messages.compactMap { problem(of: $0, messages, aftermath) } }
        if aftermath.leftOpenCount > 0 { problems.append("\(aftermath.leftOpenCount) connections were left open") }
        if let timer = aftermath.nextTimer { problems.append("a timer is left for \(timer)") }
    }

    /// What is wrong with something the server holds: nobody sent it so, from this sender and to these recipients.
    private func problem(of held: SinkTransaction, _ messages: [TestMessage], _ aftermath: Aftermath) -> String? {
        guard let message = messages.first(where: { $0.text == held.text }) else {
            return "the server holds what nobody sent: \(held.text.debugDescription)"
        }
        if held.reversePath.address != message.sender {
            // A server that refuses RSET keeps the sender of a message whose recipients it has all refused, and a chunk that was
            // streamed behind cannot be taken back. It has answered MAIL by 503, and so nobody is told that it was accepted.
            let isUnknown = outcomes[message.number]?.joined().contains("unknown") ?? false
            guard isUnknown, aftermath.keptOpen.contains(held.session) else {
                return "message \(message.number) is held from \(held.reversePath.address)"
            }
        }
        let strangers = held.acceptedRecipients.filter { !message.recipients.contains($0) }
        return strangers.isEmpty ? nil : "message \(message.number) is held for \(strangers)"
    }

    private mutating func compare(
        _ message: TestMessage,
        _ words: [String],
        _ reports: SessionReports,
        _ aftermath: Aftermath
    ) {
        let lengths = [message.wireLength(inChunks: false), message.wireLength(inChunks: true)]
        let isHandedOver = lengths.contains { reports.handedOver.contains($0) }
        for (address, word) in zip(message.recipients, words) {
            let copies = aftermath.copies(of: message, for: address)
            if !Self.isTrue(word, copies: copies) { problems.append("\(address): \(word), \(copies) copies") }
            if word == "unknown", !isHandedOver { problems.append("\(address): unknown, and was not handed over") }
        }
        let isSplit = words.contains("rejected RCPT") && words.contains { $0 == "accepted" || $0 == "unknown" }
        if message.policy == .allOrNothing, isSplit {
            problems.append("message \(message.number) is to go to all or to nobody: \(words)")
        }
    }

    /// Never "accepted" when the server has it not, never anything else when it has it, and never twice.
    private static func isTrue(_ word: String, copies: Int) -> Bool {
        switch word {
        case "accepted": copies == 1
        case "unknown": copies <= 1
        default: copies == 0
        }
    }

    /// Adds something else that is not as it must be.
    mutating func add(_ problem: String) {
        problems.append(problem)
    }

    /// The words of all recipients of all messages, in order.
    var words: [String] { outcomes.sorted { $0.key < $1.key }.flatMap { $0.value.flatMap { $0 } } }

    /// The problems with where they came up.
    var description: String { problems.map { "\(place): \($0)" }.joined(separator: "\n") }
}

extension SessionKind {
    /// Runs a session of this kind under these conditions.
    func session(
        _ place: String,
        faults: [NetworkFault] = [],
        script: SinkScript = SinkScript(),
        options: PipeOptions = PipeOptions()
    ) throws -> Verdict {
        var server = try server()
        server.script = script
        let simulation = Simulation(seed: 0, server: server, order: .inOrder)
        let client = SessionClient(kind: self, messages: TestMessage.several(self))
        // Long contents would fill the pipe.
        let isLong = client.messages.contains { $0.chunkCount > 1 }
        // How the channel meets the pipe decides how many records a content has: then it is the same wherever a fault is.
        let octets = place.utf8.filter { self != .startTLS || !(0x30...0x39).contains($0) }
        let number = isLong ? 0 : octets.reduce(0) { $0 + Int($1) }
        let reports = try simulation.run {
            await client.run(over: simulation.connect(faults, options: options), number: number)
        }
        return Verdict("\(self), \(place)", client.messages, reports, in: simulation.aftermath)
    }
}
