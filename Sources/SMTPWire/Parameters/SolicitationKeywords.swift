/// What a message solicits, or what a server does not want to be solicited for: names such as
/// `org.example:ADV:ADLT` (RFC 3865 §2.2).
public struct SolicitationKeywords: Hashable, Sendable {
    /// The most octets of all keywords with the commas between them.
    public static let lengthLimit = 1000

    /// The keywords; at least one.
    public let keywords: [String]

    /// Creates a list.
    ///
    /// - Throws: ``WireError`` for an empty list, one beyond the limit, and a keyword that is not a letter with letters,
    ///   digits, `.`, `-`, `_` and `:` behind it; the offset counts from the start of that keyword.
    public init(_ keywords: [String]) throws(WireError) {
        guard !keywords.isEmpty else { throw WireError(.empty, in: .solicitation) }
        var rest = Self.lengthLimit
        for keyword in keywords {
            try NameText.check(keyword, in: .solicitation, limit: Self.lengthLimit, Self.isLegal)
            if let first = keyword.utf8.first, !Octet.isLetter(first) {
                throw WireError(.invalidOctet, in: .solicitation, octet: first, at: 0)
            }
            // The limit is of all together: of this one no more than is left.
            if let octet = keyword.utf8.dropFirst(max(rest, 0)).first {
                throw WireError(.tooLong(limit: Self.lengthLimit), in: .solicitation, octet: octet, at: max(rest, 0))
            }
            rest -= keyword.utf8.count + 1
        }
        self.keywords = keywords
    }

    private static func isLegal(_ octet: UInt8) -> Bool {
        Octet.isLetterOrDigit(octet) || [0x2E, 0x2D, 0x5F, 0x3A].contains(octet)
    }
}

extension SolicitationKeywords: CustomStringConvertible {
    /// The keywords with commas between.
    public var description: String { keywords.joined(separator: ",") }
}
