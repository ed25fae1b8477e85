internal import SMTPTransport
internal import SMTPWire

/// The one exchange at a time, and how it is cancelled.
extension CommandChannel {
    /// Waits for the turn and runs `body` with it; what `body` leaves unanswered is dropped when it comes.
    ///
    /// - Throws: What `body` throws; ``ChannelError/cancelled`` if the task is cancelled before the turn comes, when
    ///   nothing was written; or why the channel is closed.
    // Inlined here and below: each function on the way is one more return to the actor, which the runtime looks up.
    @inline(__always)
    package func withTurn<Value: Sendable>(
        _ body: () async throws(ChannelError) -> Value
    ) async throws(ChannelError) -> Value {
        if Task.isCancelled { throw .cancelled }
        let ticket = turns.newTicket()
        let result: Result<Value, ChannelError> = await withTaskCancellationHandler {
            do throws(ChannelError) {
                if !turns.take(ticket) { try await waitForTurn(ticket) }
                try checkTurn()
                defer { leaveTurn() }
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            // Any thread may cancel; the channel's state is touched on its executor alone. Weakly: what an executor still has
            // to do must not keep alive who keeps the executor.
            _ = executor.schedule(at: executor.now) { [weak self] in self?.assumeIsolated { $0.cancel(ticket) } }
        }
        return try result.get()
    }

    private func waitForTurn(_ ticket: UInt64) async throws(ChannelError) {
        if let failure { throw failure }
        guard turns.waitingCount < options.limits.pendingCommands else {
            throw .misuse(.tooManyCommands(limit: options.limits.pendingCommands))
        }
        await withUnsafeContinuation { waiter in
            // A task that has no preference for the executor leaves it on the way in here, and comes back.
            if isClosed || Task.isCancelled || turns.take(ticket) {
                waiter.resume()
            } else {
                turns.wait(ticket, waiter)
            }
        }
        guard turns.holder == ticket else { throw failure ?? .cancelled }
    }

    /// Passes the turn on and throws, if the one who has just got it cannot use it.
    private func checkTurn() throws(ChannelError) {
        if isClosed, let failure {
            passTurn()
            throw failure
        }
        if Task.isCancelled {
            // After the turn was passed on and before this ran.
            holderIsCancelled = false
            passTurn()
            throw .cancelled
        }
    }

    private func leaveTurn() {
        holderIsCancelled = false
        if replies.isSettled || isClosed {
            passTurn()
        } else {
            isDiscarding = true
            inbox.removeAll()
        }
    }

    func passTurn() {
        isDiscarding = false
        turns.pass()?.resume()
    }

    private func cancel(_ ticket: UInt64) {
        if let waiter = turns.remove(ticket) {
            waiter.resume()
        } else if turns.holder == ticket, !isDiscarding {
            holderIsCancelled = true
            if deadlines.writingSince != nil || deadlines.handshakeSince != nil {
                // Half a command or handshake is out: nothing can follow it.
                fail(.cancelled)
            } else {
                inbox.wake()
            }
        }
    }

    /// Whether a reply is there for the holder of the turn.
    package var hasReply: Bool { !inbox.isEmpty }

    /// A reply that is there, without waiting.
    package func takeReply() -> ReceivedReply? {
        guard let entry = inbox.take() else { return nil }
        if entry.isUnclaimed { replies.unclaimedReceived() }
        return entry
    }

    /// Waits until a reply comes, the connection ends, the holder is cancelled, or somebody calls ``wake()``.
    ///
    /// - Parameter driver: Does what follows from replies, for as long as that needs no task; only then this returns.
    package func waitForEvent(_ driver: any ReplyDriver) async {
        await withUnsafeContinuation { waitForEvent($0, driver) }
    }

    func waitForEvent(_ waiter: Waiter, _ driver: (any ReplyDriver)? = nil) {
        // Asked in here: a task that has no preference for the executor leaves it on the way in and comes back, and what
        // it would be woken by has happened.
        if isClosed || holderIsCancelled {
            waiter.resume()
        } else {
            inbox.wait(waiter, driver)
        }
    }

    /// Has `driver` take the replies that come while the holder of the turn waits for something else, until it says `nil`.
    package func takeReplies(by driver: (any ReplyDriver)?) {
        inbox.setDriver(driver)
        isContentUseless = false
    }

    /// Ends the waiting for more of a content, in chunks, until ``takeReplies(by:)`` is called: it is of no use any more.
    package func stopAwaitingContent() {
        isContentUseless = true
        stopContentSource?()
    }

    /// Wakes the holder of the turn: something else than a reply may be there for it.
    package func wake() {
        if inbox.driver == nil { inbox.wake() } else { tellHolder() }
    }

    /// Tells the holder of the turn that there are replies for it: its driver here and now, or else its task.
    func tellHolder() {
        if let driver = inbox.driver, !driver.drive(self) { return }
        inbox.resume()
    }

    /// Waits for the next reply to what the holder of the turn sent.
    ///
    /// What came before the connection broke is returned before the break is thrown.
    @inline(__always)
    package func nextReply() async throws(ChannelError) -> ReceivedReply {
        while true {
            if let entry = takeReply() { return entry }
            if isClosed, let failure { throw failure }
            if holderIsCancelled { throw .cancelled }
            await withUnsafeContinuation { waitForEvent($0) }
        }
    }
}
