internal import SMTPTransport
internal import SMTPWire
internal import Synchronization

/// The server's side: one task reads for as long as the connection lives, also when nobody waits, so that a server that
/// says goodbye or leaves is noticed before the next message is given to it.
extension CommandChannel {
    func startReading() {
        Task(executorPreference: executor) { await self.readUntilClosed() }
    }

    private func readUntilClosed() async {
        while !isClosed {
            if replies.transaction.awaitsTLS {
                // What comes next is the handshake's, and no reply.
                await withUnsafeContinuation { reader in
                    if replies.transaction.awaitsTLS, !isClosed { parkedReader = reader } else { reader.resume() }
                }
                continue
            }
            do throws(TransportError) {
                guard try await transport.read(into: input) else {
                    fail(.closedByServer(after: goodbye))
                    return
                }
            } catch {
                // A 421 before a reset says more than the reset, and behind QUIT nothing can be cut off.
                let isOrderly = goodbye != nil || (replies.transaction.hasQuit && replies.isEmpty)
                fail(isOrderly ? .closedByServer(after: goodbye) : .transport(error))
                return
            }
            takeReplies()
        }
    }

    /// Makes replies of what was received, and gives each to whom it belongs.
    private func takeReplies() {
        while !isClosed, !input.isEmpty, !replies.transaction.awaitsTLS {
            do throws(WireError) {
                let (consumed, reply) = try input.withBytes { bytes throws(WireError) in try parser.parse(bytes) }
                input.consume(consumed)
                guard let reply else { break }
                replyReceived(reply)
            } catch {
                fail(.protocolViolation(.malformedReply(error)))
            }
        }
        if parser.isInsideReply { replies.replyBegan() }
        watchDeadlines()
    }

    private func replyReceived(_ reply: SMTPReply) {
        options.transcript.map { show(reply, to: $0) }
        if reply.code == 421 { goodbye = reply }
        switch replies.replyReceived(reply, at: executor.now) {
        case .deliver(let isLast, let isEarly):
            publishTransaction()
            if isDiscarding {
                if replies.awaitsContent {
                    // A 354, and whoever has the content is gone: any command would become a message.
                    fail(.contentAbandoned)
                } else if replies.isSettled {
                    passTurn()
                }
            } else {
                inbox.append(ReceivedReply(reply: reply, isLast: isLast, isEarly: isEarly, isUnclaimed: false))
                if isEarly { stopContentSource?() }
                // The rest would wait for a server that may read no more.
                if isEarly, deadlines.writingSince != nil { fail(.contentAbandoned) }
            }
        case .keep:
            inbox.append(ReceivedReply(reply: reply, isLast: true, isEarly: false, isUnclaimed: true))
        case .goodbye:
            fail(.closedByServer(after: reply))
        case .violation(let violation):
            fail(.protocolViolation(violation))
        }
    }

    /// Shows the other tasks where the session stands.
    func publishTransaction() {
        snapshot.withLock { state in
            // A new hello voids what the one before it offered (RFC 5321 §4.1.4).
            if state.transaction.helloCount != replies.transaction.helloCount {
                state.extensions = replies.transaction.extensions
            }
            state.transaction = replies.transaction
        }
    }
}
