import SMTPSession

/// Content that is not in memory, and must be waited for.
extension CommandChannel {
    /// Waits for the next piece of a content, and sends it.
    func sendNextPiece(of flight: DeliveryFlight, _ run: DeliveryRun) async {
        // Reading takes a while, in which the connection may end: what waits here must not count as handed over.
        run.source.tellNow()
        await flush()
        run.showProgress()
        let isChunked = flight.machine.shape.isChunked
        if isChunked {
            // Those that came while there was no room, and behind which none may come.
            takeInReplies(run, whileAwaiting: flight)
            if isClosed || flight.machine.isChunkUseless { return dropPiece(of: flight, run) }
        }
        do throws(SMTPError) {
            let isLast = try await nextPiece(of: flight, run)
            guard mayContentFollow(inChunks: isChunked) else {
                throw SMTPError(failure ?? outputFailure.map { .transport($0) } ?? .cancelled)
            }
            if isChunked, flight.machine.isChunkUseless {
                dropPiece(of: flight, run)
            } else if isChunked {
                _ = chunkEncoded(of: flight, run, isLast: isLast)
            } else {
                swap(&output, &run.piece)
                _ = pieceAppended(to: flight, run, from: 0, isLast: isLast)
            }
        } catch {
            // A source that was stopped, because the server or the channel has decided, does not decide.
            let isStopped = isChunked ? isClosed || flight.machine.isChunkUseless : !mayContentFollow(inChunks: false)
            dropPiece(of: flight, run, isStopped ? nil : error)
        }
    }

    /// Waits for the next piece of a content, and takes in what is said of chunks meanwhile: who gives the content may wait
    /// for the report of a message before.
    ///
    /// Behind a 354 nothing is said but of this content, and any reply ends the waiting.
    private func nextPiece(of flight: DeliveryFlight, _ run: DeliveryRun) async throws(SMTPError) -> Bool {
        if flight.machine.shape.isChunked {
            run.awaitingPiece = flight
            takeReplies(by: run)
        }
        defer {
            run.awaitingPiece = nil
            takeReplies(by: nil)
        }
        return try await flight.reader.encodeNext(into: &run.piece, for: self)
    }

    /// Drops the piece that came or was to come, because of `error`, or because it is of no use any more.
    private func dropPiece(of flight: DeliveryFlight, _ run: DeliveryRun, _ error: SMTPError? = nil) {
        run.piece.removeAll(keepingCapacity: true)
        flight.isInContent = false
        if let error {
            flight.machine.contentFailed(error)
        } else if flight.machine.shape.isChunked, !isClosed {
            flight.machine.chunkDropped()
        }
        settle(run)
    }

    /// Takes in the replies that came while a piece of content is waited for.
    func takeInReplies(_ run: DeliveryRun, whileAwaiting flight: DeliveryFlight) {
        creditAll(run)
        tellSettled(run)
        run.source.willWait()
        if flight.machine.isChunkUseless { stopAwaitingContent() }
    }
}
