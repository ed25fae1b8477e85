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
    /// In LMTP the reply is said for each recipient that has none of its own; with PRDR it is the only one.
    case content
    /// A content has come whole: the reply for this recipient, in LMTP and with PRDR.
    case contentForRecipient(String)
    /// This many octets of a content have come, as they are on the wire; with BDAT those of all its chunks.
    ///
    /// A refusal is the reply to the content: the rest of it is taken, and nothing said to its end.
    case contentOctets(Int)
}

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
        case .content: kind == .content || kind == .contentForRecipient
        case .contentForRecipient(let address): kind == .contentForRecipient && self.address == address
        case .contentOctets(let count): kind == .contentOctets(count)
        }
    }
}

/// What a ``MailSink`` does otherwise than a friendly server would.
///
/// The first rule that matches decides, so write the special before the general.
///
/// ```swift
/// var script = SinkScript()
/// script.on(.recipient("full@example.org"), .reply(452, "4.2.2 mailbox full"))
/// script.on(.command("MAIL"), occurrence: 2, .reply(421, "4.3.2 shutting down"))
/// script.on(.content, .reply(250, "2.0.0 ok").unsaid().thenClose())
/// ```
public struct SinkScript: Sendable {
    struct Rule: Sendable {
        var point: SinkPoint
        var occurrence: Int?
        var reply: SinkReply
    }

    private(set) var rules: [Rule] = []

    /// Asked before the rules, with the reply a friendly server would give: return another to have that instead, or `nil`.
    ///
    /// It is called on the connection's executor and must not wait. Randomness belongs in here, from a seed.
    public var decide: (@Sendable (_ moment: SinkMoment, _ regular: SinkReply) -> SinkReply?)?

    /// Creates the script of a friendly server.
    public init() {}

    /// Adds a rule behind those there are.
    ///
    /// - Parameters:
    ///   - point: Where it applies.
    ///   - occurrence: Which time in a session, counted from 1; every time by default.
    ///   - reply: What is said and done.
    public mutating func on(_ point: SinkPoint, occurrence: Int? = nil, _ reply: SinkReply) {
        var point = point
        if case .command(let verb) = point { point = .command(verb.uppercased()) }
        rules.append(Rule(point: point, occurrence: occurrence, reply: reply))
    }

    /// Whether there is nothing to look up.
    var isEmpty: Bool { rules.isEmpty && decide == nil }

    /// The lengths of content at which something is to happen, in order.
    var contentOffsets: [Int] {
        let offsets = rules.compactMap { rule -> Int? in
            if case .contentOctets(let count) = rule.point { max(0, count) } else { nil }
        }
        return Set(offsets).sorted()
    }
}
