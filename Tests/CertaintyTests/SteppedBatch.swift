import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPTransport
import Synchronization

/// Several users of one connection, one of whom is cancelled after so many steps of all that runs: jobs and timers.
struct SteppedBatch: Sendable {
    /// Who is cancelled.
    enum Victim: CaseIterable, Sendable {
        /// Who sends the first message, or all that go behind each other.
        case first
        /// Who sends a message of his own behind those.
        case neighbour
    }

    /// What it came to.
    struct Result: Sendable {
        var verdict: Verdict

        /// Whether anything of the batch was still to run when the victim was cancelled.
        var isCutShort: Bool

        /// Whether the connection could be used at the end.
        var isOpen: Bool

        /// What was reported to those who were not cancelled.
        var neighbourWords: [String]

        /// Whether the server has seen anything of what the victim wanted to send.
        var isVictimSeen: Bool

        /// What should not be left, and is.
        var leftovers: [String]
    }

    let kind: SessionKind
    let victim: Victim
    let steps: Int

    /// Whether the network takes little at a time, and takes its time, so that much is half written.
    let isSlow: Bool

    private let executor: DeterministicExecutor
    private let sink: MailSink
    private let table = Table()
    private let batch: SessionClient
    private let neighbour: SessionClient

    /// What is shared by those who use the connection.
    private final class Table: Sendable {
        let connection = Mutex<SMTPConnection?>(nil)
        let session = SessionRecord()
    }

    init(kind: SessionKind, victim: Victim, steps: Int, isSlow: Bool) throws {
        self.kind = kind
        self.victim = victim
        self.steps = steps
        self.isSlow = isSlow
        // Each call runs so many steps at the most: so the first of the batch ends just where it should.
        executor = DeterministicExecutor(stepLimit: max(1, steps))
        sink = MailSink(try kind.server())
        batch = SessionClient(kind: kind, messages: TestMessage.several(kind))
        let message = TestMessage(number: 9, recipientCount: 2, policy: kind.policy)
        neighbour = SessionClient(kind: kind, messages: [message])
    }

    func run() throws -> Result {
        let transport = try open()
        weak let channel = table.connection.withLock { $0?.channel }
        let isCutShort = cancelInTheMidst()
        let isOpen = channel?.state.isOpen ?? false
        quit()
        var leftovers: [String] = []
        if channel != nil { leftovers.append("somebody holds the channel") }
        if !transport.isClosed { leftovers.append("the connection is open") }
        stopServer()
        if !executor.isIdle { leftovers.append("a job is left") }
        return result(isCutShort: isCutShort, isOpen: isOpen, leftovers)
    }

    /// Opens the connection, and returns the client's end of it.
    private func open() throws -> PipeTransport {
        var options = PipeOptions()
        if isSlow { options.capacity = 20 }
        let places = isSlow ? Array(stride(from: 60, to: 300, by: 20)) : []
        let faults = places.map { NetworkFault(.delay(.seconds(1)), .outward, after: $0) }
        let (transport, far) = PipeTransport.pair(executor, faults: faults, options: options)
        sink.serve(far)
        Task(executorPreference: executor) {
            guard let connection = try? await batch.open(over: transport, table.session) else { return }
            try? await connection.prepare()
            table.connection.withLock { $0 = connection }
        }
        executor.runOut()
        guard table.connection.withLock({ $0 != nil }) else { throw ChannelError.disconnected }
        return transport
    }

    /// Starts all, and cancels the victim when its time has come; returns whether anything was still to run.
    private func cancelInTheMidst() -> Bool {
        guard let connection = table.connection.withLock({ $0 }) else { return false }
        let tasks = batch.start(connection, table.session) + neighbour.sendEach(connection, table.session)
        let isCutShort = steps == 0 || executor.isCutShort()
        tasks[victim == .first ? 0 : tasks.count - 1].cancel()
        executor.runOut()
        return isCutShort
    }

    private func quit() {
        Task(executorPreference: executor) {
            let connection = table.connection.withLock { $0.take() }
            await connection?.quit()
        }
        executor.runOut()
    }

    private func stopServer() {
        Task(executorPreference: executor) { await sink.stop() }
        executor.runOut()
    }

    private func result(isCutShort: Bool, isOpen: Bool, _ leftovers: [String]) -> Result {
        let cancelled =
            victim == .neighbour ? neighbour.messages : kind.isOneByOne ? [batch.messages[0]] : batch.messages
        let reports = table.session.reports.withLock { $0 }
        let others = (batch.messages + neighbour.messages).filter { other in
            !cancelled.contains { $0.number == other.number }
        }
        let commands = sink.sessions.flatMap(\.commands)
        return Result(
            verdict: Verdict(
                "\(kind), \(victim) cancelled after \(steps) steps\(isSlow ? ", slowly" : "")",
                batch.messages + neighbour.messages,
                reports,
                in: Aftermath(
                    server: sink,
                    leftOpenCount: sink.sessions.count { $0.ending == nil },
                    nextTimer: executor.nextTimer
                )
            ),
            isCutShort: isCutShort,
            isOpen: isOpen,
            neighbourWords: others.flatMap { reports.outcomes[$0.number]?.flatMap { $0 } ?? [] },
            isVictimSeen: cancelled.contains { message in commands.contains { $0.contains(message.sender) } },
            leftovers: leftovers
        )
    }
}

extension DeterministicExecutor {
    /// Longer than the network takes, and shorter than anybody waits for a reply.
    private static var aWhile: Duration { .seconds(100) }

    /// Runs as far as the limit of steps goes, and returns whether that is not to the end.
    fileprivate func isCutShort() -> Bool {
        do throws(DeterministicExecutorError) {
            try advance(by: Self.aWhile)
            return false
        } catch {
            return true
        }
    }

    /// Runs to the end, over as many calls as the limit of steps makes of it.
    fileprivate func runOut() {
        // A job that goes in circles would be a finding, and not the end of all tests.
        for _ in 0..<1_000_000 where isCutShort() == false { return }
    }
}
