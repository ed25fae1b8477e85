import SMTPSession
internal import SMTPWire

/// What the replies of a transaction have settled so far, and the outcomes and error that follow from it.
struct TransactionRecord {
    /// The verb the content's replies are reported under.
    let verb: String

    /// The server answers the content once for each accepted recipient and never as a whole.
    let isLMTP: Bool

    private var clearReply: SMTPReply?
    private var mailReply: SMTPReply?
    private let recipientCount: Int

    /// Recipients are answered in order, so their number says which.
    private var answeredRecipients = 0

    /// The recipients that were refused, in order, and how.
    private var refusals: [(place: Int, reply: SMTPReply)] = []

    /// The reply that refused DATA, or a chunk before the last.
    private var earlyRefusal: SMTPReply?

    /// The replies to the content that are for one recipient each, in order: those of LMTP and PRDR.
    private var contentReplies: [SMTPReply] = []

    /// 353 has come, by which PRDR announces them.
    private var areRepliesAnnounced = false

    /// The reply to the content as a whole.
    private var finalReply: SMTPReply?
    private var failure: SMTPError? { didSet { hasError = true } }

    /// Whether a reply was negative or something failed: otherwise there is no ``error`` to look for.
    private var hasError = false

    /// All of the content was handed over, or may have been: without a reply nobody knows whether it was accepted.
    var isHandedOver = false

    /// The server has said that it will close the connection.
    var isClosing = false

    init(_ shape: TransactionMachine.Shape) {
        verb = shape.isFetched ? "BURL" : shape.isChunked ? "BDAT" : "DATA"
        isLMTP = shape.isLMTP
        recipientCount = shape.recipientCount
    }

    var isMailAccepted: Bool { mailReply?.isPositiveCompletion ?? false }
    var isClearRefused: Bool { clearReply?.isNegative ?? false }
    var isAnyRecipientAccepted: Bool { refusals.count < answeredRecipients }
    var isAnyRecipientRefused: Bool { !refusals.isEmpty }
    var areAllRecipientsAnswered: Bool { answeredRecipients == recipientCount }

    /// The server took a content that, by its other replies, it had no transaction or no recipient for.
    var isAcceptedInVain: Bool {
        guard !isMailAccepted || !isAnyRecipientAccepted || earlyRefusal != nil else { return false }
        return (finalReply ?? contentReplies.last)?.isPositiveCompletion ?? false
    }

    // MARK: Recording

    /// Records the reply to `step`, and returns whether it is one that makes sense there (RFC 5321 §4.3.2).
    mutating func answered(_ step: TransactionMachine.Step, _ reply: SMTPReply, isLast: Bool) -> Bool {
        guard isExpected(reply, to: step, isLast: isLast) else {
            fail(.unexpected(reply, verb: verb(of: step)))
            return false
        }
        if reply.isNegative { hasError = true }
        switch step {
        case .clear: clearReply = reply
        case .mail: mailReply = reply
        case .recipients(let range):
            answeredRecipients += 1
            if reply.isNegative { refusals.append((range.lowerBound, reply)) }
        case .data, .chunk: if reply.isNegative, earlyRefusal == nil { earlyRefusal = reply }
        case .content: contentAnswered(reply, isLast: isLast)
        case .terminator: break
        }
        return true
    }

    private func isExpected(_ reply: SMTPReply, to step: TransactionMachine.Step, isLast: Bool) -> Bool {
        if reply.isNegative { return true }
        return switch step {
        case .data: reply.code == 354
        // The announcement of replies for each recipient (PRDR). In the place of one of those, the others would be taken for
        // the wrong recipients'.
        case .content: reply.isPositiveCompletion || (reply.code == 353 && !isLast && !isLMTP && !areRepliesAnnounced)
        default: reply.isPositiveCompletion
        }
    }

    private mutating func contentAnswered(_ reply: SMTPReply, isLast: Bool) {
        if isLast, !isLMTP {
            finalReply = reply
        } else if reply.code == 353 {
            areRepliesAnnounced = true
        } else {
            contentReplies.append(reply)
        }
    }

    /// The verb of the command that `step` is, or that the content follows.
    func verb(of step: TransactionMachine.Step) -> String { step == .chunk ? verb : step.verb }

    /// The server has answered 421, to this transaction or one before it, and so takes no content that it has not
    /// answered for: it closes the connection (RFC 5321 §3.8).
    mutating func serverLeft() {
        if contentReplies.isEmpty { isHandedOver = false }
    }

    mutating func lost(_ error: ChannelError, verb: String?) {
        fail(SMTPError(error, verb: verb))
    }

    mutating func fail(_ error: SMTPError) {
        if failure == nil { failure = error }
    }

    // MARK: The outcome

    /// What the server said to a recipient.
    private enum Standing {
        case unanswered
        case accepted
        case refused(SMTPReply)
    }

    /// The outcome of each recipient, in order.
    func outcomes() -> RecipientOutcomes {
        let areAllAlike = answeredRecipients == 0 || (areAllRecipientsAnswered && refusals.isEmpty)
        if areAllAlike, contentReplies.isEmpty {
            let outcome = outcome(of: answeredRecipients == 0 ? .unanswered : .accepted, rank: 0)
            return RecipientOutcomes(repeating: outcome, count: recipientCount)
        }
        var refusals = refusals[...]
        var rank = 0
        return RecipientOutcomes(
            (0..<recipientCount).map { place in
                guard place < answeredRecipients else { return outcome(of: .unanswered, rank: rank) }
                if refusals.first?.place == place {
                    return outcome(of: .refused(refusals.removeFirst().reply), rank: rank)
                }
                defer { rank += 1 }
                return outcome(of: .accepted, rank: rank)
            }
        )
    }

    /// The outcome of a recipient, whose place among those accepted is `rank`.
    private func outcome(of standing: Standing, rank: Int) -> DeliveryReport.Outcome {
        if let mailReply, mailReply.isNegative {
            return mayBeTakenInVain(for: standing, rank: rank) ? .unknown : .notAttempted
        }
        if case .refused(let reply) = standing { return .rejected(.init(verb: "RCPT", reply: reply)) }
        if isAcceptedInVain { return .unknown }
        if let earlyRefusal { return .rejected(.init(verb: verb, reply: earlyRefusal)) }
        guard let reply = contentReply(rank: rank) else { return isHandedOver ? .unknown : .notAttempted }
        let answer = DeliveryReport.Answer(verb: verb, reply: reply)
        return reply.isPositiveCompletion ? .accepted(answer) : .rejected(answer)
    }

    /// Behind a refused MAIL a recipient's reply means nothing, unless the server took the content all the same, or may have:
    /// where RSET was refused, the transaction of the message before is open and takes both.
    private func mayBeTakenInVain(for standing: Standing, rank: Int) -> Bool {
        switch standing {
        case .refused: return false
        case .unanswered where !isClearRefused: return false
        case .unanswered, .accepted:
            let isUnanswered = earlyRefusal == nil && contentReply(rank: rank) == nil
            return isAcceptedInVain || (isClearRefused && isHandedOver && isUnanswered)
        }
    }

    /// The reply that decides for the recipient of this rank, or `nil` if it has not come.
    private func contentReply(rank: Int) -> SMTPReply? {
        let own = rank < contentReplies.count ? contentReplies[rank] : nil
        if isLMTP { return own }
        // Refused for one is refused, whatever is said of the whole; accepted is what both say (draft-hall-prdr §4.5).
        if let own, own.isNegative { return own }
        guard let finalReply else { return nil }
        return finalReply.isPositiveCompletion ? own ?? finalReply : finalReply
    }

    /// Why the transaction failed, if it did: the refusal of all, or what ended it.
    var error: SMTPError? {
        // A server that said 421, or no to all, and left has refused; that it left says less.
        hasError ? (isClosing || isRefusedBeforeLoss ? refusal : nil) ?? failure ?? refusal : nil
    }

    /// The connection ended when a refusal had settled the transaction, with replies to what was sent behind to come.
    private var isRefusedBeforeLoss: Bool {
        guard let failure, failure.kind == .closed || failure.kind == .inputOutput, failure.initiator != .caller,
            !isAcceptedInVain
        else { return false }
        let isMailRefused = mailReply?.isNegative ?? false
        return isMailRefused || earlyRefusal != nil || (areAllRecipientsAnswered && !isAnyRecipientAccepted)
    }

    private var refusal: SMTPError? {
        if let mailReply, mailReply.isNegative { return .refused(mailReply, verb: "MAIL") }
        if isAnyRecipientAccepted {
            // The last reply may be positive where each recipient's own was not (PRDR).
            let final = finalReply.flatMap { $0.isNegative ? $0 : nil }
            if let reply = earlyRefusal ?? final ?? contentReplies.first(where: \.isNegative) {
                return .refused(reply, verb: verb)
            }
        }
        return refusals.first.map { .refused($0.reply, verb: "RCPT") }
    }
}

extension TransactionRecord {
    /// The recipients that were refused because the server takes no more in one transaction (RFC 5321 §4.5.3.1.10).
    ///
    /// 452 says so, and 552 where an old server says it by that code; both are also said of full mailboxes and disks. It
    /// is believed only behind an accepted recipient, without which the next transaction would fare no better.
    var placesBeyondRoom: [Int] {
        refusals.enumerated().compactMap { earlierRefusals, refusal in
            refusal.place > earlierRefusals && Self.isOfRoom(refusal.reply) ? refusal.place : nil
        }
    }

    private static func isOfRoom(_ refusal: SMTPReply) -> Bool {
        let status = refusal.enhancedStatusCode?.description ?? ""
        return switch refusal.code.rawValue {
        case 452: !["4.2.2", "4.3.1"].contains(status)
        case 552: !status.hasPrefix("5.2.") && status != "5.3.4"
        default: false
        }
    }
}
