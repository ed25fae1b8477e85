public import SMTPWire

/// What will be sent for a message, decided and checked before a byte of it is: ``SMTPConnection/send(_:envelope:policy:)``
/// does just this.
public struct DeliveryPlan: Hashable, Sendable {
    /// How the content goes.
    @nonexhaustive
    public enum Transfer: Hashable, Sendable {
        /// By DATA, with transparency and a terminator (RFC 5321 §4.5.2).
        case data
        /// By BDAT, in chunks with their size before them (RFC 3030 §2).
        case chunks
    }

    /// Something that is not wrong and may surprise.
    @nonexhaustive
    public enum Warning: Hashable, Sendable {
        /// A local part of more than 64 octets, which no server must take (RFC 5321 §4.5.3.1.1).
        case longLocalPart(String)
        /// A domain of more than 255 octets (RFC 5321 §4.5.3.1.2).
        case longDomain(String)
        /// A path of more than 256 octets with its brackets (RFC 5321 §4.5.3.1.3).
        case longPath(String)
        /// More than 100 recipients in a transaction, which no server must take (RFC 5321 §4.5.3.1.8).
        case manyRecipients(Int)
        /// A line of more than 998 octets (RFC 5321 §4.5.3.1.6).
        case longLine(Int)
        /// NUL octets.
        case nul
        /// A stream that nobody has looked through goes to a server without 8BITMIME.
        case unstatedEncoding
        /// The domain of an address goes in its ASCII form, since the server does not offer SMTPUTF8 (RFC 5890 §2.3.2.1).
        case asciiDomain(String)
    }

    /// One mail transaction.
    public struct Transaction: Hashable, Sendable {
        /// MAIL.
        public let mail: SMTPCommand

        /// RCPT for each recipient.
        public let recipients: [SMTPCommand]

        /// The recipients' places in the envelope.
        public let indices: [Int]
    }

    /// The transactions: more than one where the server limits the recipients of one (RFC 9422 §4.2).
    public let transactions: [Transaction]

    /// How the content goes.
    public let transfer: Transfer

    /// Whether the commands of the envelope go in one group (RFC 2920).
    public let isPipelined: Bool

    /// Whether the server is an LMTP server, which answers the content once for each recipient (RFC 2033).
    public let isLMTP: Bool

    /// What a refused recipient means for the others.
    public let policy: RecipientPolicy

    /// The octets of the content as SIZE counts them, or `nil` for a stream.
    public let size: UInt64?

    /// The octets the content takes on the wire, dots and terminator included, or `nil` for a stream; in chunks, their
    /// command lines not included.
    public let wireSize: UInt64?

    /// What is not wrong and may surprise.
    public let warnings: [Warning]

    let form: ContentForm

    /// What the server limits for the session.
    let limits: SessionLimits

    /// The paths of the envelope, in order.
    let forwardPaths: [ForwardPath]
}

/// What a server allows a session (RFC 9422 §4); `nil` where it states nothing.
struct SessionLimits: Hashable, Sendable {
    /// MAIL commands, refused ones too.
    var mailCount: Int?

    /// Domains of recipients.
    var domainCount: Int?
}

extension DeliveryPlan {
    /// The commands of the first transaction as lines, the content as a line in brackets: what a transcript of a
    /// delivery without refusals shows.
    public var lines: [String] {
        guard let first = transactions.first else { return [] }
        var lines = [first.mail.redactedLine] + first.recipients.map(\.redactedLine)
        switch transfer {
        case .data: lines += ["DATA", "(\(wireSize.map { "\($0)" } ?? "some") octets of content)"]
        case .chunks: lines.append("BDAT \(wireSize.map { "\($0)" } ?? "…") LAST")
        }
        return lines
    }

    func command(for step: TransactionMachine.Step, of transaction: Transaction) -> SMTPCommand {
        switch step {
        case .clear: .reset
        case .mail: transaction.mail
        case .recipient(let index): transaction.recipients[index]
        case .data, .content, .terminator, .chunk: .data
        }
    }
}

extension DeliveryPlan.Warning: CustomStringConvertible {
    /// One line that says what may surprise.
    public var description: String {
        switch self {
        case .longLocalPart(let address): "the local part of \(DisplayText.escape(address)) has more than 64 octets"
        case .longDomain(let address): "the domain of \(DisplayText.escape(address)) has more than 255 octets"
        case .longPath(let address): "the path <\(DisplayText.escape(address))> has more than 256 octets"
        case .manyRecipients(let count): "\(count) recipients in one transaction; a server need not take more than 100"
        case .longLine(let length): "a line of \(length) octets; a server need not take more than 998"
        case .nul: "the content has NUL octets, which servers change or refuse"
        case .unstatedEncoding: "the stream may have 8-bit octets, and the server does not offer 8BITMIME"
        case .asciiDomain(let domain): "the domain is sent as \(domain): the server does not offer SMTPUTF8"
        }
    }
}
