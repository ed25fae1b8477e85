import SMTPSession
internal import SMTPWire

/// One mail transaction, from MAIL to the reply to the content: what to do next, and what became of each recipient.
///
/// Pure: replies and losses come in as events, and what to do goes out as an ``Action``. It does not matter whether the
/// commands of the envelope are sent one at a time or in one segment; the replies are credited alike.
struct TransactionMachine: ~Copyable {
    /// A command of the transaction.
    enum Step: Equatable {
        /// Clears what an earlier transaction left.
        case clear
        case mail
        case recipient(Int)
        case data
        /// Gives this transaction up.
        case giveUp
    }

    enum Action: Equatable {
        /// Write these commands in one segment, then take the next reply.
        case write([Step])
        /// Take the next reply.
        case takeReply
        /// Send the content with its terminator, then take the replies to it.
        case sendContent
        /// Send the terminator alone: it ends a transaction that has no recipients.
        case sendTerminator
        /// Write RSET and leave; its reply is nobody's concern.
        case leaveClean
        /// Close the connection: its state is not known, or the content must not end.
        case close
        /// Nothing more is to be done, and the connection is clean.
        case finish
    }

    private enum State {
        /// Commands are out whose replies are still to come.
        case envelope(awaited: [Step], isDataSent: Bool)
        /// The server asked for the content; `isHandedOver` once it may have all of it.
        case content(isHandedOver: Bool, isVoid: Bool)
        /// The transaction is being given up.
        case givingUp
        case finished
    }

    private let recipientCount: Int
    private let policy: RecipientPolicy
    private let isPipelined: Bool
    private var state: State
    private(set) var record: TransactionRecord

    init(recipientCount: Int, policy: RecipientPolicy, isPipelined: Bool) {
        self.recipientCount = recipientCount
        self.policy = policy
        self.isPipelined = isPipelined
        self.state = .finished
        self.record = TransactionRecord(recipientCount: recipientCount)
    }

    // MARK: Events

    /// The transaction begins; `isClean` unless something may be open on the server.
    mutating func begin(isClean: Bool) -> Action {
        if !isClean { return write([.clear]) }
        return writeEnvelope()
    }

    /// The reply to the oldest step came.
    mutating func replyReceived(_ reply: SMTPReply) -> Action {
        switch takeState() {
        case .envelope(var awaited, let isDataSent):
            guard !awaited.isEmpty else { return close() }
            let step = awaited.removeFirst()
            state = .envelope(awaited: awaited, isDataSent: isDataSent)
            return replyReceived(reply, to: step, isLast: awaited.isEmpty, isDataSent: isDataSent)
        case .givingUp:
            // Whatever RSET is answered, the outcome of the message is settled.
            return reply.isPositiveCompletion ? finish() : close()
        case .content, .finished:
            return close()
        }
    }

    /// The last octet of the content was handed over, or may have been.
    mutating func contentHandedOver() {
        if case .content(_, let isVoid) = state { state = .content(isHandedOver: true, isVoid: isVoid) }
    }

    /// The reply to the content came, before all of it was sent if `isEarly`.
    mutating func contentReplyReceived(_ reply: SMTPReply, isEarly: Bool) -> Action {
        guard case .content(_, let isVoid) = state else { return close() }
        if isVoid {
            // Nobody was to receive it; a server that accepts it all the same is not understood any more.
            return reply.isPositiveCompletion || isEarly ? close() : finish()
        }
        guard record.contentAnswered(reply) else { return close() }
        return isEarly || reply.code == 421 ? close() : finish()
    }

    /// No more replies come, for this reason.
    mutating func connectionLost(_ error: ChannelError) -> Action {
        switch takeState() {
        case .envelope(let awaited, let isDataSent):
            state = .finished
            record.lost(error, awaiting: awaited.first)
            // A cancelled envelope can still be cleared; with DATA out, RSET could become a message.
            if case .cancelled = error, !isDataSent { return .leaveClean }
        case .content(let isHandedOver, let isVoid):
            state = .finished
            record.contentLost(error, mayBeAccepted: isHandedOver && !isVoid)
        case .givingUp, .finished:
            state = .finished
        }
        return .close
    }

    /// The content cannot be sent to its end, for a reason of the caller's.
    mutating func contentFailed(_ error: SMTPError) -> Action {
        record.fail(error)
        return close()
    }

    // MARK: Decisions

    /// Takes the state out, so that an array in it is not copied when it is put back changed.
    private mutating func takeState() -> State {
        exchange(&state, with: .finished)
    }

    private mutating func replyReceived(
        _ reply: SMTPReply,
        to step: Step,
        isLast: Bool,
        isDataSent: Bool
    ) -> Action {
        guard record.answered(step, reply) else { return close() }
        if reply.code == 421 { record.isClosing = true }
        if step == .data, reply.code == 354 { return contentAsked() }
        if !isLast { return .takeReply }
        if record.isClosing { return close() }
        return step == .clear ? afterClearing(reply) : afterEnvelope(step, isDataSent: isDataSent)
    }

    private mutating func afterClearing(_ reply: SMTPReply) -> Action {
        reply.isPositiveCompletion ? writeEnvelope() : close()
    }

    /// The replies to all that was sent are there, and no 354 among them.
    private mutating func afterEnvelope(_ step: Step, isDataSent: Bool) -> Action {
        if record.mailReply?.isPositiveCompletion != true {
            // Commands behind a refused MAIL may have been taken for the transaction before.
            return isPipelined ? giveUp() : finish()
        }
        if isDataSent { return giveUp() }
        if case .recipient(let index) = step, !isPipelined, index + 1 < recipientCount, !mustGiveUp {
            return write([.recipient(index + 1)])
        }
        if case .mail = step { return write([.recipient(0)]) }
        return mustGiveUp || !record.isAnyRecipientAccepted ? giveUp() : write([.data])
    }

    private var mustGiveUp: Bool {
        policy == .allOrNothing && record.isAnyRecipientRefused
    }

    /// 354: the next octets are content, whatever is to become of the message.
    private mutating func contentAsked() -> Action {
        if record.isClosing { return close() }
        guard record.mailReply?.isPositiveCompletion == true else { return close() }
        let isVoid = !record.isAnyRecipientAccepted
        // To end the content with a dot would deliver it to those accepted.
        if !isVoid, mustGiveUp { return close() }
        state = .content(isHandedOver: false, isVoid: isVoid)
        return isVoid ? .sendTerminator : .sendContent
    }

    private mutating func writeEnvelope() -> Action {
        guard isPipelined else { return write([.mail]) }
        let recipients = (0..<recipientCount).map { Step.recipient($0) }
        // Whether DATA may follow is known only when all the recipients are (RFC 2920 has no way back from a 354).
        return write([.mail] + recipients + (policy == .allOrNothing ? [] : [.data]))
    }

    private mutating func write(_ steps: [Step]) -> Action {
        state = .envelope(awaited: steps, isDataSent: steps.contains(.data))
        return .write(steps)
    }

    private mutating func giveUp() -> Action {
        state = .givingUp
        return .write([.giveUp])
    }

    private mutating func finish() -> Action {
        state = .finished
        return .finish
    }

    private mutating func close() -> Action {
        state = .finished
        return .close
    }
}
