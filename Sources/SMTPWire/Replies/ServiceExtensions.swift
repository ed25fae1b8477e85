/// What a server offers beyond the basic commands: the keywords of its reply to EHLO (RFC 5321 §4.1.1.1).
///
/// Keywords are compared without regard to case; unknown ones are kept with their parameters.
public struct ServiceExtensions: Hashable, Sendable {
    /// The most keywords that are kept; further ones are dropped.
    public static let keywordLimit = 256

    /// The name of a service extension.
    public struct Keyword: Hashable, Sendable {
        /// The name in upper case.
        public let name: String

        /// Creates a keyword of any name.
        public init(_ name: String) {
            self.name = name.uppercased()
        }
    }

    private struct Entry: Hashable {
        let keyword: Keyword
        let parameters: [String]
    }

    private var entries: [Entry] = []

    /// Creates the extensions of a server that offers none.
    public init() {}

    /// Takes the extensions from a reply to EHLO or LHLO; its first line names the server and is none.
    public init(_ reply: SMTPReply) {
        for line in reply.lines.dropFirst() { add(line) }
    }

    /// Takes the extensions from a text with one keyword and its parameters on each line.
    public init(text: String) {
        for line in text.utf8.split(whereSeparator: { $0 == Octet.lineFeed || $0 == Octet.carriageReturn }) {
            add(Array(line)[...])
        }
    }

    /// The keywords, in the order offered.
    public var keywords: [Keyword] { entries.map(\.keyword) }

    /// Whether nothing is offered.
    public var isEmpty: Bool { entries.isEmpty }

    /// Whether `keyword` is offered.
    public func contains(_ keyword: Keyword) -> Bool {
        entries.contains { $0.keyword == keyword }
    }

    /// The parameters offered with `keyword`, or `nil` if it is not offered.
    public func parameters(of keyword: Keyword) -> [String]? {
        entries.first { $0.keyword == keyword }?.parameters
    }

    /// The largest content the server takes, in octets, or `nil` if it states none: no SIZE, or SIZE 0 (RFC 1870 §5).
    public var sizeLimit: Int? {
        parameters(of: .size)?.first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The SASL mechanisms offered, in upper case and in order, each once; the form `AUTH=` of old servers counts too.
    public var authenticationMechanisms: [String] {
        var seen: Set<String> = []
        return entries.filter { $0.keyword == .auth }.flatMap(\.parameters).map { $0.uppercased() }
            .filter { seen.insert($0).inserted }
    }

    private mutating func add(_ line: ArraySlice<UInt8>) {
        let words = line.split { $0 == Octet.space || $0 == 0x09 }.map { DisplayText.escape($0) }
        guard var name = words.first, entries.count < Self.keywordLimit else { return }
        var parameters = Array(words.dropFirst())
        if name.uppercased().hasPrefix("AUTH=") {
            let mechanism = String(name.dropFirst(5))
            name = "AUTH"
            if !mechanism.isEmpty { parameters.insert(mechanism, at: 0) }
        }
        entries.append(Entry(keyword: Keyword(name), parameters: parameters))
    }
}

extension ServiceExtensions.Keyword {
    /// PIPELINING (RFC 2920).
    public static let pipelining = Self("PIPELINING")
    /// CHUNKING (RFC 3030).
    public static let chunking = Self("CHUNKING")
    /// BINARYMIME (RFC 3030).
    public static let binaryMIME = Self("BINARYMIME")
    /// SIZE (RFC 1870).
    public static let size = Self("SIZE")
    /// STARTTLS (RFC 3207).
    public static let startTLS = Self("STARTTLS")
    /// AUTH (RFC 4954).
    public static let auth = Self("AUTH")
    /// 8BITMIME (RFC 6152).
    public static let eightBitMIME = Self("8BITMIME")
    /// SMTPUTF8 (RFC 6531).
    public static let smtpUTF8 = Self("SMTPUTF8")
    /// ENHANCEDSTATUSCODES (RFC 2034).
    public static let enhancedStatusCodes = Self("ENHANCEDSTATUSCODES")
    /// DSN (RFC 3461).
    public static let dsn = Self("DSN")
    /// DELIVERBY (RFC 2852).
    public static let deliverBy = Self("DELIVERBY")
    /// FUTURERELEASE (RFC 4865).
    public static let futureRelease = Self("FUTURERELEASE")
    /// MT-PRIORITY (RFC 6710).
    public static let mtPriority = Self("MT-PRIORITY")
    /// NO-SOLICITING (RFC 3865).
    public static let noSoliciting = Self("NO-SOLICITING")
    /// BURL (RFC 4468).
    public static let burl = Self("BURL")
    /// REQUIRETLS (RFC 8689).
    public static let requireTLS = Self("REQUIRETLS")
    /// LIMITS (RFC 9422).
    public static let limits = Self("LIMITS")
    /// PRDR (draft-hall-prdr).
    public static let prdr = Self("PRDR")
    /// XCLIENT (Postfix).
    public static let xclient = Self("XCLIENT")
    /// XFORWARD (Postfix).
    public static let xforward = Self("XFORWARD")
    /// ETRN (RFC 1985).
    public static let etrn = Self("ETRN")
    /// ATRN (RFC 2645).
    public static let atrn = Self("ATRN")
    /// VRFY (RFC 5321).
    public static let vrfy = Self("VRFY")
    /// EXPN (RFC 5321).
    public static let expn = Self("EXPN")
    /// HELP (RFC 5321).
    public static let help = Self("HELP")
}
