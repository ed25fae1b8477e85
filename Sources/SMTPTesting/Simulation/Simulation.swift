public import SMTPTransport
internal import Synchronization

/// A client's world in one thread: a server that keeps the truth, a network with faults, and a clock that jumps.
///
/// What is started in ``run(_:)`` gives the same in every run with the same seed: the order of jobs, the faults and the
/// replies that are drawn from it. So a run that shows a mistake can be had again, and a million of them in minutes.
///
/// ```swift
/// for seed in 0..<1000 as Range<UInt64> {
///     let simulation = Simulation(seed: seed)
///     let faults = simulation.random { NetworkFault.random(2, within: 500, using: &$0) }
///     let wasSent = try simulation.run {
///         await mySendFunction(over: simulation.connect(faults))
///     }
///     if wasSent { #expect(simulation.copies(of: "Subject: x\r\n", for: "b@example.org") == 1, "seed \(seed)") }
/// }
/// ```
public final class Simulation: Sendable {
    private struct Connection {
        let client: PipeTransport
        let relays: [Task<Void, Never>]
    }

    private struct State {
        var generator: SeededGenerator
        var connections: [Connection] = []
        var leftOpenCount = 0
    }

    /// What all that is random follows from.
    public let seed: UInt64

    /// Where everything runs, and its clock.
    public let executor: DeterministicExecutor

    /// The server; what it holds is the truth.
    public let server: MailSink

    private let state: Mutex<State>

    /// Creates a world.
    ///
    /// - Parameters:
    ///   - seed: What all that is random follows from.
    ///   - server: What the server is, in all sessions alike.
    ///   - order: The order of jobs that are ready at the same time; by default one drawn from the seed.
    ///   - stepLimit: The most jobs and timers that one ``run(_:)`` may take, by default a million.
    public init(
        seed: UInt64,
        server: SinkConfiguration = SinkConfiguration(),
        order: JobOrder? = nil,
        stepLimit: Int = 1_000_000
    ) {
        self.seed = seed
        self.server = MailSink(server)
        executor = DeterministicExecutor(order: order ?? .random(seed: seed), stepLimit: stepLimit)
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
    }

    /// Draws something from the seed: each call goes on where the one before ended.
    public func random<Value>(_ draw: (inout SeededGenerator) -> Value) -> Value {
        var generator = state.withLock { $0.generator }
        defer { state.withLock { $0.generator = generator } }
        return draw(&generator)
    }

    /// Connects to the server by a network that has `faults`.
    ///
    /// - Parameters:
    ///   - faults: What goes wrong.
    ///   - options: The size of each direction, and how it is divided over reads.
    /// - Returns: The client's end.
    public func connect(_ faults: [NetworkFault] = [], options: PipeOptions = PipeOptions()) -> PipeTransport {
        let (client, far, relays) = NetworkRelay.connect(executor, faults, options)
        state.withLock { $0.connections.append(Connection(client: client, relays: relays)) }
        server.serve(far)
        return client
    }

    /// The connections that the client had not closed when the last ``run(_:)`` returned: a leak, if it should have.
    ///
    /// One that the server or the network has ended is among them until the client closes its end.
    public var leftOpenCount: Int { state.withLock { $0.leftOpenCount } }

    /// Runs `body`, then ends all connections and the server, and waits until all of it is over.
    ///
    /// - Parameter body: The client's part.
    /// - Returns: What `body` returned.
    /// - Throws: ``DeterministicExecutorError`` if `body` waits for what cannot happen, or what `body` throws.
    public func run<Value: Sendable>(_ body: sending @escaping () async throws -> Value) throws -> Value {
        let value: Value
        do {
            value = try executor.run(body)
        } catch {
            try? end()
            throw error
        }
        try end()
        return value
    }

    private func end() throws {
        let connections = state.withLock { state in
            state.leftOpenCount = state.connections.count { !$0.client.isClosed }
            defer { state.connections = [] }
            return state.connections
        }
        try executor.run { [server] in
            for connection in connections { connection.client.close(.closed) }
            await server.stop()
            for relay in connections.flatMap(\.relays) { await relay.value }
        }
        // What was set for this very moment is no timer that is left.
        try executor.runUntilIdle()
    }

    /// How often the server holds `content` for `address`: the truth about a message.
    ///
    /// - Parameters:
    ///   - content: The octets of the message, with CRLF at each line's end.
    ///   - address: The recipient as it stands in RCPT, without angle brackets.
    /// - Returns: The number of copies.
    public func copies(of content: String, for address: String) -> Int {
        server.messages.lazy.filter { $0.content.elementsEqual(content.utf8) }
            .map { $0.acceptedRecipients.count { $0 == address } }.reduce(0, +)
    }
}
