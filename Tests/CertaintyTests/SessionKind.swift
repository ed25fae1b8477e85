import SMTPClient
import SMTPTesting
import SMTPTransport
import SMTPWire

/// The ways a session can go, each with all that makes it go so.
enum SessionKind: String, CaseIterable, Sendable {
    /// One command at a time.
    case plain
    /// The envelope and DATA in one group.
    case pipelined
    /// The content by BDAT, behind the envelope.
    case chunked
    /// A reply to the content for each recipient.
    case lmtp
    /// The same announced, with a last one for all.
    case prdr
    /// STARTTLS, and AUTH under it.
    case startTLS
    /// Messages behind each other, by DATA.
    case crossMessage
    /// Messages behind each other without a pause, by BDAT.
    case streaming
    /// A content of several chunks, each answered before the next.
    case chunkByChunk
    /// A content of several chunks, one behind the other.
    case severalChunks
    /// As pipelined, and to all recipients or to none.
    case allOrNothing
    /// As streaming, and each message to all its recipients or to none.
    case allOrNothingStreaming
    /// A transaction for each recipient, since the server takes no more in one.
    case divided
    /// The same, with messages behind each other by BDAT.
    case dividedStreaming

    /// Those that random walks go: of one chunk each, and with the policy they choose themselves.
    static let walked: [SessionKind] = [
        .plain, .pipelined, .chunked, .lmtp, .prdr, .startTLS, .crossMessage, .streaming, .divided, .dividedStreaming,
    ]

    /// Whether each message waits for the one before to be settled.
    var isOneByOne: Bool {
        switch self {
        case .crossMessage, .streaming, .allOrNothingStreaming, .dividedStreaming: false
        default: true
        }
    }

    /// Whether each command waits for the reply to the one before.
    var isLockStep: Bool {
        switch self {
        case .plain, .lmtp, .prdr, .startTLS, .chunkByChunk: true
        default: false
        }
    }

    /// Whether the first message's content goes in several chunks.
    var hasSeveralChunks: Bool { self == .chunkByChunk || self == .severalChunks }

    /// Whether the server takes one recipient in a transaction.
    var isDivided: Bool { self == .divided || self == .dividedStreaming }

    /// What a refused recipient means for the others.
    var policy: RecipientPolicy {
        self == .allOrNothing || self == .allOrNothingStreaming ? .allOrNothing : .anyAccepted
    }

    private var keywords: [String] {
        switch self {
        case .plain, .lmtp: ["8BITMIME"]
        case .pipelined, .crossMessage, .allOrNothing: ["PIPELINING"]
        case .chunked, .streaming, .severalChunks, .allOrNothingStreaming: ["PIPELINING", "CHUNKING"]
        case .chunkByChunk: ["CHUNKING"]
        case .prdr: ["PRDR"]
        case .divided: ["PIPELINING", "LIMITS RCPTMAX=1"]
        case .dividedStreaming: ["PIPELINING", "CHUNKING", "LIMITS RCPTMAX=1"]
        case .startTLS: ["STARTTLS", "AUTH PLAIN"]
        }
    }

    func server() throws -> SinkConfiguration {
        var server = SinkConfiguration()
        server.enforcement = .strict
        server.keywords = keywords
        server.isLMTP = self == .lmtp
        if self == .startTLS {
            server.tls = try Self.serverTLS.get()
            server.enforcement.formUnion([.encryption, .authentication])
            server.mechanisms = [.plain { $0 == "user" && $1 == "secret" }]
        }
        return server
    }

    func client() throws -> SMTPConfiguration {
        guard self == .startTLS else {
            var client = SMTPConfiguration(security: .insecurePlain)
            client.isLMTP = self == .lmtp
            client.chunking = self == .chunked || hasSeveralChunks ? .always : .streams
            return client
        }
        var client = SMTPConfiguration(security: .startTLS(try Self.clientTLS.get()))
        client.credentials = .password(user: "user", Secret("secret"))
        return client
    }

    /// The host in the certificate.
    static let host = "mail.example"

    private static let authority = Result { try CertificateAuthority() }

    private static let clientTLS = Result { () throws -> TLSConfiguration in
        var tls = TLSConfiguration()
        tls.trust = [try authority.get().trust]
        // No session leans on another: each is the same whatever was before it.
        tls.sessionCacheCapacity = 0
        return tls
    }

    private static let serverTLS = Result { () throws -> SinkTLS in
        var tls = TLSConfiguration()
        var request = CertificateRequest(host)
        // Its signatures have one length, so that the same octet means the same in each session.
        request.key = .ed25519
        tls.identity = try authority.get().issue(request).identity
        return SinkTLS(tls)
    }
}

/// A message whose sender, recipients and length no other has.
struct TestMessage: Sendable {
    let number: Int
    let recipientCount: Int

    /// What a refused recipient means for the others.
    var policy = RecipientPolicy.anyAccepted

    /// In how many chunks the content goes, if it goes by BDAT.
    var chunkCount = 1

    var sender: String { "s\(number)@x.example" }

    var recipients: [String] { (0..<recipientCount).map { "r\(number).\($0)@x.example" } }

    /// As the server holds it.
    var text: String {
        // A line that begins with a dot, and one that looks like the end.
        "S: \(number)\r\n\r\n.\r\n.x\r\n" + String(repeating: "y", count: 7 * number) + "\r\n"
            + String(repeating: Self.line, count: (chunkCount - 1) * Self.chunkSize / Self.line.utf8.count)
    }

    /// The size of a chunk that is not the last.
    static let chunkSize = 65_536

    private static let line = String(repeating: "z", count: 62) + "\r\n"

    /// The octets of the content on the wire, and of several chunks those of the last.
    func wireLength(inChunks isChunked: Bool) -> Int {
        let rest = text.utf8.count - (chunkCount - 1) * Self.chunkSize
        // Of a long content by DATA a piece is one octet longer, and has both dots that are doubled.
        return isChunked ? rest : chunkCount > 1 ? rest - (chunkCount - 1) + 3 : rest + 5
    }

    func envelope() throws(SMTPError) -> Envelope { try Envelope(from: sender, to: recipients) }

    func object() throws(SMTPError) -> MailObject { MailObject(.text(text), envelope: try envelope(), policy: policy) }

    /// As many as a session of the kind has, with the numbers from `first` on.
    static func several(_ kind: SessionKind, first: Int = 0) -> [TestMessage] {
        let counts = kind.isOneByOne ? [2, 1] : kind == .dividedStreaming ? [2, 2, 1] : [2, 1, 1]
        return counts.enumerated().map { index, recipientCount in
            TestMessage(
                number: first + index,
                recipientCount: recipientCount,
                policy: kind.policy,
                chunkCount: kind.hasSeveralChunks && index == 0 ? 2 : 1
            )
        }
    }
}
