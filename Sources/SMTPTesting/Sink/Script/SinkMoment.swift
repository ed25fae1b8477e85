/// A moment at which a ``MailSink`` is about to reply.
public struct SinkMoment: Hashable, Sendable {
    /// What happens.
    @nonexhaustive
    public enum Kind: Hashable, Sendable {
        /// A client has connected.
        case connection
        /// A command came.
        case command
        /// The answer to a challenge came.
        case authenticationResponse
        /// A content has come whole.
        case content
        /// The same, for a single recipient.
        case contentForRecipient
        /// The same, behind the replies for single recipients (PRDR).
        case contentForAll
        /// So many octets of a content have come.
        case contentOctets(Int)
    }

    /// The number of the session, from 0.
    public let session: Int

    /// What happens.
    public let kind: Kind

    /// The verb in upper case, or an empty text where there is no command.
    public let verb: String

    /// The command line, or the answer to a challenge, without its line end.
    public let line: String

    /// The address in the command, or of the recipient whose reply is due.
    public let address: String?

    func matches(_ point: SinkPoint) -> Bool {
        switch point {
        case .connection: kind == .connection
        case .command(let verb): kind == .command && self.verb == verb
        case .sender(let address): kind == .command && verb == "MAIL" && self.address == address
        case .recipient(let address): kind == .command && verb == "RCPT" && self.address == address
        case .authenticationResponse: kind == .authenticationResponse
        case .content: kind == .content
        case .contentForRecipient(let address): kind == .contentForRecipient && self.address == address
        case .contentForAll: kind == .contentForAll
        case .contentOctets(let count): kind == .contentOctets(count)
        }
    }
}
