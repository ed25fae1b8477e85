public import SMTPWire

/// What became of a message: one outcome for each forward-path, in the order of the envelope.
public struct DeliveryReport: Hashable, Sendable {
    /// What became of the message for one recipient, or as a whole.
    @nonexhaustive
    public enum Outcome: Hashable, Sendable {
        /// The server has taken responsibility for it.
        case accepted(Answer)
        /// The server has refused it; see ``Answer/reply`` whether for now or for good.
        case rejected(Answer)
        /// It was never offered, or given up before the server could take it: the server does not have it.
        case notAttempted
        /// All of it was handed over and no answer came: the server may have it.
        case unknown
    }

    /// The reply that decided, and the verb of what it answered.
    public struct Answer: Hashable, Sendable {
        /// `RCPT`, or `DATA` for the content and the command before it.
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
    }

    /// The recipients, in the order of the envelope.
    public let recipients: [Recipient]

    /// Whether the server has the message for every recipient.
    public var isAcceptedForAll: Bool { recipients.allSatisfy { $0.outcome.isAccepted } }

    /// Whether the server has the message for at least one recipient.
    public var isAcceptedForAny: Bool { recipients.contains { $0.outcome.isAccepted } }

    /// Whether the server may have the message without our knowing.
    public var isUncertain: Bool { recipients.contains { $0.outcome == .unknown } }
}

extension DeliveryReport.Outcome {
    /// Whether the server has taken responsibility.
    public var isAccepted: Bool {
        if case .accepted = self { true } else { false }
    }

    /// The reply that decided, or `nil` if none did.
    public var answer: DeliveryReport.Answer? {
        switch self {
        case .accepted(let answer), .rejected(let answer): answer
        case .notAttempted, .unknown: nil
        }
    }
}
