/// Where a ``MailSink`` does something else than it would.
@nonexhaustive
public enum SinkPoint: Hashable, Sendable {
    /// A client has connected: instead of the greeting.
    case connection
    /// A command of this verb, in upper case.
    case command(String)
    /// MAIL with this reverse-path, written without angle brackets.
    case sender(String)
    /// RCPT with this forward-path, written without angle brackets.
    case recipient(String)
    /// A line of the client's in answer to a challenge (334).
    case authenticationResponse
    /// A content has come whole, by the final dot or the last chunk.
    ///
    /// In LMTP the reply is said for each accepted recipient, with PRDR it is the only one; the replies for single
    /// recipients are not asked for then.
    case content
    /// A content has come whole: the reply for this recipient, in LMTP and with PRDR.
    case contentForRecipient(String)
    /// A content has come whole, and all recipients have been answered for: the last reply with PRDR.
    ///
    /// Only a positive one accepts the message, for those whose own reply was positive.
    case contentForAll
    /// This many octets of a content have come, as they are on the wire; with BDAT those of all its chunks.
    ///
    /// A refusal is the reply to the content: the rest of it is taken, and nothing said to its end.
    case contentOctets(Int)
}
