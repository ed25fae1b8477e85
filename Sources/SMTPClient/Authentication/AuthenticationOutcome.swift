internal import SMTPWire

/// How one AUTH ended, with the channel in sync.
enum AuthenticationOutcome: Sendable {
    /// 235, and the mechanism believes it.
    case accepted
    /// The server said no: to the command itself, or later, perhaps with an error of the mechanism's.
    case rejected(SMTPReply, toCommand: Bool, serverError: String?)
    /// The mechanism does not go with these credentials; nothing was sent.
    case unusable(SASLError)
    /// The exchange was given up with `*`, and the server has taken note.
    case givenUp(SASLError)
    /// The same, after a challenge too many.
    case tooManyChallenges
    /// A success that cannot be believed; the channel is closed.
    case disbelieved(SASLError)
    /// A reply that does not belong; the channel is closed.
    case unexpected(SMTPReply)
    /// The channel is not as secure as the mechanism needs it; nothing was sent.
    case insecure
    /// A mail transaction is open, in which AUTH is not permitted (RFC 4954 §4); nothing was sent.
    case transactionOpen
}
