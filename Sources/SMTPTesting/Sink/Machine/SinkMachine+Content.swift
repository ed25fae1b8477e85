internal import SMTPWire

extension SinkMachine {
    // MARK: DATA

    mutating func dataReceived(_ line: SinkCommandLine) {
        let code = answer(.command, line, refusalOfContent ?? .startContent)
        if code.map({ $0 / 100 == 3 }) ?? false { mode = .content }
    }

    private var refusalOfContent: SinkReply? {
        guard let transaction else { return .mailFirst }
        if !transaction.chunks.isEmpty { return .outOfSequence }
        if transaction.recipients.allSatisfy({ !$0.isAccepted }) { return .noRecipients }
        if transaction.reversePath.value(of: "BODY")?.uppercased() == "BINARYMIME" { return .binaryNeedsChunks }
        return nil
    }

    /// Takes what has come of the content, and returns whether anything happened.
    mutating func takeContent() -> Bool {
        if let offset = reception.takeOffset() { return contentReached(offset) }
        let (taken, isComplete) = input.withBytes(upTo: reception.room) { reception.decode($0) }
        input.consume(taken)
        if reception.hasBareLineEnds, enforces(.lineEnds) {
            say(.bareLineEnd)
            endTransaction(.refused)
        } else if isComplete {
            contentCompleted()
        }
        return taken > 0
    }

    /// Does what the script has for this length, and returns that something happened.
    private mutating func contentReached(_ offset: Int) -> Bool {
        if let reply = scripted(.contentOctets(offset), nil, .silence) {
            say(reply)
            if reply.code.map({ $0 / 100 >= 4 }) ?? false { reception.isAnswered = true }
        }
        return true
    }

    // MARK: BDAT

    mutating func chunkAnnounced(_ line: SinkCommandLine) {
        guard !misses(.chunking) else {
            answer(.command, line, .notImplemented)
            return
        }
        let words = line.argument.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        let isLast = words.count == 2 && words[1].uppercased() == "LAST"
        // Where the chunk ends is not known now, nor where the next command begins.
        guard words.count == 1 || isLast, let size = UInt32(words[0]) else {
            answer(.command, line, .badChunk)
            return
        }
        let refusal: SinkReply? =
            if reception.hasFailed { .chunkFailed } else { refusalOfChunk(isLast: isLast) }
        reception.chunk = .init(line: line, isLast: isLast, refusal: refusal, rest: Int(size))
        let limit = configuration.limits.recordedInput
        if refusal == nil { transaction?.recordChunk(Int(size), limit: limit) }
        mode = .chunk
    }

    func refusalOfChunk(isLast: Bool) -> SinkReply? {
        guard let transaction else { return .mailFirst }
        guard transaction.recipients.allSatisfy({ !$0.isAccepted }) else { return nil }
        // In LMTP a last chunk is answered for each recipient that was accepted, and so not at all (RFC 2033 §4.3).
        return configuration.isLMTP && isLast ? .silence : .noRecipients
    }

    /// Takes what has come of the chunk, whether it is wanted or not, and returns whether anything happened.
    mutating func takeChunk() -> Bool {
        guard let chunk = reception.chunk else { return false }
        if chunk.refusal == nil, let offset = reception.takeOffset() { return contentReached(offset) }
        let limit = chunk.refusal == nil ? min(chunk.rest, reception.room) : chunk.rest
        let taken = min(limit, input.count)
        input.withBytes(upTo: taken) { reception.takeChunk($0) }
        input.consume(taken)
        if chunk.rest == taken {
            chunkCompleted(chunk)
            return true
        }
        return taken > 0
    }

    private mutating func chunkCompleted(_ chunk: SinkReception.Chunk) {
        reception.chunk = nil
        mode = .commands
        if let refusal = chunk.refusal {
            answer(.command, chunk.line, refusal)
            return
        }
        if enforces(.synchronization), !input.isEmpty, !extensions.contains(.pipelining) {
            answer(.command, chunk.line, .notSynchronized)
            endTransaction(.refused)
            return
        }
        pieceTaken(chunk.line, isLast: chunk.isLast)
    }

    /// Answers a chunk or a URL whose octets have been taken; the last one's reply is that to the content.
    mutating func pieceTaken(_ line: SinkCommandLine, isLast: Bool) {
        let regular: SinkReply = isContentTooLong ? .tooLarge : isLast ? .taken : .chunkTaken
        if isLast {
            contentCompleted(reception.isAnswered ? nil : scripted(.command, line, regular))
        } else if reception.isAnswered || !answer(.command, line, regular).isPositive {
            reception.hasFailed = true
        }
    }

    var isContentTooLong: Bool { reception.content.count > configuration.limits.contentLength }

    // MARK: The end of the content

    /// Answers a content that has come whole, by `reply` if that is given.
    mutating func contentCompleted(_ reply: SinkReply? = nil) {
        mode = .commands
        let accepted = transaction?.recipients.indices.filter { transaction?.recipients[$0].isAccepted ?? false } ?? []
        if reception.isAnswered {
            endTransaction(.refused)
            return
        }
        let regular: SinkReply = accepted.isEmpty ? .noRecipients : isContentTooLong ? .tooLarge : .taken
        if let reply = reply ?? scripted(.content, nil, regular) {
            // Each recipient has its own in LMTP; else they share one.
            let groups = configuration.isLMTP && !accepted.isEmpty ? accepted.map { [$0] } : [accepted]
            for group in groups where !isEnding { hold(for: group, if: say(reply)) }
        } else if configuration.isLMTP, !accepted.isEmpty {
            answerEach(accepted, regular)
        } else if isPRDRWanted, accepted.count > 1 {
            answerIndividually(accepted, regular)
        } else {
            hold(for: accepted, if: say(regular))
        }
        let isHeld = transaction?.recipients.contains { $0.holdsMessage } ?? false
        endTransaction(isHeld ? .accepted : .refused)
        if enforces(.synchronization), !isEnding, !input.isEmpty, !extensions.contains(.pipelining) {
            say(.notSynchronized)
        }
    }

    private mutating func hold(for recipients: [Int], if code: Int?) {
        guard code.isPositive else { return }
        for index in recipients { transaction?.recipients[index].holdsMessage = true }
    }

    /// A reply for each accepted RCPT, in order (RFC 2033 §4.2).
    private mutating func answerEach(_ recipients: [Int], _ regular: SinkReply) {
        for index in recipients where !isEnding {
            let address = transaction?.recipients[index].forwardPath.address
            hold(for: [index], if: answer(.contentForRecipient, nil, address: address, regular))
        }
    }

    private var isPRDRWanted: Bool {
        extensions.contains(.prdr) && transaction?.reversePath.value(of: "PRDR") != nil
    }

    /// 353, a reply for each accepted RCPT, and a final one (draft-hall-prdr).
    private mutating func answerIndividually(_ recipients: [Int], _ regular: SinkReply) {
        say(.analysisBegins)
        answerEach(recipients, regular)
        let isHeld = transaction?.recipients.contains { $0.holdsMessage } ?? false
        let code = isEnding ? nil : answer(.contentForAll, nil, isHeld ? .taken : .reply(550, "5.7.1 refused for all"))
        guard !code.isPositive else { return }
        for index in recipients { transaction?.recipients[index].holdsMessage = false }
    }
}
