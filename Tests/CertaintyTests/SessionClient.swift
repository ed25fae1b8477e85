import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPTransport
import Synchronization
import TestSupport

/// What was reported of the messages of a session, and what the client did for them.
struct SessionReports: Sendable {
    /// A word for each recipient of each message; one list for each report.
    var outcomes: [Int: [[String]]] = [:]

    /// The lengths of the contents whose last octet was handed to the transport.
    var handedOver: Set<Int> = []

    /// Whether the connection could be used at the end.
    var isOpen = false

    /// Whether it could though the server had said something that nobody asked for.
    var isDeaf = false
}

/// Takes down what becomes of the messages of a session.
final class SessionRecord: Sendable {
    let reports = Mutex(SessionReports())

    /// Notes the report of a message, or that it was not begun.
    func report(_ message: TestMessage, _ report: DeliveryReport?) {
        let words = report?.recipients.map(\.outcome.word) ?? message.recipients.map { _ in "not attempted" }
        reports.withLock { $0.outcomes[message.number, default: []].append(words) }
    }

    /// Notes which contents were handed over to their end.
    var transcript: TranscriptObserver {
        TranscriptObserver { [self] event in
            guard event.direction == .sent, event.line.hasSuffix("the last)") else { return }
            let length = event.line.dropFirst().prefix { $0 != " " }
            reports.withLock { _ = $0.handedOver.insert(Int(length) ?? 0) }
        }
    }
}

/// The client's part in a session: opens a connection, sends its messages, quits.
struct SessionClient: Sendable {
    let kind: SessionKind
    let messages: [TestMessage]

    /// How far messages that go behind each other run ahead.
    var window = DeliveryWindow()

    /// Changes the configuration.
    var configure: @Sendable (inout SMTPConfiguration) -> Void = { _ in }

    /// Whether HELP is asked for at the end, behind whose reply the server has something else to say.
    var lingers = false

    /// Starts who uses the channel before the messages do.
    var precede: @Sendable (CommandChannel) -> [Task<Void, Never>] = { _ in [] }

    /// Told of the tasks that send, one for each message or one for all where they go behind each other, and of those
    /// that precede them.
    var disturb: @Sendable ([Task<Void, Never>], CommandChannel) async -> Void = { _, _ in }

    /// Does all of it over one end of a pipe.
    ///
    /// - Parameters:
    ///   - pipe: The client's end.
    ///   - number: How the channel meets it: every third is read and written by tasks, the others tell of bytes by a call and
    ///     take them at once, all or only some of each write.
    /// - Returns: What was reported.
    func run(over pipe: PipeTransport, number: Int = 0) async -> SessionReports {
        let transport: any Transport & Sendable =
            switch number % 3 {
            case 1: PushedPipe(pipe)
            case 2: PushedPipe(pipe, room: number % 50)
            default: pipe
            }
        let record = SessionRecord()
        do {
            let connection = try await open(over: transport, record)
            let others = precede(connection.channel)
            let tasks = start(connection, record)
            await disturb(tasks + others, connection.channel)
            for task in tasks + others { await task.value }
            if lingers, (try? await connection.channel.help()) != nil {
                try? await pipe.executor.sleep(for: .seconds(2))
                record.reports.withLock { $0.isDeaf = connection.channel.state.isOpen }
            }
            record.reports.withLock { $0.isOpen = connection.channel.state.isOpen }
            await connection.quit()
        } catch {
            // There was no session: nothing is reported, and so nothing sent.
            for message in messages { record.report(message, nil) }
        }
        return record.reports.withLock { $0 }
    }

    /// Opens the connection.
    func open(over transport: any Transport & Sendable, _ record: SessionRecord) async throws -> SMTPConnection {
        var configuration = try kind.client()
        configure(&configuration)
        configuration.channel.transcript = record.transcript
        return try await SMTPConnection.open(over: transport, host: SessionKind.host, configuration: configuration)
    }

    /// Starts the tasks that send.
    func start(_ connection: SMTPConnection, _ record: SessionRecord) -> [Task<Void, Never>] {
        kind.isOneByOne ? sendEach(connection, record) : [sendAll(connection, record)]
    }

    /// Starts a task for each message.
    func sendEach(_ connection: SMTPConnection, _ record: SessionRecord) -> [Task<Void, Never>] {
        messages.map { message in
            Task(executorPreference: connection.channel.executor) {
                do throws(SMTPError) {
                    let report = try await connection.send(message.object())
                    record.report(message, report)
                } catch {
                    record.report(message, error.report)
                }
            }
        }
    }

    private func sendAll(_ connection: SMTPConnection, _ record: SessionRecord) -> Task<Void, Never> {
        Task(executorPreference: connection.channel.executor) {
            var rest = messages[...]
            do {
                let objects = try messages.map { try $0.object() }
                for try await report in connection.send(contentsOf: objects, window: window) {
                    if let message = rest.popFirst() { record.report(message, report) }
                }
            } catch {
                // What has no report was not begun.
            }
            for message in rest { record.report(message, nil) }
        }
    }
}

extension DeliveryReport.Outcome {
    /// The outcome in a word, and where it was refused.
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .rejected(let answer): "rejected \(answer.verb)"
        case .notAttempted: "not attempted"
        case .unknown: "unknown"
        }
    }
}
