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

    /// Whether each message waits for the one before to be settled.
    var isOneByOne: Bool { self != .crossMessage && self != .streaming }

    /// Whether each command waits for the reply to the one before.
    var isLockStep: Bool { self == .plain || self == .lmtp || self == .prdr || self == .startTLS }

    private var keywords: [String] {
        switch self {
        case .plain, .lmtp: ["8BITMIME"]
        case .pipelined, .crossMessage: ["PIPELINING"]
        case .chunked, .streaming: ["PIPELINING", "CHUNKING"]
        case .prdr: ["PRDR"]
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
            client.chunking = self == .chunked ? .always : .streams
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

    var sender: String { "s\(number)@x.example" }

    var recipients: [String] { (0..<recipientCount).map { "r\(number).\($0)@x.example" } }

    /// As the server holds it.
    var text: String {
        // A line that begins with a dot, and one that looks like the end.
        "S: \(number)\r\n\r\n.\r\n.x\r\n" + String(repeating: "y", count: 7 * number) + "\r\n"
    }

    /// The octets of the content on the wire.
    func wireLength(inChunks isChunked: Bool) -> Int { text.utf8.count + (isChunked ? 0 : 5) }

    func envelope() throws(SMTPError) -> Envelope { try Envelope(from: sender, to: recipients) }

    /// As many as a session of the kind has, with the numbers from `first` on.
    static func several(_ kind: SessionKind, first: Int = 0) -> [TestMessage] {
        (kind.isOneByOne ? [2, 1] : [2, 1, 1]).enumerated().map {
            TestMessage(number: first + $0.offset, recipientCount: $0.element)
        }
    }
}
