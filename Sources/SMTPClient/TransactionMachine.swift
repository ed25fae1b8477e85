import SMTPSession
internal import SMTPWire

/// One mail transaction, from MAIL to the reply to the content: what may be written next, and what became of each
/// recipient.
///
/// Pure: replies and losses come in as events, what to write goes out as a ``Step``. One rule decides for lock-step,
/// pipelined and streamed transactions alike: a step may be written once all it depends on is known, and where commands
/// are pipelined a step depends on less.
struct TransactionMachine: ~Copyable {
    /// Something to write, which the server answers.
    enum Step: Hashable {
        /// RSET, which clears what an earlier transaction may have left.
        case clear
        case mail
        /// RCPT, for one recipient or for several; each has its reply.
        case recipients(Range<Int>)
        case data
        /// The content with its terminator, after a 354.
        case content
        /// The terminator alone: it ends a transaction that nobody is to receive.
        case terminator
        /// The next chunk of the content.
        case chunk
    }

    /// What the transaction consists of and how it goes.
    struct Shape: Hashable, Sendable {
        var recipientCount: Int
        var policy: RecipientPolicy = .anyAccepted
        /// The content goes in chunks, by BDAT, and not by DATA.
        var isChunked = false
        /// The one chunk is fetched by the server, by BURL.
        var isFetched = false
        /// Commands go without waiting for the replies to those before them.
        var isPipelined = false
        /// The server answers the content once for each accepted recipient.
        var isLMTP = false
        /// RSET goes first: something may be open on the server, or it is not known yet whether it is.
        var beginsWithReset = false
        /// The transaction before was left open, so that chunks wait until MAIL is accepted.
        ///
        /// If RSET were refused, and MAIL with it, those accepted in that transaction would get them.
        var followsOpen = false
    }

    private enum Cursor: Equatable {
        case step(Step)
        case end
    }

    let shape: Shape
    private(set) var record: TransactionRecord

    /// What is written next, as soon as it may be.
    private var next: Cursor

    /// What the next reply answers.
    private var answered: Step

    /// The replies that are still to come.
    private(set) var awaitedCount = 0

    /// The outcome is settled: nothing more is written.
    private var isEnding = false

    /// The server asked for the content, by 354.
    private var isContentAsked = false
    private var isLastChunkWritten = false

    /// Why the connection must be closed, if it must: its state is not known, or the content must not end.
    private(set) var closeReason: ChannelError? { didSet { isClosing = closeReason != nil } }

    /// Whether it must be: asked several times for each reply, and cheaper than to look at the reason.
    private(set) var isClosing = false

    /// The 421 by which the server has said that it closes the connection.
    private var goodbye: SMTPReply?

    /// A reply does not fit what is known of the server's state: what comes next is better not pipelined.
    private(set) var isOutOfStep = false

    init(_ shape: Shape) {
        self.shape = shape
        let first: Step = shape.beginsWithReset ? .clear : .mail
        next = .step(first)
        answered = first
        record = TransactionRecord(shape)
    }

    /// Whether nothing more is written and no reply is to come.
    var isFinished: Bool {
        isClosing || (awaitedCount == 0 && (next == .end || (isEnding && !isContentAsked)))
    }

    /// Whether all of the transaction is written, so that the next may follow it.
    var isWritten: Bool { next == .end }

    /// Lends the record, where to read it would copy it.
    func withRecord(_ body: (borrowing TransactionRecord) -> Void) {
        body(record)
    }

    // MARK: Writing

    /// The next step, if it may be written now; it counts as written.
    mutating func nextStep() -> Step? {
        guard !isClosing, case .step(let step) = next, mayWrite(step) else { return nil }
        switch step {
        case .chunk:
            awaitedCount += 1
        case .content, .terminator:
            awaitedCount += 1
            isContentAsked = false
            next = .end
        case .recipients(let range):
            awaitedCount += range.count
            next = .step(shape.step(after: step))
        default:
            awaitedCount += 1
            next = .step(shape.step(after: step))
        }
        return step
    }

    /// A chunk was written, or is about to be.
    mutating func chunkWritten(isLast: Bool) {
        guard isLast else { return }
        isLastChunkWritten = true
        next = .end
    }

    /// The last octet of the content is about to be handed over: from here on the server may accept it.
    mutating func contentHandedOver() {
        record.isHandedOver = true
    }

    /// The last octet of the content was not handed over after all: the connection had ended before.
    mutating func contentHeldBack() {
        record.isHandedOver = false
    }

    /// The content cannot be sent to its end, for a reason of the caller's.
    mutating func contentFailed(_ error: SMTPError) {
        record.fail(error)
        // A chunk that is not the last accepts nothing; DATA can only be left.
        if shape.isChunked { return chunkDropped() }
        isEnding = true
        close(.contentAbandoned)
    }

    /// Whether a chunk that is being prepared is of no use any more: the transaction has failed meanwhile.
    var isChunkUseless: Bool { isEnding || isClosing }

    /// The chunk that was to be written is not written, and none is behind it.
    mutating func chunkDropped() {
        isEnding = true
        awaitedCount -= 1
        if record.isClosing, awaitedCount == 0 { close(.closedByServer(after: goodbye)) }
    }

    private func mayWrite(_ step: Step) -> Bool {
        switch step {
        case .content, .terminator:
            return isContentAsked
        case .clear, .mail, .recipients:
            return !isEnding && (shape.isPipelined || awaitedCount == 0)
        case .data, .chunk:
            if isEnding { return false }
            // How many replies a last chunk has, the replies before it say: none without a recipient (RFC 2033 §4.3).
            if shape.isLMTP, step == .chunk, awaitedCount > 0 { return false }
            // Whether the content may follow is known only when all the recipients are.
            let isFree = shape.policy == .anyAccepted || record.areAllRecipientsAnswered
            let mayBeOpen = shape.followsOpen || record.isClearRefused
            if step == .chunk, mayBeOpen, !record.isMailAccepted { return false }
            return (shape.isPipelined && isFree) || awaitedCount == 0
        }
    }

    // MARK: Reading

    /// The reply to the oldest step came; `isLast` unless it has several and more are to come, `isEarly` if it came
    /// before the content it answers was whole.
    mutating func replyReceived(_ reply: SMTPReply, isLast: Bool = true, isEarly: Bool = false) {
        if isContentAsked, isEarly {
            // The content was refused before a byte of it went.
            isContentAsked = false
            next = .end
            awaitedCount += 1
        }
        guard awaitedCount > 0 else {
            record.fail(.unexpected(reply, verb: nil))
            return close(.protocolViolation(.unexpectedReply(reply)))
        }
        let isOfLastChunk = answered == .chunk && isLastChunkWritten && awaitedCount == 1
        let step = isOfLastChunk ? .content : answered
        if isLast {
            awaitedCount -= 1
            answered = shape.answered(after: step)
        }
        if reply.code == 421 {
            record.isClosing = true
            goodbye = reply
        }
        guard record.answered(step, reply, isLast: isLast) else {
            return close(.protocolViolation(.unexpectedReply(reply)))
        }
        switch step {
        case .clear: cleared(reply)
        case .mail: mailAnswered(reply)
        case .recipients(let range): recipientAnswered(reply, range.lowerBound)
        case .data: dataAnswered(reply)
        case .content, .chunk: contentAnswered(reply, isEarly: isEarly)
        case .terminator: terminatorAnswered(reply, isEarly: isEarly)
        }
        if record.isClosing, awaitedCount == 0 { close(.closedByServer(after: reply.code == 421 ? reply : nil)) }
    }

    /// No more replies come, for this reason; `behindGoodbye` if the server left before it came to this transaction.
    mutating func connectionLost(_ error: ChannelError, behindGoodbye: Bool = false) {
        if behindGoodbye || record.isClosing { record.serverLeft() }
        record.lost(error, verb: awaitedCount > 0 ? record.verb(of: answered) : nil)
        close(error)
    }

    /// The transaction is given up before its content: what is out is answered, and RSET clears the rest.
    ///
    /// - Returns: Whether that is possible; once DATA is out, RSET could become a message.
    mutating func cancelled() -> Bool {
        guard case .step(let step) = next, step != .content, step != .terminator, !isClosing else {
            return false
        }
        guard step != .chunk || answered != .chunk else { return false }
        record.lost(.cancelled, verb: awaitedCount > 0 ? record.verb(of: answered) : nil)
        isEnding = true
        return true
    }

    private mutating func close(_ reason: ChannelError) {
        if closeReason == nil { closeReason = reason }
    }

    private mutating func cleared(_ reply: SMTPReply) {
        guard reply.isNegative else { return }
        isOutOfStep = true
        // What comes next could be taken for the transaction before; pipelined, its MAIL will tell.
        if awaitedCount == 0 {
            record.fail(.refused(reply, verb: "RSET"))
            close(.protocolViolation(.unexpectedReply(reply)))
        }
    }

    private mutating func mailAnswered(_ reply: SMTPReply) {
        if reply.isNegative { isEnding = true }
        if reply.code == 503 { isOutOfStep = true }
    }

    private mutating func recipientAnswered(_ reply: SMTPReply, _ index: Int) {
        if reply.code == 503, record.isMailAccepted { isOutOfStep = true }
        guard index + 1 == shape.recipientCount else { return }
        if !record.isAnyRecipientAccepted { isEnding = true }
        if shape.policy == .allOrNothing, record.isAnyRecipientRefused { isEnding = true }
    }

    private mutating func dataAnswered(_ reply: SMTPReply) {
        guard reply.code == 354 else {
            if reply.code == 503, record.isAnyRecipientAccepted { isOutOfStep = true }
            return isEnding = true
        }
        // The next octets are content, whatever is to become of the message. To end it with a dot would deliver an
        // empty message to whoever was accepted, by us or by the server's own reckoning.
        let isWanted = record.isAnyRecipientAccepted && !isEnding
        let mayBeVoid = !record.isAnyRecipientAccepted && !shape.isLMTP && !record.isClearRefused
        guard record.isMailAccepted, !record.isClosing, isWanted || mayBeVoid else { return close(.contentAbandoned) }
        isContentAsked = true
        answered = isWanted ? .content : .terminator
        next = .step(answered)
    }

    private mutating func terminatorAnswered(_ reply: SMTPReply, isEarly: Bool) {
        // Refused before the dot was sent: the server may still read content, and what is sent next would be that.
        if isEarly { close(.contentAbandoned) }
        if reply.isPositiveCompletion { close(.protocolViolation(.unexpectedReply(reply))) }
    }

    private mutating func contentAnswered(_ reply: SMTPReply, isEarly: Bool) {
        if isEarly { close(.contentAbandoned) }
        // The chunks behind a refused one would be thrown away.
        if shape.isChunked, reply.isNegative, !isLastChunkWritten { isEnding = true }
        if record.isAcceptedInVain { close(.protocolViolation(.unexpectedReply(reply))) }
    }
}
