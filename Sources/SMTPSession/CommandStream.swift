internal import SMTPTransport
public import SMTPWire

/// Commands that are sent without waiting for the replies to those before them, and their replies as they come.
///
/// Lent by ``CommandChannel/withStream(_:)`` for the time of its closure.
public struct CommandStream: Sendable {
    let channel: CommandChannel
    let number: UInt64

    /// Sends a group of commands in one segment, and returns once the transport has taken it.
    ///
    /// Whether the server offers PIPELINING is for the caller to know. What must be the last of a group, such as DATA, is
    /// also the last until the replies to it and to all before it have been taken.
    ///
    /// - Parameters:
    ///   - content: The octets of a message to be sent before them, which the server has asked for by a 354; line ends
    ///     are made CRLF, transparency is applied, and the final dot added. `nil` for none.
    ///   - build: Adds the commands; there may be none behind content.
    /// - Throws: ``ChannelError/misuse(_:)`` before anything is written, for a group that is empty or in a wrong order,
    ///   for content that was not asked for, or commands where it was, and while another task sends; or why nothing can be
    ///   written.
    public func send(
        content: [UInt8]? = nil,
        _ build: (inout CommandGroup) -> Void = { _ in }
    ) async throws(ChannelError) {
        var group = CommandGroup()
        build(&group)
        if content == nil || !group.members.isEmpty { try group.validate() }
        try await channel.send(content, group, as: self)
    }

    /// Waits for the next reply, to the oldest command that has one to come.
    ///
    /// One that refuses content before that was sent closes the channel, since the server may still read content.
    ///
    /// - Returns: The reply. To the end of a content there are several in LMTP and PRDR.
    /// - Throws: ``ChannelError/misuse(_:)`` with ``ChannelError/Misuse/noReplyAwaited`` if none is to come, or with
    ///   ``ChannelError/Misuse/receiveUnderWay`` while another task waits for one; or why none comes.
    public func nextReply() async throws(ChannelError) -> SMTPReply {
        try await channel.nextReply(as: self)
    }
}

extension CommandChannel {
    /// Lends a stream of commands to `body`, which sends groups ahead of the replies to those before them.
    ///
    /// The channel is the stream's until `body` returns: other commands wait, those that `body` asks the channel itself
    /// for included, which therefore wait for ever. Replies that `body` leaves are dropped as they come.
    ///
    /// ```swift
    /// let codes = try await channel.withStream { stream in
    ///     for message in messages {
    ///         try await stream.send { group in
    ///             group.reset()
    ///             group.mail(from: message.from)
    ///             group.recipient(to: message.to)
    ///             group.bdat(message.octets, isLast: true)
    ///         }
    ///     }
    ///     var codes: [ReplyCode] = []
    ///     for _ in 0..<4 * messages.count { codes.append(try await stream.nextReply().code) }
    ///     return codes
    /// }
    /// ```
    ///
    /// - Important: Nobody reads replies but `body`: one that sends more than the connection holds, and takes no reply
    ///   meanwhile, keeps them in memory.
    /// - Parameter body: Sends and receives; it never runs on the event loop.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; ``ChannelError`` if the turn never came.
    public func withStream<Value: Sendable>(
        _ body: @concurrent @Sendable (CommandStream) async throws -> Value
    ) async throws -> Value {
        let result = try await withTurn { () async throws(ChannelError) -> Result<Value, any Error> in
            try admitCommand()
            let stream = CommandStream(channel: self, number: turns.newTicket())
            streamNumber = stream.number
            defer {
                streamNumber = nil
                if inbox.holdsEarlyReply { fail(.contentAbandoned) }
                // The 220 that nobody has taken.
                if replies.transaction.awaitsTLS, !inbox.isEmpty { fail(.upgradeAbandoned) }
                inbox.removeAll()
                // One that outlives the stream is told so.
                inbox.resume()
            }
            do {
                return .success(
                    try await withTaskExecutorPreference(executor.outerExecutor) { @concurrent in
                        try await body(stream)
                    }
                )
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    fileprivate func send(
        _ content: [UInt8]?,
        _ group: CommandGroup,
        as stream: CommandStream
    ) async throws(ChannelError) {
        try admit(stream)
        // Who waits in a write has taken the output along, and is not through with it.
        if deadlines.writingSince != nil { throw .misuse(.sendUnderWay) }
        if inbox.holdsEarlyReply {
            fail(.contentAbandoned)
            throw .contentAbandoned
        }
        if let content {
            try admitContent()
            guard replies.awaitsContent, inbox.isEmpty else { throw .misuse(.contentNotExpected) }
            let start = output.count
            var encoder = ContentEncoder(transparency: .dotStuffing)
            encoder.encode(content.span.bytes, into: &output)
            encoder.finish(into: &output)
            showContent(from: start, isLast: true)
            completeContent()
        } else if replies.awaitsContent {
            throw .misuse(.contentExpected)
        } else if let verb = replies.barrier {
            throw .misuse(.mustBeLastInGroup(verb: verb))
        }
        for member in group.members {
            append(member.command, chunk: member.chunk)
        }
        await flush()
        if let outputFailure { throw .transport(outputFailure) }
    }

    fileprivate func nextReply(as stream: CommandStream) async throws(ChannelError) -> SMTPReply {
        try admit(stream)
        if inbox.isEmpty, replies.isSettled, !isClosed { throw .misuse(.noReplyAwaited) }
        if receivingStream == stream.number { throw .misuse(.receiveUnderWay) }
        receivingStream = stream.number
        defer { if receivingStream == stream.number { receivingStream = nil } }
        while !hasReply, !isClosed {
            await withUnsafeContinuation { waiter in
                // Asked in here: a task that has no preference for the executor leaves it on the way in and comes back.
                if streamNumber == stream.number { waitForEvent(waiter) } else { waiter.resume() }
            }
            try admit(stream)
        }
        let entry = try await nextReply()
        if entry.isEarly { fail(.contentAbandoned) }
        return entry.reply
    }

    /// Refuses what was kept beyond its time.
    private func admit(_ stream: CommandStream) throws(ChannelError) {
        guard stream.number == streamNumber else { throw .misuse(.streamEnded) }
        if let failure, inbox.isEmpty { throw failure }
        if holderIsCancelled { throw .cancelled }
    }
}
