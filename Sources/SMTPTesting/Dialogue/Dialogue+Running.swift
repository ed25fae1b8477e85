public import SMTPTransport

extension Dialogue {
    /// Runs a client against the server of this dialogue, in memory and in virtual time, once for each delivery.
    ///
    /// A client that waits for what never comes is an error at once, and so is one that says anything else than what is
    /// written, more, less, or too early.
    ///
    /// - Parameters:
    ///   - deliveries: How the octets are divided over reads, by default in ten ways.
    ///   - client: Speaks over its end of the connection, which is closed when it returns.
    /// - Returns: What the client returned, once for each delivery.
    /// - Throws: ``DialogueError``.
    @discardableResult
    public func run<Value: Sendable>(
        deliveries: [Delivery] = Delivery.all,
        client: @escaping @Sendable (PipeTransport) async throws -> Value
    ) throws(DialogueError) -> [Value] {
        var values: [Value] = []
        for delivery in deliveries {
            do throws(DialogueError) {
                values.append(try run(delivery, client))
            } catch {
                var error = error
                error.delivery = delivery
                throw error
            }
        }
        return values
    }

    private func run<Value: Sendable>(
        _ delivery: Delivery,
        _ client: @escaping @Sendable (PipeTransport) async throws -> Value
    ) throws(DialogueError) -> Value {
        let executor = DeterministicExecutor()
        let progress = DialoguePlayer.Progress()
        progress.current = steps.first
        do {
            let (played, result) = try executor.run {
                var (outward, homeward) = (PipeOptions(), PipeOptions())
                outward.fragmentation = delivery.outward
                homeward.fragmentation = delivery.homeward
                let (near, far) = PipeTransport.pair(executor, outward: outward, homeward: homeward)
                let server = Task(executorPreference: executor) { await self.played(.server, far, progress) }
                let result = await Result(near, client)
                near.close(.closed)
                return (await server.value, result)
            }
            return try Self.outcome(of: played, result)
        } catch let error as DialogueError {
            throw error
        } catch {
            throw DialogueError(.stalled, at: progress.current, underlying: error)
        }
    }

    /// Runs a client against the server of this dialogue over TCP on loopback.
    ///
    /// - Parameters:
    ///   - patience: How long the connection may last before it is closed, so that this ends. Default ten minutes: a machine may be busy.
    ///   - client: Connects to the endpoint it is given, speaks, and disconnects.
    /// - Returns: What the client returned.
    /// - Throws: ``DialogueError``.
    @discardableResult
    public func runListening<Value: Sendable>(
        patience: Duration = .seconds(600),
        client: (Endpoint) async throws -> Value
    ) async throws(DialogueError) -> Value {
        let progress = DialoguePlayer.Progress()
        progress.current = steps.first
        let listener: TCPListener
        do throws(TransportError) {
            listener = try await TCPListener.bind()
        } catch {
            throw DialogueError(.unfinished, at: steps.first, underlying: error)
        }
        let server = Task(executorPreference: listener.executor) { () -> Result<Void, DialogueError> in
            guard let transport = try? await listener.accept() else {
                return .failure(DialogueError(.unfinished, at: steps.first))
            }
            let now = transport.executor.now
            let timer = transport.executor.schedule(at: now.advanced(by: patience)) { transport.close(.cancelled) }
            defer { timer.cancel() }
            return await played(.server, transport, progress)
        }
        let result = await Result(listener.endpoint, client)
        listener.close()
        return try Self.outcome(of: await server.value, result)
    }

    /// Plays one side over a transport, and checks the other.
    ///
    /// Call it on the transport's executor. The transport is closed at the end, by the server once the client has left.
    ///
    /// - Parameters:
    ///   - side: The side to play.
    ///   - transport: The connection to the other side.
    /// - Throws: ``DialogueError`` for the first thing that went another way.
    public func play(_ side: Side, over transport: any Transport) async throws(DialogueError) {
        try await DialoguePlayer(self, side, transport, DialoguePlayer.Progress()).play()
    }

    private func played(
        _ side: Side,
        _ transport: any Transport,
        _ progress: DialoguePlayer.Progress
    ) async -> Result<Void, DialogueError> {
        do throws(DialogueError) {
            return .success(try await DialoguePlayer(self, side, transport, progress).play())
        } catch {
            return .failure(error)
        }
    }

    /// What to tell of both sides: what the client said wrongly comes first, then its own error.
    private static func outcome<Value>(
        of played: Result<Void, DialogueError>,
        _ result: Result<Value, any Error>
    ) throws(DialogueError) -> Value {
        switch (played, result) {
        case (.success, .success(let value)):
            return value
        case (.success, .failure(let error)):
            throw DialogueError(.clientFailed, line: nil, underlying: error)
        case (.failure(let error), .success):
            throw error
        case (.failure(let error), .failure(let underlying)):
            let kind = error.kind == .unfinished ? .clientFailed : error.kind
            throw DialogueError(
                kind,
                line: error.line,
                expected: error.expected,
                got: error.got,
                underlying: underlying
            )
        }
    }
}

extension Result where Failure == any Error {
    /// What `body` returns or throws.
    fileprivate init<Input>(_ input: Input, _ body: (Input) async throws -> Success) async {
        do {
            self = .success(try await body(input))
        } catch {
            self = .failure(error)
        }
    }
}
