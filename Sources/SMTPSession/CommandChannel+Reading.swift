internal import SMTPTransport
internal import SMTPWire
internal import Synchronization

/// The server's side: it is listened to for as long as the connection lives, also when nobody waits, so that a server
/// that says goodbye or leaves is noticed before the next message is given to it.
extension CommandChannel {
    /// Reads until the connection ends or the server waits for a handshake: what comes then is that one's, and no reply.
    func startReading() {
        if let direct {
            direct.deliver(into: input) { event in self.take(event) }
        } else {
            Task(executorPreference: executor) { await self.readWithTask() }
        }
    }

    private func readWithTask() async {
        while !isClosed, !replies.transaction.awaitsTLS {
            do throws(TransportError) {
                take(try await transport.read(into: input) ? .bytes : .endOfStream)
            } catch {
                take(.failed(error))
            }
        }
    }

    private func take(_ event: StreamEvent) {
        switch event {
        case .bytes:
            takeReplies()
            if replies.transaction.awaitsTLS { direct?.stopDelivering() }
        case .endOfStream:
            fail(.closedByServer(after: goodbye))
        case .failed(let error):
            // A 421 before a reset says more than the reset, and behind QUIT nothing can be cut off.
            let isOrderly = goodbye != nil || (replies.transaction.hasQuit && replies.isEmpty)
            fail(isOrderly ? .closedByServer(after: goodbye) : .transport(error))
        }
    }

    /// Makes replies of what was received, and gives each to whom it belongs.
    private func takeReplies() {
        let now = executor.now
        input.consume(input.withBytes { takeReplies($0, at: now) })
        if parser.isInsideReply { replies.replyBegan() }
        // What follows from them is sent first: the server has it while the rest is done.
        if !inbox.isEmpty { tellHolder() }
        publishTransaction()
        watchDeadlines()
    }

    /// Takes what is there of replies, as long as that is what comes, and returns how many octets that was.
    private func takeReplies(_ bytes: RawSpan, at now: MonotonicInstant) -> Int {
        var offset = 0
        while offset < bytes.byteCount, !isClosed, !replies.transaction.awaitsTLS {
            do throws(WireError) {
                let (consumed, reply) = try parser.parse(bytes.extracting(offset..<bytes.byteCount))
                offset += consumed
                if let reply { replyReceived(reply, at: now) }
            } catch {
                fail(.protocolViolation(.malformedReply(error)))
            }
        }
        return offset
    }

    private func replyReceived(_ received: SMTPReply, at now: MonotonicInstant) {
        let shown = credentials.isEmpty ? received : credentials.hidden(in: received)
        if let observer = options.transcript {
            show(observer.dangerouslyShowsCredentials ? received : shown, to: observer)
        }
        // A challenge is needed as it is.
        let reply = received.code.rawValue == 334 && replies.awaitsChallenge ? received : shown
        if reply.code == 421 { goodbye = reply }
        let mayAskForMore = isDiscarding && replies.mayAskForMore
        switch replies.replyReceived(reply, at: now) {
        case .deliver(let isLast, let isEarly):
            if isDiscarding {
                if replies.awaitsContent {
                    // A 354, and whoever has the content is gone: any command would become a message.
                    fail(.contentAbandoned)
                } else if isLast, reply.isPositiveIntermediate {
                    // The server waits for more, and would take the next command for that (RFC 5321 §4.2.1, RFC 4954 §4).
                    fail(mayAskForMore ? .cancelled : .protocolViolation(.unexpectedReply(reply)))
                } else if replies.transaction.awaitsTLS {
                    // Whoever wanted it is gone.
                    fail(.upgradeAbandoned)
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
    package func publishTransaction() {
        snapshot.withLock { state in
            // A new hello voids what the one before it offered (RFC 5321 §4.1.4).
            if state.transaction.helloCount == replies.transaction.helloCount {
                state.transaction.follow(replies.transaction)
            } else {
                state.extensions = replies.transaction.extensions
                state.transaction = replies.transaction
            }
        }
    }
}
