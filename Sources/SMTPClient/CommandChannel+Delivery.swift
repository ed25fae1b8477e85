import SMTPSession
internal import SMTPTransport
internal import SMTPWire

/// Sends messages over the channel, on its executor and in one turn.
///
/// It writes as far ahead as the machines of the messages and the window allow, and waits for replies only when nothing
/// more may be written. So one loop does lock-step, groups, and messages that follow each other without a pause. What
/// needs no waiting is done in the event that a reply came in, while the task that sends goes on waiting.
extension CommandChannel {
    /// What a delivery cannot go on without.
    enum Pause {
        /// Replies, or another message.
        case replies
        /// Room for what is encoded.
        case room
        /// The next piece of a content that is not in memory.
        case content(DeliveryFlight)
        /// Nothing: there is no more to do, or the connection has ended.
        case end
    }

    /// Sends what `source` gives, until it has nothing at hand and all is answered, or the connection ends.
    ///
    /// - Throws: ``ChannelError`` if nothing was sent: the turn never came, or the channel cannot be used.
    func deliver(_ source: some DeliverySource, _ window: DeliveryWindow) async throws(ChannelError) {
        try await withTurn { () async throws(ChannelError) in
            try admitCommand()
            let run = DeliveryRun(source, window, isOutOfStep: tally.isOutOfStep)
            deliveries: while true {
                switch advance(run) {
                case .replies: await waitForEvent(run)
                case .room:
                    run.source.tellNow()
                    await flush()
                    run.showProgress()
                case .content(let flight): await sendNextPiece(of: flight, run)
                case .end: break deliveries
                }
            }
            await leave(run)
        }
    }

    /// Takes in the replies that are there, and writes all that may be written, as far as that goes without waiting.
    func advance(_ run: DeliveryRun) -> Pause {
        defer { tellSettled(run) }
        while true {
            creditAll(run)
            guard !isClosed, !run.isCancelled else { return .end }
            if let pause = writeAhead(run) { return pause }
            guard flushAtOnce() else { return .room }
            tellSettled(run)
            run.showProgress()
            run.source.willWait()
            if run.isEmpty {
                // No reply is to come that could tell more.
                if !canWrite, let outputFailure { fail(.transport(outputFailure)) }
                guard run.hasMessage, !isClosed, !isCancelled else { return .end }
            } else if !(run.mayStart && canWrite && !isCancelled), !hasReply {
                guard isCancelled else {
                    run.prepareContent(in: &spare)
                    return .replies
                }
                if !run.leaveClean() { fail(.cancelled) }
            }
        }
    }

    // MARK: Writing

    /// Appends all that may be written now, and returns what more would have to be waited for.
    private func writeAhead(_ run: DeliveryRun) -> Pause? {
        while canWrite, !isCancelled {
            guard let flight = run.writing ?? start(run) else { return nil }
            while canWrite, !isCancelled, let step = flight.nextStep(run.window) {
                let pause: Pause? =
                    switch step {
                    case .content: sendContent(flight, run)
                    case .terminator: endContent(flight, run)
                    case .chunk: sendChunk(flight, run)
                    default: send(step, of: flight)
                    }
                if let pause { return pause }
            }
            // Its source may have failed.
            settle(run)
            if run.writing === flight {
                guard flight.machine.isWritten, flight.isPipelined, run.mayFollow else { return nil }
                run.writing = nil
            }
        }
        return nil
    }

    private func send(_ step: TransactionMachine.Step, of flight: DeliveryFlight) -> Pause? {
        switch step {
        case .clear: append(EncodedCommands.reset, 0..<1)
        case .mail: append(flight.transaction.mail, 0..<1)
        case .recipients(let range): append(flight.transaction.recipients, range)
        case .data, .content, .terminator, .chunk: append(EncodedCommands.data, 0..<1)
        }
        return nil
    }

    /// Starts the next transaction, if one is at hand.
    private func start(_ run: DeliveryRun) -> DeliveryFlight? {
        while let message = run.nextMessage() {
            if message.planned.plan.isLMTP != isLMTP {
                // Which recipient a reply is for would be taken wrongly.
                message.failWithAll(.plannedForOtherHello)
            } else if let flight = run.start(message, whileOpen: stage != .idle, tally: &tally) {
                return flight
            }
            run.source.finished(message)
        }
        return nil
    }

    /// Sends the next piece of the content behind a 354.
    private func sendContent(_ flight: DeliveryFlight, _ run: DeliveryRun) -> Pause? {
        flight.isInContent = mayContentFollow(inChunks: false)
        guard flight.isInContent else { return nil }
        let start = output.count
        guard let isLast = run.appendPiece(of: flight, to: &output, spare: spare) else { return .content(flight) }
        return pieceAppended(to: flight, run, from: start, isLast: isLast)
    }

    /// Counts a piece of content that was appended to the output, and hands it over unless it is the last and short: then
    /// it stays in the buffer, so that the next message's commands can share its segment.
    func pieceAppended(
        to flight: DeliveryFlight,
        _ run: DeliveryRun,
        from start: Int,
        isLast: Bool
    ) -> Pause? {
        showContent(from: start, isLast: isLast)
        run.handedOver(output.count - start, of: flight)
        if isLast {
            flight.isInContent = false
            completeContent()
            contentEnds(flight)
        }
        guard !isLast || output.count >= DeliveryWindow.segmentSize else { return nil }
        return handOver(run)
    }

    /// The last octet of the content is in the output: once it has left the server may accept the message.
    private func contentEnds(_ flight: DeliveryFlight) {
        flight.machine.contentHandedOver()
        flight.end = outputEnd
    }

    private func handOver(_ run: DeliveryRun) -> Pause? {
        guard flushAtOnce() else { return .room }
        run.showProgress()
        return nil
    }

    private func endContent(_ flight: DeliveryFlight, _ run: DeliveryRun) -> Pause? {
        let start = output.count
        output.append(contentsOf: ".\r\n".utf8)
        return pieceAppended(to: flight, run, from: start, isLast: true)
    }

    /// Sends the next chunk.
    private func sendChunk(_ flight: DeliveryFlight, _ run: DeliveryRun) -> Pause? {
        if let url = flight.message.planned.plan.url {
            append(.burl(url, last: true))
            flight.machine.chunkWritten(isLast: true)
            contentEnds(flight)
            return nil
        }
        flight.isInContent = true
        guard let isLast = run.appendPiece(of: flight, to: &run.piece, spare: spare) else { return .content(flight) }
        return chunkEncoded(of: flight, run, isLast: isLast)
    }

    /// Appends the chunk that was encoded, behind its command.
    func chunkEncoded(of flight: DeliveryFlight, _ run: DeliveryRun, isLast: Bool) -> Pause? {
        append(.bdat(size: run.piece.count, last: isLast), chunk: run.piece)
        run.handedOver(run.piece.count, of: flight)
        run.piece.removeAll(keepingCapacity: true)
        flight.isInContent = false
        flight.machine.chunkWritten(isLast: isLast)
        if isLast { contentEnds(flight) }
        return output.count >= DeliveryWindow.segmentSize ? handOver(run) : nil
    }

    // MARK: Reading

    /// Takes in the replies that are there, those too that came before the connection broke.
    func creditAll(_ run: DeliveryRun) {
        while !run.isBroken, let entry = takeReply() { credit(entry, run) }
    }

    /// Gives a reply to the message it is for: the oldest.
    private func credit(_ entry: ReceivedReply, _ run: DeliveryRun) {
        guard let flight = run.oldest else { return fail(.protocolViolation(.unsolicitedReply(entry.reply))) }
        flight.machine.replyReceived(entry.reply, isLast: entry.isLast, isEarly: entry.isEarly)
        settle(run)
    }

    /// Tells of the oldest messages what is settled, and closes the connection where it must not be used any more.
    func settle(_ run: DeliveryRun) {
        while !run.isBroken, let reason = run.settleOldest(releasedCount) {
            guard case .close(let error) = reason else { continue }
            // Nothing the server says behind this is trusted.
            run.isBroken = true
            fail(error)
        }
    }

    /// Tells the source what is settled, and before that the others where the session stands: who has the report may ask.
    func tellSettled(_ run: DeliveryRun) {
        guard run.hasSettled else { return }
        publishTransaction()
        run.tellSettled()
    }

    // MARK: The end

    /// Settles what is under way, and leaves the server without an open transaction.
    private func leave(_ run: DeliveryRun) async {
        if isClosed, let failure {
            creditAll(run)
            tellSettled(run)
            run.connectionLost(failure, releasedCount)
        } else if stage != .idle || run.isCancelled {
            // Its reply and those still missing are dropped as they come, and nobody waits for them.
            append(.reset)
            await flush()
        }
        tally.isOutOfStep = run.isOutOfStep
        tellSettled(run)
        run.giveUpRest(failure ?? .cancelled)
        run.source.ended(with: isClosed ? failure : isCancelled ? .cancelled : nil)
    }
}

extension DeliveryRun: ReplyDriver {
    func drive(_ channel: isolated CommandChannel) -> Bool {
        if let awaitingPiece {
            channel.takeInReplies(self, whileAwaiting: awaitingPiece)
            return false
        }
        return if case .replies = channel.advance(self) { false } else { true }
    }
}
