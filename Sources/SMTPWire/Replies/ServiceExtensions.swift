/// What a server offers beyond the basic commands: the keywords of its reply to EHLO (RFC 5321 §4.1.1.1).
///
/// Keywords are compared without regard to the case of ASCII letters; unknown ones are kept with their parameters, made
/// safe to show. Where a keyword is offered twice its first line counts, but for AUTH, whose mechanisms are put together.
public struct ServiceExtensions: Hashable, Sendable {
    /// The most keywords that are kept; further ones are dropped.
    public static let keywordLimit = 256

    /// The name of a service extension.
    public struct Keyword: Hashable, Sendable {
        /// The name in upper case.
        public let name: String

        /// Creates a keyword of any name.
        public init(_ name: String) {
            self.name = name.asciiUppercased
        }
    }

    struct Entry: Hashable {
        let keyword: Keyword
        let parameters: [String]
    }

    private(set) var entries: [Entry] = []

    /// Creates the extensions of a server that offers none.
    public init() {}

    /// Takes the extensions from a reply to EHLO or LHLO; its first line names the server and is none.
    ///
    /// A reply that is not positive offers nothing.
    public init(_ reply: SMTPReply) {
        guard reply.isPositiveCompletion else { return }
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

    private mutating func add(_ line: ArraySlice<UInt8>) {
        let words = line.split { $0 == Octet.space || $0 == Octet.tab }.map { DisplayText.escape($0) }
        guard var name = words.first, entries.count < Self.keywordLimit else { return }
        var parameters = Array(words.dropFirst())
        // The form of servers older than RFC 2554.
        if name.utf8.prefix(5).elementsEqual("auth=".utf8, by: { Octet.lowercased($0) == $1 }) {
            let mechanism = String(decoding: name.utf8.dropFirst(5), as: UTF8.self)
            name = "AUTH"
            if !mechanism.isEmpty { parameters.insert(mechanism, at: 0) }
        }
        entries.append(Entry(keyword: Keyword(name), parameters: parameters))
    }
}
