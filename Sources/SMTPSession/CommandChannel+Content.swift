internal import SMTPTransport
public import SMTPWire

/// The content of a message, after a 354.
extension CommandChannel {
    /// The largest piece of content handed over at once, in octets: between two of them an early refusal is noticed.
    static let contentPiece = 65_536

    /// Sends a message's content: line ends made CRLF, transparency applied, the final dot added (RFC 5321 §4.5.2).
    ///
    /// If the server refuses while the content is being sent, the rest is not sent, its reply is returned, and the
    /// channel is closed: without the final dot the server cannot take the message for whole.
    ///
    /// - Parameter content: The octets of the message.
    /// - Returns: One reply; in LMTP one for each accepted recipient, in order; with PRDR as many as were announced.
    /// - Throws: ``ChannelError/misuse(_:)`` with ``ChannelError/Misuse/contentNotExpected`` if no 354 came before; or
    ///   why there is no reply. Then the message may have been accepted unless the error is a misuse.
    public func sendMessage(_ content: [UInt8]) async throws(ChannelError) -> [SMTPReply] {
        var encoder = ContentEncoder(transparency: .dotStuffing)
        var encoded: [UInt8] = []
        encoder.encode(content.span.bytes, into: &encoded)
        encoder.finish(into: &encoded)
        return try await sendWhole(encoded)
    }

    /// Sends content exactly as it is, then the final dot; a final line end is added only where it is missing.
    ///
    /// The caller answers for line ends and transparency: a line of a single dot ends the message, and what follows it
    /// is taken for commands.
    ///
    /// - Parameter content: The octets to send.
    /// - Returns: As ``sendMessage(_:)`` does.
    /// - Throws: As ``sendMessage(_:)`` does.
    public func sendRawMessage(_ content: [UInt8]) async throws(ChannelError) -> [SMTPReply] {
        let isLineComplete = content.isEmpty || content.suffix(2) == [0x0D, 0x0A]
        return try await sendWhole(content + (isLineComplete ? ".\r\n" : "\r\n.\r\n").utf8)
    }

    /// Returns `content` with a dot before each line that begins with one (RFC 5321 §4.5.2), otherwise as it is.
    public static func escapeMessage(_ content: [UInt8]) -> [UInt8] {
        ContentEncoder.dotStuffed(content)
    }

    private func sendWhole(_ bytes: [UInt8]) async throws(ChannelError) -> [SMTPReply] {
        try await withTurn { () async throws(ChannelError) -> [SMTPReply] in
            try admitContent()
            var offset = 0
            while offset < bytes.count {
                let end = min(offset + Self.contentPiece, bytes.count)
                let piece = bytes.span.bytes.extracting(offset..<end)
                guard await writeContent(piece, isLast: end == bytes.count) == true else { break }
                offset = end
            }
            return try await contentReplies()
        }
    }

    /// Hands over a piece of content, and returns whether more may follow.
    ///
    /// No more may when the server has refused, the connection is lost, or the holder of the turn was cancelled.
    /// - Returns: `nil` if not even this piece could be written.
    package func writeContent(_ piece: RawSpan, isLast: Bool) async -> Bool? {
        guard inbox.isEmpty, !holderIsCancelled, canWrite else { return nil }
        if isLast { replies.contentCompleted(end: releasedCount + UInt64(piece.byteCount)) }
        options.transcript.map { show(content: piece, isLast: isLast, to: $0) }
        await write(piece)
        if isLast { replies.handedOver(at: executor.now) }
        watchDeadlines()
        return canWrite && inbox.isEmpty && !holderIsCancelled
    }

    /// Whether more of a content can be sent: the channel is open, somebody wants it, and the server has not refused it;
    /// behind a 354 any reply refuses, while replies to chunks and to what went before them come all the time.
    package func mayContentFollow(inChunks isChunked: Bool) -> Bool {
        (isChunked ? !isContentUseless : inbox.isEmpty) && !holderIsCancelled && canWrite
    }

    /// Waits for `source` to give more content, as a task of its own: cancelled, like a child of this one, when this one
    /// is, and as soon as no content can be sent any more.
    ///
    /// Without that a source that gives nothing would keep the server's refusal, or the deadline, from the sender.
    package func awaitContent<Value: Sendable>(
        inChunks isChunked: Bool,
        _ source: @concurrent @Sendable @escaping () async -> Value
    ) async -> Value {
        let task = Task(executorPreference: executor.outerExecutor, operation: source)
        stopContentSource = { task.cancel() }
        defer { stopContentSource = nil }
        if !mayContentFollow(inChunks: isChunked) { task.cancel() }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Refuses content the server did not ask for; one it refused already passes, to be told so.
    func admitContent() throws(ChannelError) {
        if let failure { throw failure }
        guard replies.awaitsContent || !inbox.isEmpty else { throw .misuse(.contentNotExpected) }
    }

    /// Waits for the replies to the content, and closes the channel if that was not sent whole.
    package func contentReplies() async throws(ChannelError) -> [SMTPReply] {
        var result: [SMTPReply] = []
        defer {
            if replies.awaitsContent { fail(.contentAbandoned) }
        }
        while true {
            let entry = try await nextReply()
            result.append(entry.reply)
            if entry.isEarly { fail(.contentAbandoned) }
            if entry.isLast { return result }
        }
    }
}
