internal import DequeModule
internal import SMTPTransport
internal import SMTPWire

/// Pairs replies with what they answer, in order: one queue for lock-step, pipelined and streamed commands alike.
///
/// Pure: time comes in as a parameter, and what to do goes out as an ``Outcome``.
struct ReplyQueue {
    enum Outcome: Equatable {
        /// The reply answers the oldest expectation: in full if `isLast`, before its content was whole if `isEarly`.
        case deliver(isLast: Bool, isEarly: Bool)
        /// The reply answers raw bytes: keep it until somebody receives it.
        case keep
        /// The server says, unasked, that it will close the connection (421, RFC 5321 §3.8).
        case goodbye
        /// The server is not to be trusted any more.
        case violation(ChannelError.ProtocolViolation)
    }

    /// When the next reply is overdue.
    struct Deadline: Equatable {
        let instant: MonotonicInstant
        let phase: ChannelError.Phase
        let timeout: Duration
    }

    /// The oldest expectation, whose reply is the next to come; by itself, so that it is changed where it is.
    private var head: Expectation?

    /// Those behind it.
    private var others: Deque<Expectation> = []

    /// Whether the head's command has been handed over, or the first of its commands.
    private var isHeadHandedOver = false

    /// As many of the others have been.
    private var handedOverCount = 0

    /// As many octets have been taken by the transport for certain.
    private var handedOverEnd: UInt64 = 0

    /// When the head became the next reply to come; `nil` if it was from the beginning.
    private var headSince: MonotonicInstant?

    private(set) var transaction = TransactionState()

    /// The octets that have left, or may have while a write waits: what ends behind them cannot be answered.
    private(set) var releasedCount: UInt64 = 0

    /// Raw bytes were sent since the last command, so replies may come that are not expected here.
    private(set) var acceptsUnclaimed = false
    private(set) var unclaimedCount = 0

    /// When it turned out that nothing can be written any more: even for content that is not whole, waiting must end.
    private var outputEndedAt: MonotonicInstant?

    let unclaimedLimit: Int
    let contentTimeout: Duration

    init(unclaimedLimit: Int, contentTimeout: Duration) {
        self.unclaimedLimit = unclaimedLimit
        self.contentTimeout = contentTimeout
    }

    // Asked several times for each reply. Inlined they look at what they need; called, the actor hands out a copy of the
    // whole queue.

    @inline(__always)
    var isEmpty: Bool { head == nil }

    /// Whether the next octets sent will be read as content.
    @inline(__always)
    var awaitsContent: Bool { head?.isIncompleteContent ?? false }

    /// Whether the next reply is one in an AUTH exchange.
    var awaitsChallenge: Bool { head?.subject == .auth }

    /// Whether the next reply may rightly ask for something that is no command.
    var mayAskForMore: Bool {
        switch head?.subject {
        case .auth, .raw, .other: true
        default: false
        }
    }

    /// The verb of the last command if nothing may follow it before its reply (RFC 2920 §3.1).
    var barrier: String? {
        guard let last = others.last ?? head else { return nil }
        return switch last.subject {
        case .mail, .recipient, .reset, .content: nil
        case .chunk: last.verb == "BURL" ? last.verb : nil
        default: last.verb
        }
    }

    /// Whether no reply is to come before something else is sent.
    @inline(__always)
    var isSettled: Bool { isEmpty || awaitsContent }

    /// When the next reply is overdue, or `nil` if none is waited for: content under way has no such moment.
    var deadline: Deadline? {
        guard let head, let written = (awaitsContent ? nil : head.writtenAt) ?? outputEndedAt else { return nil }
        let instant = max(written, headSince ?? written).advanced(by: head.timeout)
        return Deadline(instant: instant, phase: head.phase, timeout: head.timeout)
    }

    // MARK: What is sent

    mutating func expect(_ expectation: Expectation) {
        if isEmpty {
            headSince = nil
            head = expectation
            isHeadHandedOver = false
        } else {
            others.append(expectation)
        }
    }

    /// So many more octets leave, if not now then as the peer makes room.
    mutating func release(_ count: Int) {
        releasedCount += UInt64(count)
    }

    /// Where the next write must end that has to wait: before the last octet of a content or chunk, if one is to come.
    ///
    /// A positive reply that comes while it waits is early for certain then; and one that comes later may be an answer, since
    /// who waits for a write may be told of its end after the reply.
    var nextHold: UInt64? {
        if let head, head.isGivenWhole, head.end > releasedCount + 1 { return head.end - 1 }
        let waiting = others[handedOverCount...]
        return waiting.first { $0.isGivenWhole && $0.end > releasedCount + 1 }.map { $0.end - 1 }
    }

    /// What was released has been taken by the transport.
    mutating func handedOver(at now: MonotonicInstant) {
        handedOverEnd = releasedCount
        if !isHeadHandedOver {
            guard let end = head?.end, end <= releasedCount else { return }
            head?.writtenAt = now
            isHeadHandedOver = true
        }
        while handedOverCount < others.count, others[handedOverCount].end <= releasedCount {
            others[handedOverCount].writtenAt = now
            handedOverCount += 1
        }
    }

    /// The content's terminator is about to leave: once it is handed over a positive reply is an answer to it.
    ///
    /// - Parameter end: The channel's octet behind it.
    mutating func contentCompleted(end: UInt64) {
        guard awaitsContent else { return }
        head?.end = end
        head?.subject = .content(isComplete: true)
        head?.writtenAt = nil
        isHeadHandedOver = false
    }

    /// TLS has started: the session begins anew.
    mutating func tlsStarted() {
        transaction.tlsStarted()
    }

    /// Nothing more can be written; what was, may still be answered.
    mutating func outputEnded(at now: MonotonicInstant) {
        outputEndedAt = now
    }

    /// Bytes were sent that only the caller understands.
    mutating func rawSent() {
        if awaitsContent { removeHead() }
        acceptsUnclaimed = true
        transaction.stage = .uncertain
    }

    /// Nobody waits for a reply to raw bytes any more: one that still comes is kept, and nothing waits behind it.
    mutating func rawReplyAbandoned() {
        if head?.subject == .raw { removeHead() }
    }

    /// A command follows the raw bytes: from here on every reply must be expected.
    mutating func commandFollows() {
        acceptsUnclaimed = false
    }

    /// The caller took a kept reply.
    mutating func unclaimedReceived() {
        unclaimedCount -= 1
    }

    // MARK: What is received

    /// A part of a reply is there: one that begins before the content ended cannot accept it.
    mutating func replyBegan() {
        if isHeadUnderWay { head?.beganEarly = true }
    }

    mutating func replyReceived(_ reply: SMTPReply, at now: MonotonicInstant) -> Outcome {
        guard let subject = head?.subject else { return unexpected(reply) }
        // While content is being sent a refusal is an answer, and anything else is not: the reply to the content
        // follows its terminator (RFC 5321 §3.3).
        let isPremature = head?.beganEarly == true || isHeadUnderWay
        if isPremature, !reply.isNegative { return .violation(.prematureReply) }
        // A chunk goes on after its refusal, since its size was announced.
        let isEarly = isPremature && subject.isContent
        let remaining = remainingAfter(reply, to: subject)
        let isLast = remaining == 0
        transaction.follow(reply, to: subject, isLast: isLast)
        if !isLast {
            head?.remaining = remaining
            head?.beganEarly = false
        } else if head?.hasMore == true {
            advanceHead()
        } else {
            removeHead()
            if subject == .dataCommand, transaction.stage == .contentExpected {
                expect(Expectation(.content(isComplete: false), verb: "DATA", timeout: contentTimeout))
            }
        }
        headSince = now
        return .deliver(isLast: isLast, isEarly: isEarly)
    }

    /// Whether a part of the oldest command, or of its content, has not left.
    @inline(__always)
    private var isHeadUnderWay: Bool {
        awaitsContent || (head?.end ?? 0) > releasedCount
    }

    /// Goes on to the next of several commands of one verb.
    private mutating func advanceHead() {
        head?.advance()
        guard let end = head?.end, end > handedOverEnd else { return }
        head?.writtenAt = nil
        isHeadHandedOver = false
    }

    private mutating func unexpected(_ reply: SMTPReply) -> Outcome {
        if acceptsUnclaimed {
            unclaimedCount += 1
            return unclaimedCount > unclaimedLimit
                ? .violation(.tooManyUnclaimedReplies(limit: unclaimedLimit)) : .keep
        }
        return reply.code == 421 ? .goodbye : .violation(.unsolicitedReply(reply))
    }

    /// How many replies to the oldest, which is about `subject`, are still to come after `reply`.
    @inline(__always)
    private func remainingAfter(_ reply: SMTPReply, to subject: Expectation.Subject) -> Int {
        if let remaining = head?.remaining { return remaining - 1 }
        switch subject {
        case .content(isComplete: true), .chunk(isLast: true):
            if let count = transaction.contentReplyCount { return count - 1 }
            // PRDR: 353 announces one reply for each accepted recipient and a last one for the message.
            return reply.code == 353 ? transaction.acceptedRecipients + 1 : 0
        default:
            return 0
        }
    }

    private mutating func removeHead() {
        head = others.popFirst()
        headSince = nil
        isHeadHandedOver = handedOverCount > 0
        if isHeadHandedOver { handedOverCount -= 1 }
    }
}
