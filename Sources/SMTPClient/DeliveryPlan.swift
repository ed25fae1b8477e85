internal import SMTPSession
internal import SMTPTransport
public import SMTPWire

/// What will be sent for a message, decided and checked before a byte of it is: ``SMTPConnection/send(_:envelope:policy:progress:)``
/// does just this.
public struct DeliveryPlan: Hashable, Sendable {
    /// How the content goes.
    @nonexhaustive
    public enum Transfer: Hashable, Sendable {
        /// By DATA, with transparency and a terminator (RFC 5321 §4.5.2).
        case data
        /// By BDAT, in chunks with their size before them (RFC 3030 §2).
        case chunks
        /// By BURL: the server fetches it (RFC 4468).
        case url
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

    /// Something that was asked for and does not go to this server.
    @nonexhaustive
    public enum Dropped: Hashable, Sendable {
        /// A parameter of MAIL whose extension is not offered; see ``SMTPConfiguration/dropsOptionalParameters``.
        case mailParameter(MailParameter)
        /// A parameter of RCPT, likewise.
        case recipientParameter(RecipientParameter, of: ForwardPath)
        /// A recipient beyond what the server takes in this session: another connection may have it (RFC 9422 §4).
        case recipient(ForwardPath)
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

    /// The transactions, in order: more than one where the server limits the recipients of one (RFC 9422 §4.2), or states no
    /// limit and there are more than 1000.
    ///
    /// A message for all or nobody, and content that can be read once, is not divided at 1000.
    public private(set) var transactions: [Transaction]

    /// How the content goes.
    public let transfer: Transfer

    /// Whether the commands of the envelope go in one group (RFC 2920).
    public let isPipelined: Bool

    /// Whether the server is an LMTP server, which answers the content once for each recipient (RFC 2033).
    public let isLMTP: Bool

    /// What a refused recipient means for the others.
    public let policy: RecipientPolicy

    /// The octets of the content as SIZE counts them, or `nil` for a stream, and for what the server fetches.
    public let size: UInt64?

    /// The octets the content takes on the wire, dots and terminator included, or `nil` where ``size`` is; in chunks,
    /// their command lines not included.
    public let wireSize: UInt64?

    /// What was asked for and does not go to this server.
    public private(set) var dropped: [Dropped]

    /// What is not wrong and may surprise.
    public let warnings: [Warning]

    let form: ContentForm

    /// Where the server finds the content, if it goes by BURL.
    let url: ContentURL?

    /// How the connection was protected, which tells what a 530 means.
    let security: TransportSecurity

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
    /// What goes over the wire, a line each, transaction by transaction: the commands, and the content as its size in
    /// brackets, as a transcript of a delivery without refusals shows it.
    ///
    /// The size is `…` where it is not known, and so is that of chunks: a stream goes in as many as it takes.
    public var lines: [String] {
        transactions.flatMap { transaction in
            [transaction.mail.redactedLine] + transaction.recipients.map(\.redactedLine) + contentLines
        }
    }

    private var contentLines: [String] {
        if let url { return [SMTPCommand.burl(url, last: true).redactedLine] }
        guard let wireSize else {
            return (transfer == .data ? ["DATA"] : ["BDAT … LAST"]) + ["(… octets of content)"]
        }
        switch transfer {
        case .data: return ["DATA", "(\(wireSize) octets of content)"]
        case .chunks:
            let sizes = ContentReader.chunkSizes(of: wireSize)
            return sizes.dropLast().flatMap { ["BDAT \($0)", "(\($0) octets of content)"] }
                + sizes.suffix(1).flatMap { ["BDAT \($0) LAST", "(\($0) octets of content)"] }
        case .url: return []
        }
    }
}

extension DeliveryPlan {
    /// The plan as far as a session that has used up `tally` of its limits carries it out.
    func within(_ tally: SessionTally) -> DeliveryPlan {
        guard limits != SessionLimits() else { return self }
        var tally = tally
        var plan = self
        plan.transactions = transactions.compactMap { transaction in
            guard !tally.isAtMailLimit(limits) else { return nil }
            guard let admitted = tally.admit(transaction, of: self) else { return nil }
            tally.mailCount += 1
            return admitted
        }
        let sent = Set(plan.transactions.flatMap(\.indices))
        plan.dropped += forwardPaths.indices.filter { !sent.contains($0) }.map { .recipient(forwardPaths[$0]) }
        return plan
    }
}

extension DeliveryPlan.Dropped: CustomStringConvertible {
    /// One line that says what is dropped, and why.
    public var description: String {
        switch self {
        case .mailParameter(let parameter): "\(parameter): the server does not offer its extension"
        case .recipientParameter(let parameter, let path):
            "\(parameter) of <\(DisplayText.escape("\(path)"))>: the server does not offer its extension"
        case .recipient(let path):
            "<\(DisplayText.escape("\(path)"))>: beyond what the server takes in a session, send it over another"
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
