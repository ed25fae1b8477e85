public import SMTPTransport
public import SMTPWire

/// Is told what connections do: for logs, metrics and traces.
///
/// It is told of operations, not of commands; those are in the transcript (`ChannelOptions/transcript`). It learns no
/// credential and no content, and nothing that it does changes what is sent.
public protocol SMTPObserver: Sendable {
    /// An operation begins: called in the task of whoever asked for it, before anything is sent; for messages of a sequence
    /// on the connection's executor, which must not be blocked, and perhaps in no task.
    ///
    /// - Parameter operation: What begins.
    /// - Returns: What is called once, when the operation has ended, likewise; `nil` if nobody wants to know.
    func operationBegan(_ operation: SMTPOperation) -> ((SMTPOperation.Ending) -> Void)?

    /// Called in a task that sends a sequence of messages, before the first: returns who is told of them.
    ///
    /// They begin and end as replies come. Who needs what belongs to the task, such as the span it is in, takes it along
    /// here. By default it is the observer itself.
    func observerOfSequence() -> any SMTPObserver
}

extension SMTPObserver {
    /// This observer.
    public func observerOfSequence() -> any SMTPObserver { self }
}

extension SMTPOperation {
    /// How an operation ended.
    @nonexhaustive
    public enum Ending: Sendable {
        /// It was done.
        case succeeded
        /// TLS is on, with these facts.
        case secured(TLSInfo)
        /// The server believes who one is, by this mechanism.
        case authenticated(AuthenticationMechanism)
        /// The server has taken the message for one recipient at least.
        case sent(DeliveryReport)
        /// It failed; of a message the error has the report.
        case failed(SMTPError)
    }
}
