import SMTPSession
internal import SMTPWire

/// What the replies of a transaction have settled so far, and the report and error that follow from it.
struct TransactionRecord {
    private(set) var mailReply: SMTPReply?
    private var recipientReplies: [SMTPReply?]
    private var dataReply: SMTPReply?
    private var contentReply: SMTPReply?
    private var failure: SMTPError?
    private var mayBeAccepted = false

    /// The server has said that it will close the connection.
    var isClosing = false

    init(recipientCount: Int) {
        recipientReplies = Array(repeating: nil, count: recipientCount)
    }

    var isAnyRecipientAccepted: Bool {
        recipientReplies.contains { $0?.isPositiveCompletion ?? false }
    }

    var isAnyRecipientRefused: Bool {
        recipientReplies.contains { $0.map { !$0.isPositiveCompletion } ?? false }
    }

    // MARK: Recording

    /// Records the reply to `step`, and returns whether it is one that makes sense there (RFC 5321 §4.3.2).
    mutating func answered(_ step: TransactionMachine.Step, _ reply: SMTPReply) -> Bool {
        let isExpected = reply.isNegative || (step == .data ? reply.code == 354 : reply.isPositiveCompletion)
        guard isExpected else {
            fail(.unexpected(reply, verb: step.verb))
            return false
        }
        switch step {
        case .mail: mailReply = reply
        case .recipient(let index): recipientReplies[index] = reply
        case .data: dataReply = reply
        case .clear: if reply.isNegative { fail(.refused(reply, verb: step.verb)) }
        case .giveUp: break
        }
        return true
    }

    /// Records the reply to the content, and returns whether it is one that makes sense there.
    mutating func contentAnswered(_ reply: SMTPReply) -> Bool {
        if reply.isNegative || reply.isPositiveCompletion {
            contentReply = reply
            return true
        }
        mayBeAccepted = true
        fail(.unexpected(reply, verb: TransactionMachine.Step.data.verb))
        return false
    }

    mutating func lost(_ error: ChannelError, awaiting step: TransactionMachine.Step?) {
        fail(SMTPError(error, verb: step?.verb))
    }

    mutating func contentLost(_ error: ChannelError, mayBeAccepted: Bool) {
        self.mayBeAccepted = mayBeAccepted
        fail(SMTPError(error, verb: TransactionMachine.Step.data.verb))
    }

    mutating func fail(_ error: SMTPError) {
        if failure == nil { failure = error }
    }

    // MARK: The outcome

    func report(for forwardPaths: [ForwardPath]) -> DeliveryReport {
        DeliveryReport(
            recipients: zip(forwardPaths, recipientReplies).map { path, reply in
                DeliveryReport.Recipient(forwardPath: path, outcome: outcome(of: reply))
            }
        )
    }

    /// The error that ends the sending, or `nil` if at least one recipient was accepted.
    func error(with report: DeliveryReport) -> SMTPError? {
        guard !report.isAcceptedForAny else { return nil }
        // A server that said 421 and left has refused; that it left says less.
        var error = (isClosing ? refusal : nil) ?? failure ?? refusal ?? .usage("there is no recipient")
        error.report = report
        // One recipient refused for good is no reason to give up another that was not.
        if error.advice == .never, error.verb == "RCPT", let advice = adviceForOthers { error.advice = advice }
        if report.isUncertain { error.advice = .unsafe }
        return error
    }

    private func outcome(of recipientReply: SMTPReply?) -> DeliveryReport.Outcome {
        // Behind a refused MAIL a recipient's reply means nothing.
        guard mailReply?.isPositiveCompletion == true, let recipientReply else { return .notAttempted }
        if recipientReply.isNegative { return .rejected(.init(verb: "RCPT", reply: recipientReply)) }
        if let reply = contentReply ?? refusedData {
            let answer = DeliveryReport.Answer(verb: "DATA", reply: reply)
            return reply.isPositiveCompletion ? .accepted(answer) : .rejected(answer)
        }
        return mayBeAccepted ? .unknown : .notAttempted
    }

    /// The advice for recipients refused for now, or `nil` if there are none.
    private var adviceForOthers: SMTPError.Advice? {
        if isClosing { return .sendAgainNow }
        return recipientReplies.contains { $0?.isTransientNegative ?? false } ? .sendAgainLater : nil
    }

    private var refusedData: SMTPReply? {
        dataReply.flatMap { $0.isNegative ? $0 : nil }
    }

    private var refusal: SMTPError? {
        if let mailReply, mailReply.isNegative { return .refused(mailReply, verb: "MAIL") }
        if let reply = contentReply ?? (isAnyRecipientAccepted ? refusedData : nil), reply.isNegative {
            return .refused(reply, verb: "DATA")
        }
        let first = recipientReplies.lazy.compactMap { $0 }.first { $0.isNegative }
        return first.map { .refused($0, verb: "RCPT") }
    }
}

extension TransactionMachine.Step {
    /// The verb of the command.
    var verb: String {
        switch self {
        case .clear, .giveUp: "RSET"
        case .mail: "MAIL"
        case .recipient: "RCPT"
        case .data: "DATA"
        }
    }
}
