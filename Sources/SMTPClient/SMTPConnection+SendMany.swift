import SMTPSession
internal import SMTPTransport

extension SMTPConnection {
    /// Sends messages one after the other, without waiting for the replies to one before the next as far as the server
    /// allows it, and gives a report for each in the same order.
    ///
    /// Makes the connection ready first, as ``prepare()`` does. Where the server offers PIPELINING, a message's content
    /// goes in one group with the commands of the next (RFC 2920): one round trip each. If it also offers CHUNKING, and
    /// ``SMTPConfiguration/chunking`` is not ``ChunkingPolicy/never``, messages go by BDAT and nothing is waited for at
    /// all as long as the window allows (RFC 3030). What becomes of one message changes nothing for the others.
    ///
    /// The channel is in use while messages are under way; other calls wait for their turn until the sequence of
    /// messages has none at hand.
    ///
    /// ```swift
    /// for try await report in connection.send(contentsOf: messages) where !report.isAcceptedForAll {
    ///     print(report.message, report.recipients.map(\.advice))
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - messages: The messages, taken as they can be sent, off the connection's event loop. If it ends with an error
    ///     so do the reports, behind those of all messages before it. A content that comes piece by piece must not wait for
    ///     the report of a message before it, which may have transactions to come behind this one.
    ///   - window: How far messages may run ahead of the replies to them.
    /// - Returns: The reports, one for each message that was taken from `messages`. Nothing is sent before the first is
    ///   asked for. If no further report is asked for, no further message is taken, and those under way are finished. If the
    ///   task that reads them is cancelled, those under way are given up and the connection is closed; their reports say
    ///   which of them the server may have.
    public func send<Messages: AsyncSequence & Sendable>(
        contentsOf messages: Messages,
        window: DeliveryWindow = DeliveryWindow()
    ) -> DeliveryReports where Messages.Element == MailObject {
        DeliveryReports(window: window, outerExecutor: channel.executor.outerExecutor) { queue in
            await deliver(from: queue, window) { planner in
                var iterator = messages.makeAsyncIterator()
                do {
                    while await queue.awaitRoom() {
                        guard let message = try await iterator.next(isolation: nil) else {
                            // Many a sequence ends in order when its task is cancelled.
                            return Task.isCancelled ? () : queue.fed()
                        }
                        await queue.put(message, planner, plans, on: channel.executor.outerExecutor)
                    }
                } catch {
                    queue.stop(.messagesFailed(error))
                }
            }
        }
    }

    /// Sends messages one after the other, as `send(contentsOf:window:)` of an `AsyncSequence` does.
    ///
    /// - Parameters:
    ///   - messages: The messages; iterated as they can be sent, off the connection's event loop.
    ///   - window: How far messages may run ahead of the replies to them.
    /// - Returns: The reports.
    public func send<Messages: Sequence & Sendable>(
        contentsOf messages: Messages,
        window: DeliveryWindow = DeliveryWindow()
    ) -> DeliveryReports where Messages.Element == MailObject {
        DeliveryReports(window: window, outerExecutor: channel.executor.outerExecutor) { queue in
            await deliver(from: queue, window) { planner in
                var iterator = messages.makeIterator()
                while await queue.awaitRoom() {
                    guard let message = iterator.next() else { return queue.fed() }
                    await queue.put(message, planner, plans, on: channel.executor.outerExecutor)
                }
            }
        }
    }

    /// Sends what `feed` puts into the queue.
    private func deliver(
        from queue: DeliveryQueue,
        _ window: DeliveryWindow,
        _ feed: @escaping @Sendable (DeliveryPlanner) async -> Void
    ) async {
        await withTaskCancellationHandler {
            do throws(SMTPError) {
                try await prepare()
                await deliver(from: queue, window, feed, planner(usesChunks: configuration.chunking != .never))
            } catch {
                queue.stop(error)
                queue.end()
            }
        } onCancel: {
            queue.stop(SMTPError(ChannelError.cancelled))
        }
    }

    private func deliver(
        from queue: DeliveryQueue,
        _ window: DeliveryWindow,
        _ feed: @escaping @Sendable (DeliveryPlanner) async -> Void,
        _ planner: DeliveryPlanner
    ) async {
        var configuration = configuration
        configuration.observers = configuration.observers.map { $0.observerOfSequence() }
        let observe = { @Sendable [configuration, site] recipientCount in
            configuration.began(.send(recipientCount: recipientCount), at: site)
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: channel.executor.outerExecutor) { await feed(planner) }
            let window = avoidance.contains(.crossMessage) ? .single : window
            await withTaskExecutorPreference(channel.executor) { @concurrent in
                await channel.deliver(from: queue, window, observe)
            }
            group.cancelAll()
        }
        // What was being planned when the connection ended.
        queue.end { report in observe(report.recipients.count).ended(SMTPOperation.Ending(report)) }
    }
}

extension CommandChannel {
    /// Sends what comes into the queue, until no more is to come or the connection ends.
    ///
    /// Between messages the turn is left, so that others may use the channel.
    fileprivate func deliver(
        from queue: DeliveryQueue,
        _ window: DeliveryWindow,
        _ observe: @escaping @Sendable (_ recipientCount: Int) -> SMTPObservation
    ) async {
        // Weakly: what an executor still has to do must not keep alive who keeps the executor.
        let source = QueuedMessages(queue, on: executor, observe: observe) { [weak self] in
            self?.assumeIsolated { $0.wake() }
        }
        let watch = watchClosing { queue.wakeSender() }
        defer { endWatch(watch) }
        // Nobody would be woken by an end that has come already.
        if let failure { return source.refuseAll(SMTPError(failure)) }
        while await queue.awaitMessages() {
            do throws(ChannelError) {
                try await deliver(source, window)
            } catch {
                return source.refuseAll(SMTPError(error))
            }
        }
    }
}

extension DeliveryQueue {
    /// Plans a message, reading its content if that is a file, and hands it on.
    fileprivate func put(
        _ message: MailObject,
        _ planner: DeliveryPlanner,
        _ plans: PlanCache,
        on outer: any TaskExecutor
    ) async {
        do throws(SMTPError) {
            var facts = message.content.factsInMemory
            if facts == nil { facts = try await message.content.lookThrough(on: outer) }
            put(Planned(MessageDelivery(message, try plans.plan(message, facts: facts, by: planner))))
        } catch {
            put(Planned(message.notAttempted(error)))
        }
    }
}
