internal import DequeModule
import SMTPSession
internal import SMTPTransport
internal import SMTPWire

/// Sends messages over the channel, on its executor and in one turn.
///
/// It writes as far ahead as the machines of the messages and the window allow, and waits for replies only when nothing
/// more may be written. So one loop does lock-step, groups, and messages that follow each other without a pause.
extension CommandChannel {
    /// Sends what `source` gives, until it has nothing at hand and all is answered, or the connection ends.
    ///
    /// - Throws: ``ChannelError`` if nothing was sent: the turn never came, or the channel cannot be used.
    func deliver(_ source: some DeliverySource, _ window: DeliveryWindow) async throws(ChannelError) {
        try await withTurn { () async throws(ChannelError) in
            try admitCommand()
            let run = DeliveryRun(source, window)
            while !isClosed, !run.isCancelled {
                await writeAhead(run)
                if !flushAtOnce() { await flush() }
                run.showProgress()
                source.willWait()
                if run.isEmpty {
                    // No reply is to come that could tell more.
                    if let outputFailure { fail(.transport(outputFailure)) }
                    guard run.hasMessage, !isClosed, !isCancelled else { break }
                } else if !(run.mayStart && canWrite && !isCancelled) {
                    await takeReplies(run)
                }
            }
            await leave(run)
        }
    }

    // MARK: Writing

    /// Appends all that may be written now.
    private func writeAhead(_ run: DeliveryRun) async {
        while canWrite, !isCancelled {
            guard let flight = run.writing ?? start(run) else { return }
            while canWrite, !isCancelled, let step = flight.machine.nextStep() {
                switch step {
                case .content: await sendContent(flight, run)
                case .terminator: await endContent(flight, run)
                case .chunk: await sendChunk(flight, run)
                default: append(flight.command(for: step))
                }
            }
            // Its source may have failed.
            settle(run)
            if run.writing === flight {
                guard flight.machine.isWritten, flight.isPipelined, run.mayFollow else { return }
                run.writing = nil
            }
        }
    }

    /// Starts the next transaction, if one is at hand; behind another it begins with RSET (RFC 5321 §4.1.4: MAIL must not
    /// come while a transaction is open, and whether the one before is closed is not known yet).
    private func start(_ run: DeliveryRun) -> DeliveryFlight? {
        while let message = run.nextMessage() {
            let mayBeOpen = !run.isEmpty || stage != .idle
            if let flight = run.start(message, beginsWithReset: mayBeOpen, tally: &tally) { return flight }
            run.source.finished(message)
        }
        return nil
    }

    /// Sends the content behind a 354, piece by piece as it comes.
    ///
    /// The last of a small message stays in the buffer, so that the next message's commands can share its segment.
    private func sendContent(_ flight: DeliveryFlight, _ run: DeliveryRun) async {
        while mayContentFollow(inChunks: false) {
            let start = output.count
            do throws(SMTPError) {
                guard let isLast = try await encodePiece(of: flight, run) else { return discardOutput() }
                if isLast { return await contentEnds(flight, run, from: start) }
            } catch {
                // A source that was stopped, because the server or the channel has decided, does not decide.
                return mayContentFollow(inChunks: false) ? flight.machine.contentFailed(error) : ()
            }
            showContent(from: start, isLast: false)
            run.handedOver(output.count - start, of: flight)
            await flush()
            run.showProgress()
        }
    }

    /// Encodes the next piece into the buffer, and returns whether it is the last; `nil` if meanwhile it became useless.
    private func encodePiece(of flight: DeliveryFlight, _ run: DeliveryRun) async throws(SMTPError) -> Bool? {
        if let isLast = flight.reader.encodeNextInMemory(into: &output) { return isLast }
        let isLast = try await flight.reader.encodeNext(into: &run.piece, for: self)
        swap(&output, &run.piece)
        run.piece.removeAll(keepingCapacity: true)
        return mayContentFollow(inChunks: false) ? isLast : nil
    }

    private func contentEnds(_ flight: DeliveryFlight, _ run: DeliveryRun, from start: Int) async {
        showContent(from: start, isLast: true)
        completeContent()
        flight.machine.contentHandedOver()
        run.handedOver(output.count - start, of: flight)
        // What is behind the terminator in one write could be stuck when the reply to it comes, which then would seem to
        // have come too early. So much fits into every socket that has been read empty.
        if output.count > Self.sharedSegmentLimit { await flush() }
    }

    private static let sharedSegmentLimit = 16_384

    private func endContent(_ flight: DeliveryFlight, _ run: DeliveryRun) async {
        let start = output.count
        output.append(contentsOf: ".\r\n".utf8)
        await contentEnds(flight, run, from: start)
    }

    /// Sends the next chunk, and takes what replies there are.
    private func sendChunk(_ flight: DeliveryFlight, _ run: DeliveryRun) async {
        if let url = flight.message.plan.url {
            append(.burl(url, last: true))
            flight.machine.chunkWritten(isLast: true)
            return flight.machine.contentHandedOver()
        }
        var isLast = flight.reader.encodeNextInMemory(into: &run.piece)
        if isLast == nil {
            // Reading takes a while, in which the connection may end: what waits here must not count as handed over.
            await flush()
            do throws(SMTPError) {
                isLast = try await flight.reader.encodeNext(into: &run.piece, for: self)
                // The reading was broken off: this is no whole chunk.
                guard mayContentFollow(inChunks: true) else {
                    throw SMTPError(failure ?? outputFailure.map { .transport($0) } ?? .cancelled)
                }
            } catch {
                return flight.machine.contentFailed(error)
            }
        }
        let endsContent = isLast ?? true
        append(.bdat(size: run.piece.count, last: endsContent))
        let start = output.count
        output.append(contentsOf: run.piece)
        run.piece.removeAll(keepingCapacity: true)
        showContent(from: start, isLast: endsContent)
        run.handedOver(output.count - start, of: flight)
        flight.machine.chunkWritten(isLast: endsContent)
        if endsContent { flight.machine.contentHandedOver() }
        if output.count >= DeliveryWindow.segmentSize {
            await flush()
            run.showProgress()
        }
        creditAll(run)
        while !endsContent, isWindowFull(flight, run), !flight.machine.isFinished, !isClosed {
            await flush()
            await takeReplies(run)
        }
    }

    /// Whether the chunks without a reply fill the window; a reply to the envelope, which comes before, counts as one.
    private func isWindowFull(_ flight: DeliveryFlight, _ run: DeliveryRun) -> Bool {
        flight.machine.awaitedCount * ContentReader.pieceSize > run.window.octets
    }

    // MARK: Reading

    /// Takes all replies that are there, and if there are none waits until something happens.
    private func takeReplies(_ run: DeliveryRun) async {
        guard !hasReply else { return creditAll(run) }
        guard !isCancelled else { return run.leaveClean() ? () : fail(.cancelled) }
        await waitForEvent()
        creditAll(run)
    }

    /// Takes in the replies that are there, those too that came before the connection broke.
    private func creditAll(_ run: DeliveryRun) {
        while !run.isBroken, let entry = takeReply() { credit(entry, run) }
    }

    /// Gives a reply to the message it is for: the oldest.
    private func credit(_ entry: ReceivedReply, _ run: DeliveryRun) {
        guard let flight = run.oldest else { return fail(.protocolViolation(.unsolicitedReply(entry.reply))) }
        flight.machine.replyReceived(entry.reply, isLast: entry.isLast, isEarly: entry.isEarly)
        settle(run)
    }

    /// Tells of the oldest messages what is settled, and closes the connection where it must not be used any more.
    private func settle(_ run: DeliveryRun) {
        while !run.isBroken, let reason = run.settleOldest() {
            guard case .close(let error) = reason else { continue }
            // Nothing the server says behind this is trusted.
            run.isBroken = true
            fail(error)
        }
    }

    // MARK: The end

    /// Settles what is under way, and leaves the server without an open transaction.
    private func leave(_ run: DeliveryRun) async {
        if let failure {
            creditAll(run)
            run.connectionLost(failure)
        } else if stage != .idle || run.isCancelled {
            // Its reply and those still missing are dropped as they come, and nobody waits for them.
            append(.reset)
            await flush()
        }
        run.source.ended(with: failure ?? (isCancelled ? .cancelled : nil))
    }
}
