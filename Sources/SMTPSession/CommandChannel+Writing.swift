internal import SMTPTransport
package import SMTPWire

/// The client's side: bytes out, and what they make the server owe.
extension CommandChannel {
    /// Refuses, before a byte is written, a command that could be misread or whose reply could.
    package func admitCommand() throws(ChannelError) {
        if let failure { throw failure }
        if replies.awaitsContent { throw .misuse(.contentExpected) }
        if replies.unclaimedCount > 0 { throw .misuse(.unclaimedReplies(count: replies.unclaimedCount)) }
        if !inbox.isEmpty {
            // The content was refused before it was sent, and the server may still wait for it.
            fail(.contentAbandoned)
            throw .contentAbandoned
        }
        if replies.isEmpty, parser.isInsideReply {
            let error = ChannelError.protocolViolation(.prematureReply)
            fail(error)
            throw error
        }
        replies.commandFollows()
    }

    /// Encodes `command` behind what is to be written, and expects its reply.
    package func append(_ command: SMTPCommand) {
        command.append(to: &output)
        remember(command)
        replies.expect(Expectation(command, options.timeouts), at: executor.now)
        options.transcript.map { show(command, to: $0) }
    }

    /// Writes what was appended.
    ///
    /// A failure is not thrown: what the server said before is still being read, and tells more. It ends with the last
    /// reply and the reason why there are no others.
    package func flush() async {
        guard !output.isEmpty else { return }
        var bytes: [UInt8] = []
        swap(&bytes, &output)
        await write(bytes.span.bytes)
        bytes.removeAll(keepingCapacity: true)
        // The memory is kept for the next command.
        if output.isEmpty { swap(&bytes, &output) }
        replies.handedOver(at: executor.now)
        watchDeadlines()
    }

    /// Hands `bytes` to the transport, and returns whether more may follow.
    @discardableResult
    func write(_ bytes: RawSpan) async -> Bool {
        guard failure == nil, outputFailure == nil else { return false }
        deadlines.writingSince = executor.now
        watchDeadlines()
        do throws(TransportError) {
            try await transport.write(bytes)
        } catch {
            outputFailure = error
            replies.isOutputEnded = true
        }
        deadlines.writingSince = nil
        return outputFailure == nil && failure == nil
    }
}
