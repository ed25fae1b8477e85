public import SMTPTransport
internal import Synchronization

/// An SMTP server for tests: it takes mail, keeps the truth about it, and misbehaves as told.
///
/// It serves connections over TCP on a port the system chooses, in memory at the other end of a pipe, or over any
/// transport it is given; many at a time. In memory on a ``DeterministicExecutor`` a whole test runs on one thread, in
/// virtual time, the same in every run.
///
/// ```swift
/// try await MailSink.withListening { sink in
///     try await mySendFunction(to: "127.0.0.1", port: sink.port)
///     let message = try await sink.messages(1)[0]
///     #expect(message.acceptedRecipients == ["b@example.org"])
///     #expect(message.text.contains("Subject: hello"))
/// }
/// ```
///
/// It delivers nothing anywhere and knows no user that it was not told of.
public final class MailSink: Sendable {
    private struct State {
        var connections: [Int: (SinkConnection, Task<Void, Never>)] = [:]
        var listeners: [(TCPListener, Task<Void, Never>)] = []
        var sessionCount = 0
        var isStopped = false
    }

    /// What the server is.
    public let configuration: SinkConfiguration

    private let sessionConfiguration: @Sendable (Int) -> SinkConfiguration
    private let store: SinkStore
    private let state = Mutex(State())

    /// Creates a sink that is connected to nothing yet.
    public convenience init(_ configuration: SinkConfiguration = SinkConfiguration()) {
        self.init(configuration) { _ in configuration }
    }

    /// Creates a sink that is another server in each session.
    ///
    /// - Parameters:
    ///   - configuration: What concerns the sink as a whole: how many records and connections it keeps.
    ///   - sessionConfiguration: Returns what the server is in a session, given its number, from 0.
    public init(
        _ configuration: SinkConfiguration = SinkConfiguration(),
        forSession sessionConfiguration: @escaping @Sendable (_ number: Int) -> SinkConfiguration
    ) {
        self.configuration = configuration
        self.sessionConfiguration = sessionConfiguration
        store = SinkStore(configuration.limits)
    }

    deinit {
        let (connections, listeners) = state.withLock { ($0.connections.values, $0.listeners) }
        for (listener, _) in listeners { listener.close() }
        for (connection, task) in connections { Self.end(connection, task) }
    }
}

// MARK: Connections

extension MailSink {
    /// Runs `body` with a sink that listens on loopback, and stops it, whatever `body` does.
    ///
    /// - Parameters:
    ///   - configuration: What the server is.
    ///   - body: Uses the sink.
    /// - Returns: What `body` returns.
    /// - Throws: `TransportError` if no port can be listened on, or what `body` throws.
    public static func withListening<Value>(
        _ configuration: SinkConfiguration = SinkConfiguration(),
        _ body: (MailSink) async throws -> Value
    ) async throws -> Value {
        let sink = MailSink(configuration)
        try await sink.listen()
        do {
            let value = try await body(sink)
            await sink.stop()
            return value
        } catch {
            await sink.stop()
            throw error
        }
    }

    /// Starts to listen.
    ///
    /// - Parameter endpoint: An IP address with a port, by default 127.0.0.1 and one the system chooses, or a socket
    ///   path at which nothing exists.
    /// - Returns: The endpoint to connect to.
    /// - Throws: `TransportError`; `TransportError/closed` if the sink is stopped.
    @discardableResult
    public func listen(
        on endpoint: Endpoint = .host("127.0.0.1", port: 0)
    ) async throws(TransportError) -> Endpoint {
        let listener = try await TCPListener.bind(to: endpoint)
        let task = Task { [weak self] in
            while let transport = try? await listener.accept() { self?.serve(transport) }
        }
        let isRunning = state.withLock { state in
            guard !state.isStopped else { return false }
            state.listeners.append((listener, task))
            return true
        }
        guard isRunning else {
            listener.close()
            throw .closed
        }
        return listener.endpoint
    }

    /// The endpoint it listens on, or `nil` if it does not; the first if there are several.
    public var endpoint: Endpoint? { state.withLock { $0.listeners.first?.0.endpoint } }

    /// The TCP port it listens on, or 0 if it does not.
    public var port: Int { state.withLock { $0.listeners.lazy.compactMap { $0.0.port }.first } ?? 0 }

    /// Connects in memory.
    ///
    /// - Parameters:
    ///   - executor: Where both ends live.
    ///   - outward: How the direction from the client to the sink behaves.
    ///   - homeward: How the other one does.
    /// - Returns: The client's end.
    public func connect(
        on executor: any TransportExecutor,
        outward: PipeOptions = PipeOptions(),
        homeward: PipeOptions = PipeOptions()
    ) -> PipeTransport {
        let (near, far) = PipeTransport.pair(executor, outward: outward, homeward: homeward)
        serve(far)
        return near
    }

    /// Serves a client that is at the other end of `transport`, until the session ends or the sink is stopped.
    ///
    /// - Parameter transport: The connection, which the sink owns from now on.
    public func serve(_ transport: sending any Transport) {
        let executor = transport.executor
        let (number, isOneTooMany) = state.withLock { state in
            defer { state.sessionCount += 1 }
            return (state.sessionCount, state.connections.count >= configuration.limits.connections)
        }
        let machine = SinkMachine(sessionConfiguration(number), session: number, isOneTooMany: isOneTooMany)
        let connection = SinkConnection(transport, machine, store)
        let isRunning = state.withLock { state in
            guard !state.isStopped else { return false }
            let task = Task(executorPreference: executor) { [store, weak self] in
                await connection.run()
                store.add(connection.session)
                self?.state.withLock { _ = $0.connections.removeValue(forKey: number) }
            }
            state.connections[number] = (connection, task)
            return true
        }
        if !isRunning { Self.end(connection, nil) }
    }

    /// Stops listening, ends all sessions, and waits until they are over.
    ///
    /// What has been recorded stays. Further connections are closed at once.
    public func stop() async {
        let (connections, listeners) = state.withLock { state in
            state.isStopped = true
            return (state.connections.sorted { $0.key < $1.key }.map(\.value), state.listeners)
        }
        for (listener, _) in listeners { listener.close() }
        for (connection, task) in connections { Self.end(connection, task) }
        for (_, task) in listeners { await task.value }
        for (_, task) in connections { await task.value }
        store.close()
    }

    private static func end(_ connection: SinkConnection, _ task: Task<Void, Never>?) {
        task?.cancel()
        Task(executorPreference: connection.executor) { await connection.stop() }
    }
}

// MARK: Records

extension MailSink {
    /// The transactions that have ended, of all sessions, in the order they ended.
    ///
    /// An accepted one is here before its client is told so.
    public var transactions: [SinkTransaction] { store.transactions }

    /// The transactions whose message it holds, in the order it took them.
    public var messages: [SinkTransaction] { store.transactions.filter { $0.outcome == .accepted } }

    /// The sessions that are over, in the order they ended, and those under way.
    ///
    /// A script or a mechanism may look at them as well while it is asked.
    public var sessions: [SinkSession] {
        let open = state.withLock { $0.connections.values.map(\.0) }.map(\.session)
        let over = store.sessions
        let numbers = Set(over.map(\.number))
        return over + open.filter { !numbers.contains($0.number) }.sorted { $0.number < $1.number }
    }

    /// Waits until it has taken at least `count` messages, and returns those it holds.
    ///
    /// - Throws: `CancellationError`; ``MailSinkStopped`` if it was stopped before so many came.
    public func messages(_ count: Int) async throws -> [SinkTransaction] {
        guard try await store.wait(for: .messages(count)) else { throw MailSinkStopped() }
        return messages
    }

    /// Waits until at least `count` sessions are over, and returns those it holds of them.
    ///
    /// - Throws: `CancellationError`; ``MailSinkStopped`` if it was stopped before.
    public func endedSessions(_ count: Int) async throws -> [SinkSession] {
        guard try await store.wait(for: .endedSessions(count)) else { throw MailSinkStopped() }
        return store.sessions
    }
}

/// A ``MailSink`` was stopped before what was waited for came.
public struct MailSinkStopped: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line that says so.
    public var description: String { "the mail sink was stopped before so much had come" }
}
