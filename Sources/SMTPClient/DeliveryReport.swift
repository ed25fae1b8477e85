internal import SMTPTransport
public import SMTPWire

/// What became of a message: one outcome for each forward-path, in the order of the envelope, and one for the whole.
public struct DeliveryReport: Sendable {
    /// What became of the message for one recipient, or as a whole.
    @nonexhaustive
    public enum Outcome: Hashable, Sendable {
        /// The server has taken responsibility for it.
        case accepted(Answer)
        /// The server has refused it; see ``Answer/reply`` whether for now or for good.
        case rejected(Answer)
        /// It was never offered, or given up before the server could take it: the server does not have it.
        case notAttempted
        /// All of it was handed over and no answer came that can be believed: the server may have it.
        case unknown
    }

    /// The reply that decided, and the verb of what it answered.
    public struct Answer: Hashable, Sendable {
        /// `RCPT`; `DATA` for the content and the command before it; `BDAT` for content in chunks, `BURL` for what the server
        /// fetches; for a message as a whole also `MAIL`.
        public let verb: String

        /// The server's words.
        public let reply: SMTPReply
    }

    /// One recipient and its outcome.
    public struct Recipient: Hashable, Sendable {
        /// The recipient.
        public let forwardPath: ForwardPath

        /// What became of the message for it.
        public let outcome: Outcome

        /// Whether the message may be sent to it again.
        public let advice: SMTPError.Advice
    }

    /// All of it, so that a report is passed on, from task to task, at the cost of one reference.
    private final class Storage: Sendable {
        let forwardPaths: [ForwardPath]
        let outcomes: RecipientOutcomes

        /// What to do with recipients that were not attempted, by their places, and with those that have no place here.
        let advice: [Int: SMTPError.Advice]
        let otherAdvice: SMTPError.Advice?
        let message: Outcome
        let error: SMTPError?

        init(
            _ forwardPaths: [ForwardPath],
            _ outcomes: RecipientOutcomes,
            error: SMTPError?,
            over security: TransportSecurity,
            advice: [Int: SMTPError.Advice],
            otherwise otherAdvice: SMTPError.Advice?
        ) {
            self.forwardPaths = forwardPaths
            self.outcomes = outcomes
            self.advice = advice
            self.otherAdvice = otherAdvice
            self.error = error?.refined(for: security)
            message = DeliveryReport.message(outcomes, error)
        }
    }

    private let storage: Storage
    private var outcomes: RecipientOutcomes { storage.outcomes }

    /// The recipients, in the order of the envelope; made anew each time it is asked for.
    public var recipients: [Recipient] {
        let others = storage.otherAdvice ?? error?.advice ?? .sendAgainNow
        return zip(storage.forwardPaths, outcomes).enumerated().map { place, recipient in
            let (path, outcome) = recipient
            let advice = outcome.advice(ifNotAttempted: storage.advice[place] ?? others)
            return Recipient(forwardPath: path, outcome: outcome, advice: advice)
        }
    }

    /// What became of the message as a whole: unknown if it is for any recipient, otherwise accepted if it is for any.
    public var message: Outcome { storage.message }

    /// What went wrong with the message as a whole, or `nil` if at least one recipient was accepted and nothing failed.
    ///
    /// It says nothing of single recipients that were refused while others were accepted.
    public var error: SMTPError? { storage.error }

    init(
        _ forwardPaths: [ForwardPath],
        _ outcomes: RecipientOutcomes,
        error: SMTPError?,
        over security: TransportSecurity = .none,
        advice: [Int: SMTPError.Advice] = [:],
        otherwise otherAdvice: SMTPError.Advice? = nil
    ) {
        storage = Storage(forwardPaths, outcomes, error: error, over: security, advice: advice, otherwise: otherAdvice)
    }

    private static func message(_ outcomes: RecipientOutcomes, _ error: SMTPError?) -> Outcome {
        if outcomes.contains(where: \.isUnknown) { return .unknown }
        if let accepted = outcomes.first(where: \.isAccepted) { return accepted }
        if let error, error.kind == .refused, let reply = error.reply, let verb = error.verb {
            return .rejected(Answer(verb: verb, reply: reply))
        }
        return outcomes.first(where: { $0.answer != nil }) ?? .notAttempted
    }

    /// Whether the server has the message for every recipient.
    public var isAcceptedForAll: Bool { outcomes.allSatisfy(\.isAccepted) }

    /// Whether the server has the message for at least one recipient.
    public var isAcceptedForAny: Bool { outcomes.contains(where: \.isAccepted) }

    /// Whether the server may have the message without our knowing.
    public var isUncertain: Bool { outcomes.contains(where: \.isUnknown) }
}

extension DeliveryReport.Outcome {
    /// Whether the server has taken responsibility.
    public var isAccepted: Bool {
        if case .accepted = self { true } else { false }
    }

    /// Whether the server may have the message without our knowing.
    var isUnknown: Bool {
        if case .unknown = self { true } else { false }
    }

    /// The reply that decided, or `nil` if none did.
    public var answer: DeliveryReport.Answer? {
        switch self {
        case .accepted(let answer), .rejected(let answer): answer
        case .notAttempted, .unknown: nil
        }
    }

    /// What to do with this recipient; `advice` is for one that was not attempted.
    func advice(ifNotAttempted advice: SMTPError.Advice) -> SMTPError.Advice {
        switch self {
        case .accepted: .done
        case .unknown: .unsafe
        // What is unsafe for those who may have it is not for those who provably have it not.
        case .notAttempted: advice == .unsafe || advice == .done ? .sendAgainNow : advice
        case .rejected(let answer): SMTPError.Advice(after: answer.reply)
        }
    }
}

extension SMTPError.Advice {
    /// What a refusal says about another attempt (RFC 5321 §4.2.1); a server that leaves is no refusal of the message.
    init(after reply: SMTPReply) {
        if reply.code == 421 {
            self = .sendAgainNow
        } else {
            self = reply.isTransientNegative ? .sendAgainLater : .never
        }
    }
}

extension DeliveryReport.Outcome: CustomStringConvertible {
    /// One line in words, with the server's where there are any; safe to log.
    public var description: String {
        switch self {
        case .accepted(let answer): "accepted: \(answer.reply)"
        case .rejected(let answer): "rejected at \(answer.verb): \(answer.reply)"
        case .notAttempted: "not attempted"
        case .unknown: "unknown: the server may have it"
        }
    }
}
