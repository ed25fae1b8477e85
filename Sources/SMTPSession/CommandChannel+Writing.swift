internal import SMTPTransport
package import SMTPWire

/// The client's side: bytes out, and what they make the server owe.
extension CommandChannel {
    /// Refuses, before a byte is written, a command that could be misread or whose reply could.
    package func admitCommand() throws(ChannelError) {
        if isClosed, let failure { throw failure }
        if replies.transaction.awaitsTLS { throw .misuse(.tlsExpected) }
        if replies.awaitsContent { throw .misuse(.contentExpected) }
        if replies.unclaimedCount > 0 { throw .misuse(.unclaimedReplies(count: replies.unclaimedCount)) }
        if !inbox.isEmpty {
            // The content was refused before it was sent, and the server may still wait for it.
            fail(.contentAbandoned)
            throw .contentAbandoned
        }
        refusePrematureReply()
        if isClosed, let failure { throw failure }
        replies.commandFollows()
    }

    /// Encodes `command`, with the chunk that belongs to it, behind what is to be written, and expects its reply.
    package func append(_ command: SMTPCommand, chunk: [UInt8] = []) {
        refusePrematureReply()
        command.append(to: &output)
        output.append(contentsOf: chunk)
        remember(command)
        if case .mail = command { tally.mailCount += 1 }
        replies.expect(Expectation(command, before: outputEnd, options.timeouts))
        guard let observer = options.transcript else { return }
        show(command, to: observer)
        if case .bdat(_, let isLast) = command, !chunk.isEmpty {
            show(content: chunk.span.bytes, isLast: isLast, to: observer)
        }
    }

    /// Appends those in `range` of commands that are encoded already, as `append(_:)` does.
    ///
    /// They are none that say hello.
    package func append(_ encoded: EncodedCommands, _ range: Range<Int>) {
        refusePrematureReply()
        credentials.forget()
        let start = outputEnd
        output.append(contentsOf: encoded.octets(of: range))
        if case .mail = encoded.subject { tally.mailCount += 1 }
        replies.expect(Expectation(encoded, range, from: start, timeout: options.timeouts[encoded.subject]))
        if let observer = options.transcript {
            for command in encoded.commands[range] { show(command, to: observer) }
        }
    }

    /// The octets of the channel up to the end of what is to be written.
    package var outputEnd: UInt64 { replies.releasedCount + UInt64(output.count) }

    /// The octets that have left, or may have.
    package var releasedCount: UInt64 { replies.releasedCount }

    /// Closes the channel if a reply has begun that nothing has asked for yet: it would be taken for the next one's.
    private func refusePrematureReply() {
        if replies.isEmpty, parser.isInsideReply { fail(.protocolViolation(.prematureReply)) }
    }

    /// Writes what was appended.
    ///
    /// A failure is not thrown: what the server said before is still being read, and tells more. It ends with the last
    /// reply and the reason why there are no others.
    package func flush() async {
        if flushAtOnce() { return }
        var bytes: [UInt8] = []
        swap(&bytes, &output)
        await write(bytes.span.bytes)
        bytes.removeAll(keepingCapacity: true)
        // The memory is kept for the next command.
        if output.isEmpty { swap(&bytes, &output) }
        replies.handedOver(at: executor.now)
        watchDeadlines()
    }

    /// Does what ``flush()`` does as far as it goes without waiting, and returns whether nothing is left to do.
    package func flushAtOnce() -> Bool {
        if output.isEmpty { return true }
        let count = writeAtOnce(output.span.bytes)
        guard count == output.count || isOutputClosed else {
            output.removeFirst(count)
            replies.handedOver(at: executor.now)
            return false
        }
        output.removeAll(keepingCapacity: true)
        replies.handedOver(at: executor.now)
        watchDeadlines()
        return true
    }

    /// Hands over as much of `bytes` as goes without waiting, and returns how much that is.
    func writeAtOnce(_ bytes: RawSpan) -> Int {
        guard let direct, canWrite else { return 0 }
        do throws(TransportError) {
            let count = try direct.writeAtOnce(bytes)
            replies.release(count)
            if let rate = options.leastDataRate { deadlines.tookAtOnce(count, rate) }
            return count
        } catch {
            outputFailed(error)
            return 0
        }
    }

    private func outputFailed(_ error: TransportError) {
        outputFailure = error
        isOutputClosed = true
        replies.outputEnded(at: executor.now)
    }

    /// Whether what is written now may still arrive.
    package var canWrite: Bool { !isClosed && !isOutputClosed }

    /// Hands `bytes` to the transport, and returns whether more may follow.
    @discardableResult
    func write(_ bytes: RawSpan) async -> Bool {
        var offset = 0
        while canWrite {
            // Also behind a wait: then there is room for more than the next piece.
            offset += writeAtOnce(bytes.extracting(offset...))
            guard canWrite, offset < bytes.byteCount else { break }
            let end = offset + pieceLength(bytes.byteCount - offset)
            // Anew for each piece: a long write that goes on is no stall.
            let begin = executor.now
            deadlines.writingSince = begin
            deadlines.takenCount = direct?.takenCount
            // The time is that of a whole piece: a system tells of room in steps that are longer than a short one.
            let whole = min(bytes.byteCount - offset, Self.contentPiece)
            if let rate = options.leastDataRate { deadlines.pieceBegins(whole, rate, at: begin) }
            watchDeadlines()
            replies.release(end - offset)
            do throws(TransportError) {
                try await transport.write(bytes.extracting(offset..<end))
                replies.handedOver(at: executor.now)
            } catch {
                outputFailed(error)
            }
            if let rate = options.leastDataRate {
                deadlines.pieceEnded(end - offset, rate, since: begin, at: executor.now)
            }
            offset = end
        }
        deadlines.writingSince = nil
        return canWrite
    }

    /// How much of so many octets goes in one write that has to wait.
    private func pieceLength(_ count: Int) -> Int {
        let length = min(count, Self.contentPiece)
        return replies.nextHold.map { min(length, Int($0 - releasedCount)) } ?? length
    }

    // MARK: For who writes ahead

    /// Where the server stands, without the lock that ``state`` takes for other tasks.
    package var stage: TransactionState.Stage { replies.transaction.stage }

    /// Whether the session is one of LMTP.
    package var isLMTP: Bool { replies.transaction.isLMTP }

    /// Whether the holder of the turn was cancelled.
    package var isCancelled: Bool { holderIsCancelled }

    /// The terminator of the content is in the buffer: from here on a positive reply is an answer to it.
    package func completeContent() {
        replies.contentCompleted(end: outputEnd)
    }

    /// Shows the content in the buffer from `start` on.
    package func showContent(from start: Int, isLast: Bool) {
        guard let observer = options.transcript else { return }
        show(content: output.span.bytes.extracting(start..<output.count), isLast: isLast, to: observer)
    }
}
