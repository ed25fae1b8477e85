import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire
import ToolSupport

/// Keeps one connection busy, and opens another when it is used up.
struct LoadWorker: Sendable {
    let request: LoadRequest
    let ledger: LoadLedger

    /// Works until no message is left, or a session gets nowhere: a message that is refused is one that is done with.
    ///
    /// All of it on one event loop: a change of thread costs as much as a round trip on a fast network.
    func run() async {
        let executor = EventLoopExecutor.next()
        await withTaskExecutorPreference(executor) { @concurrent in
            while !Task.isCancelled, ledger.hasMessage, await runSession(on: executor) {}
        }
    }

    /// Connects, sends as many messages as the session may have, and quits.
    ///
    /// - Returns: Whether any is done with: if not, another session will not do better.
    private func runSession(on executor: EventLoopExecutor) async -> Bool {
        do throws(ToolFailure) {
            let connection = try await connect(on: executor)
            let settled = await result { () async throws(ToolFailure) in
                try await prepare(connection)
                return try await sendMessages(over: connection)
            }
            await connection.quit()
            return try settled.get() > 0
        } catch {
            if error.kind == .notOffered {
                ledger.notOffered(error.problem)
            } else {
                ledger.failed(error.problem)
            }
            return false
        }
    }

    private func connect(on executor: EventLoopExecutor) async throws(ToolFailure) -> SMTPConnection {
        do throws(SMTPError) {
            let connection = try await SMTPConnection.connect(
                to: request.endpoint,
                configuration: request.configuration,
                on: executor
            )
            ledger.connected()
            return connection
        } catch {
            if !error.isWithoutConnection { ledger.connected() }
            throw ToolFailure(error)
        }
    }

    /// Makes the connection ready, and sees to it that the server offers all that was asked for.
    private func prepare(_ connection: SMTPConnection) async throws(ToolFailure) {
        do throws(SMTPError) {
            try await connection.prepare()
        } catch {
            throw ToolFailure(error)
        }
        let extensions = connection.channel.extensions
        if let missing = request.wanted.first(where: { !extensions.contains($0) }) {
            throw ToolFailure(.notOffered, "the server does not offer \(missing.name)", .notOffered)
        }
    }

    /// Sends the session's messages, and returns how many are done with.
    ///
    /// - Throws: Why the session got nowhere at all.
    private func sendMessages(over connection: SMTPConnection) async throws(ToolFailure) -> Int {
        let messages = LoadMessages(request: request, ledger: ledger)
        var session = Session()
        if request.messagesPerConnection == 1 {
            // What takes messages ahead has nothing to do here, and costs more than the message.
            var iterator = messages.makeAsyncIterator()
            guard let message = await iterator.next() else { return 0 }
            session.take(ledger.settle(try await report(of: message, over: connection)))
            return try session.settled()
        }
        defer { messages.pending.removeAll() }
        do throws(SMTPError) {
            for try await report in connection.send(contentsOf: messages, window: request.window) {
                messages.pending.remove()
                session.take(ledger.settle(report))
            }
        } catch {
            session.fail(ToolFailure(error))
        }
        return try session.settled()
    }

    /// Sends a message by itself.
    ///
    /// - Throws: Why it cannot be sent to any server.
    private func report(
        of message: MailObject,
        over connection: SMTPConnection
    ) async throws(ToolFailure) -> DeliveryReport {
        do throws(SMTPError) {
            return try await connection.send(message)
        } catch {
            guard let report = error.report else { throw ToolFailure(error) }
            return report
        }
    }

    private func result<Value, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
    }
}

/// What became of the messages of one session.
private struct Session {
    private var settledCount = 0
    private var problem: ToolFailure?

    mutating func take(_ settlement: LoadLedger.Settlement) {
        switch settlement {
        case .accepted, .failed: settledCount += 1
        case .givenBack(let reason): fail(ToolFailure(.closed, reason, .failed))
        }
    }

    /// The first failure says more than those that follow from it.
    mutating func fail(_ failure: ToolFailure) {
        problem = problem ?? failure
    }

    /// How many messages are done with.
    ///
    /// - Throws: The failure, where there was no progress: another connection would not help.
    func settled() throws(ToolFailure) -> Int {
        if settledCount == 0, let problem { throw problem }
        return settledCount
    }
}

extension SMTPError {
    /// Whether not even a connection came about; nobody knows where it was cancelled.
    fileprivate var isWithoutConnection: Bool {
        if case .transport(.connectTimedOut)? = underlying as? ChannelError { return true }
        return kind == .hostNotFound || kind == .connect || kind == .cancelled
    }
}
