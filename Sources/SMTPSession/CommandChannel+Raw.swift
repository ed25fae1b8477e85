internal import SMTPTransport
public import SMTPWire

/// Bytes as they are, for what this library does not know.
extension CommandChannel {
    /// Writes `bytes` as they are.
    ///
    /// Nothing is expected: what the server answers is kept, up to ``ChannelLimits/unclaimedReplies``, until
    /// ``receiveRaw()`` takes it. A command is refused while such a reply lies there; receive all of them before, those
    /// not yet come too, or theirs will be taken for the command's.
    ///
    /// - Throws: Why the channel is closed, or ``ChannelError/cancelled``.
    public func sendRaw(_ bytes: [UInt8]) async throws(ChannelError) {
        try await withTurn { () async throws(ChannelError) in
            if let failure { throw failure }
            if replies.transaction.awaitsTLS { throw .misuse(.tlsExpected) }
            replies.rawSent()
            publishTransaction()
            options.transcript.map { show(raw: bytes, to: $0) }
            await write(bytes.span.bytes)
            // A lost connection is told by the replies that do not come.
            if let failure { throw failure }
        }
    }

    /// Waits for the next reply to raw bytes.
    ///
    /// A task that is cancelled here leaves the reply to whoever receives next.
    ///
    /// - Returns: The oldest reply that was not received yet.
    /// - Throws: ``ChannelError/misuse(_:)`` with ``ChannelError/Misuse/contentExpected`` behind a 354 that nothing was
    ///   sent after; or why there is none: the time for other commands ran out, the connection ended, or
    ///   ``ChannelError/cancelled``.
    public func receiveRaw() async throws(ChannelError) -> SMTPReply {
        try await withTurn { () async throws(ChannelError) -> SMTPReply in
            if inbox.isEmpty {
                if let failure { throw failure }
                if replies.transaction.awaitsTLS { throw .misuse(.tlsExpected) }
                if replies.awaitsContent { throw .misuse(.contentExpected) }
                let expectation = Expectation(.raw, verb: "raw bytes", timeout: options.timeouts.other)
                replies.expect(expectation)
                replies.handedOver(at: executor.now)
                watchDeadlines()
            }
            do throws(ChannelError) {
                let entry = try await nextReply()
                // Content refused before it was sent, which the server may still read.
                if entry.isEarly { fail(.contentAbandoned) }
                return entry.reply
            } catch {
                replies.rawReplyAbandoned()
                throw error
            }
        }
    }
}
