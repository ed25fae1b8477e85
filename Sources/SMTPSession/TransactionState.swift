public import SMTPWire

/// What the replies so far say about the session: who said hello and whether a mail transaction is open.
///
/// It follows the replies whoever sent the commands, so that the high-level client can go on after low-level use.
public struct TransactionState: Hashable, Sendable {
    /// Where the server stands between MAIL and the reply to the content.
    @nonexhaustive
    public enum Stage: Hashable, Sendable {
        /// No transaction is open.
        case idle
        /// MAIL was accepted.
        case open
        /// DATA was answered by 354: what is sent next is content.
        case contentExpected
        /// Raw bytes were sent, or a failure left it open: only RSET makes it certain.
        case uncertain
    }

    /// Where the server stands.
    public internal(set) var stage: Stage = .idle

    /// The recipients accepted in the open transaction, duplicates included.
    public internal(set) var acceptedRecipients = 0

    /// The reply to the last EHLO, HELO or LHLO that was accepted, or `nil` before one was.
    public internal(set) var helloReply: SMTPReply?

    /// Whether that was LHLO: the server answers the content once for each accepted recipient (RFC 2033 §4.2).
    public internal(set) var isLMTP = false

    /// What that reply offers; nothing after HELO.
    private(set) var extensions = ServiceExtensions()

    /// How often hello was said or made void, which tells a new offer from the one before.
    private(set) var helloCount = 0

    /// How often the session has begun anew, by TLS or by XCLIENT.
    package private(set) var sessionNumber = 0

    /// Whether the server has accepted credentials (235, RFC 4954 §6), or somebody's word for it (LOGIN in XCLIENT).
    public internal(set) var isAuthenticated = false

    /// Whether MAIL asked for a reply for each recipient (PRDR).
    var usesPRDR = false

    /// The server has said 220 to STARTTLS and waits for the handshake.
    var awaitsTLS = false

    /// The server has answered QUIT: however the connection ends now, nothing is lost by it.
    private(set) var hasQuit = false

    /// TLS has started: everything said before it is forgotten (RFC 3207 §4.2).
    mutating func tlsStarted() {
        awaitsTLS = false
        beginAnew()
    }

    /// Everything said so far is forgotten.
    private mutating func beginAnew() {
        close()
        helloReply = nil
        isLMTP = false
        isAuthenticated = false
        extensions = ServiceExtensions()
        helloCount += 1
        sessionNumber += 1
    }

    mutating func close() {
        stage = .idle
        acceptedRecipients = 0
        usesPRDR = false
    }

    /// Becomes `other`, of the same session: what the server offers, which is costly to copy, is the same.
    mutating func follow(_ other: borrowing TransactionState) {
        stage = other.stage
        acceptedRecipients = other.acceptedRecipients
        isAuthenticated = other.isAuthenticated
        usesPRDR = other.usesPRDR
        awaitsTLS = other.awaitsTLS
        hasQuit = other.hasQuit
    }

    /// The number of replies to the content, or `nil` if its first reply will tell.
    var contentReplyCount: Int? {
        if isLMTP { return max(1, acceptedRecipients) }
        return usesPRDR ? nil : 1
    }

    /// Follows a reply to a command about `subject`; `isLast` if no more replies to it will come.
    mutating func follow(_ reply: SMTPReply, to subject: Expectation.Subject, isLast: Bool) {
        switch subject {
        case .hello(let hello) where reply.isPositiveCompletion:
            close()
            helloReply = reply
            isLMTP = hello == .local
            extensions = hello == .basic ? ServiceExtensions() : ServiceExtensions(reply)
            helloCount += 1
        case .mail(let prdr) where reply.isPositiveCompletion:
            stage = .open
            acceptedRecipients = 0
            usesPRDR = prdr
        case .recipient where reply.isPositiveCompletion:
            acceptedRecipients += 1
            // MAIL was refused, so it belongs to a transaction that was open before.
            if stage == .idle { stage = .uncertain }
        case .dataCommand:
            followData(reply)
        case .chunk(isLast: true) where isLast && !reply.isPositiveCompletion && stage != .idle:
            // Some servers keep the transaction after a chunk they refused, and its sender with it.
            stage = .uncertain
        case .content, .chunk(isLast: true):
            if isLast { close() }
        case .chunk(isLast: false) where !reply.isPositiveCompletion:
            stage = .uncertain
        case .reset where reply.isPositiveCompletion:
            close()
        case .startTLS where reply.code == 220:
            awaitsTLS = true
        case .xclient(let withLogin) where reply.code == 220:
            beginAnew()
            isAuthenticated = withLogin
        case .auth where reply.code == 235:
            isAuthenticated = true
        case .quit:
            hasQuit = true
        default:
            break
        }
    }

    private mutating func followData(_ reply: SMTPReply) {
        if reply.code == 354 {
            stage = .contentExpected
        } else if stage != .idle {
            // Some servers close the transaction after a failed DATA, some keep it open (RFC 5321 does not say).
            stage = .uncertain
        }
    }
}
