/// An envelope with its content (a mail object, RFC 5321 §2.3.1), and how it is to be sent.
public struct MailObject: Sendable {
    /// Whom it comes from and goes to.
    public var envelope: Envelope

    /// The message.
    public var content: Content

    /// What a refused recipient means for the others.
    public var policy: RecipientPolicy

    /// Told how much of the message has been sent.
    ///
    /// Default `nil`: nobody wants to know.
    public var progress: DeliveryProgress?

    /// Creates a mail object.
    public init(
        _ content: Content,
        envelope: Envelope,
        policy: RecipientPolicy = .anyAccepted,
        progress: DeliveryProgress? = nil
    ) {
        self.envelope = envelope
        self.content = content
        self.policy = policy
        self.progress = progress
    }
}

extension MailObject {
    /// The report of a message of which nothing was sent, for this reason.
    func notAttempted(_ error: SMTPError) -> DeliveryReport {
        progress?.finished()
        let paths = envelope.forwardPaths
        return DeliveryReport(paths, RecipientOutcomes(repeating: .notAttempted, count: paths.count), error: error)
    }
}
