/// A mail transaction as a ``MailSink`` saw it: the truth about what it holds, and for whom.
public struct SinkTransaction: Hashable, Sendable {
    /// A recipient that was asked for.
    public struct Recipient: Hashable, Sendable {
        /// The forward-path with its parameters.
        public let forwardPath: SinkPath

        /// Whether RCPT was accepted.
        public internal(set) var isAccepted: Bool

        /// Whether the server holds the message for this recipient, whatever the client was told.
        public internal(set) var holdsMessage = false
    }

    /// How a transaction ended.
    @nonexhaustive
    public enum Outcome: Hashable, Sendable {
        /// The server holds the message for one recipient at least.
        case accepted
        /// The content was refused, for all recipients.
        case refused
        /// It was given up, by RSET or a new hello.
        case reset
        /// The session ended before it.
        case abandoned
    }

    /// The number of its session, from 0.
    public let session: Int

    /// The reverse-path with its parameters.
    public let reversePath: SinkPath

    /// The user the client had authenticated as, if any.
    public let user: String?

    /// Whether it came under TLS.
    public let isEncrypted: Bool

    /// What XFORWARD said before of the client, by the attributes' names in upper case, decoded.
    public internal(set) var forwarded: [String: String] = [:]

    /// The recipients asked for, refused ones too, in order.
    public internal(set) var recipients: [Recipient] = []

    /// The content, transparency taken away; cut at ``SinkLimits/recordedContent``.
    ///
    /// What came of it, if it did not come whole.
    public internal(set) var content: [UInt8] = []

    /// The octets of the content, also of what was not kept.
    public internal(set) var contentLength = 0

    /// The octets of each chunk, if the content came by BDAT or BURL, as far as ``SinkLimits/recordedInput`` goes.
    public private(set) var chunks: [Int] = []

    /// The URLs the content was fetched from, by BURL, as far as ``SinkLimits/recordedInput`` goes.
    public private(set) var urls: [String] = []

    /// The octets that the records of chunks and URLs hold, roughly.
    private var chunksFootprint = 0

    /// Whether the content had a CR or LF that was no part of a CRLF; looked for in DATA only.
    public internal(set) var hasBareLineEnds = false

    /// How it ended.
    public internal(set) var outcome: Outcome = .abandoned

    init(session: Int, reversePath: SinkPath, user: String?, isEncrypted: Bool) {
        self.session = session
        self.reversePath = reversePath
        self.user = user
        self.isEncrypted = isEncrypted
    }

    /// The addresses the server holds the message for, in order, once for each RCPT.
    public var acceptedRecipients: [String] { recipients.filter(\.holdsMessage).map(\.forwardPath.address) }

    /// The content as text.
    public var text: String { String(decoding: content, as: UTF8.self) }

    /// The octets this record holds, roughly.
    var footprint: Int {
        let paths = recipients.reduce(reversePath.octets.count) { $0 + $1.forwardPath.octets.count }
        return content.count + paths + chunksFootprint + forwarded.footprint + (user?.utf8.count ?? 0)
    }

    /// Records a chunk, fetched from `url` if there is one, while the chunks and URLs hold less than `limit` octets.
    ///
    /// The first is recorded in any case: that there is one matters.
    mutating func recordChunk(_ count: Int, from url: String? = nil, limit: Int) {
        guard chunks.isEmpty || chunksFootprint < limit else { return }
        chunks.append(count)
        chunksFootprint += 8
        guard let url else { return }
        urls.append(url)
        chunksFootprint += 16 + url.utf8.count
    }
}

extension [String: String] {
    /// The octets of attributes as a line holds them.
    var footprint: Int { reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 2 } }
}
