internal import SMTPTransport
internal import SMTPWire

/// One session: does what the machine says over a transport, on the transport's executor.
actor SinkConnection {
    nonisolated let executor: any TransportExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private nonisolated let record: SinkRecord
    private nonisolated let store: SinkStore
    private nonisolated let configuration: SinkConfiguration
    private nonisolated let isOneTooMany: Bool
    private let buffer = ReceiveBuffer()
    private var machine: SinkMachine
    private var transport: any Transport
    private var isStopped = false

    init(_ transport: sending any Transport, _ machine: sending SinkMachine, _ store: SinkStore) {
        executor = transport.executor
        configuration = machine.configuration
        isOneTooMany = machine.isOneTooMany
        self.transport = transport
        record = machine.record
        self.machine = machine
        self.store = store
    }

    /// The session so far.
    nonisolated var session: SinkSession { record.session }

    /// Serves the client to the end of the session.
    func run() async {
        do {
            if let tls = configuration.tls, tls.isImplicit { try await startImplicitTLS(tls) }
            while try await perform(nextAction()) {}
        } catch {
            if isStopped || Task.isCancelled { machine.stopped() } else { machine.connectionLost() }
        }
        transport.close(.closed)
        _ = nextAction()
    }

    /// Ends the session now, whatever it waits for.
    func stop() {
        isStopped = true
        transport.close(.cancelled)
    }

    /// What is to be done next; the transactions that have ended are known before the client is told.
    private func nextAction() -> SinkMachine.Action {
        let action = machine.next()
        let ended = machine.takeEndedTransactions()
        if !ended.isEmpty { store.add(ended) }
        return action
    }

    /// Does `action`, and returns whether there may be more to do.
    private func perform(_ action: SinkMachine.Action) async throws -> Bool {
        switch action {
        case .write(let octets): try await write(octets)
        case .pause: await Task.yield()
        case .wait(let duration): try await executor.sleep(for: duration)
        case .read: try await read()
        case .startTLS(let unread):
            guard let tls = configuration.tls else { throw TransportError.closed }
            try await startTLS(tls, unread: unread)
        case .close: return false
        case .reset:
            transport.abort()
            return false
        }
        return true
    }

    private func startImplicitTLS(_ tls: SinkTLS) async throws {
        // One too many could draw out the handshake before its 421, which costs more than it says.
        guard !isOneTooMany else {
            isStopped = true
            throw TransportError.closed
        }
        try await startTLS(tls, unread: [])
    }

    /// Begins TLS, and gives up on a client that has not done its part in the time that it may be silent.
    private func startTLS(_ tls: SinkTLS, unread: [UInt8]) async throws {
        let timer = startTimer { $0.stop() }
        defer { timer?.cancel() }
        transport = try await tls.upgrade(transport, unread)
        // Stopped in the middle of the handshake: the new transport has not heard of it.
        if isStopped { throw TransportError.cancelled }
        let info = (transport as? TLSTransport)?.info
        machine.tlsStarted(info)
    }

    /// Writes, and gives up on a client that does not read for as long as it may be silent.
    private func write(_ octets: [UInt8]) async throws {
        let timer = startTimer { $0.stop() }
        defer { timer?.cancel() }
        try await transport.write(octets.span.bytes)
    }

    private func read() async throws {
        let timer = startTimer { $0.sayGoodbye() }
        defer { timer?.cancel() }
        let isOpen = try await transport.read(into: buffer)
        guard isOpen else {
            machine.streamEnded()
            return
        }
        buffer.withBytes { octets in machine.received(octets) }
        buffer.removeAll()
    }

    private func startTimer(_ work: @escaping @Sendable (isolated SinkConnection) -> Void) -> ScheduledWork? {
        guard let duration = configuration.limits.idleTime else { return nil }
        return executor.schedule(at: executor.now.advanced(by: duration)) { [weak self] in
            self?.assumeIsolated { work($0) }
        }
    }

    /// Tells the silent client, while nothing else is being written, and closes.
    private func sayGoodbye() {
        machine.idled()
        Task(executorPreference: executor) { await self.writeAndStop() }
    }

    /// Writes, and stops at the latest when the client has not read for as long again.
    private func writeAndStop() async {
        let timer = startTimer { $0.stop() }
        defer { timer?.cancel() }
        while case .write(let octets) = nextAction() {
            guard (try? await transport.write(octets.span.bytes)) != nil else { break }
        }
        stop()
    }
}
