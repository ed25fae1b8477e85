/// Where a server finds content by itself: the absolute URL of BURL (RFC 4468), mostly of IMAP with URLAUTH.
///
/// Such a URL is itself the permission to read what it names, so it is never shown.
public struct ContentURL: Hashable, Sendable {
    /// The most octets of a URL here.
    public static let lengthLimit = 8192

    /// The URL as it is sent.
    public let text: String

    /// Creates a URL.
    ///
    /// - Throws: ``WireError`` for what no URL has, such as spaces and characters beyond ASCII, and for one without a
    ///   scheme.
    public init(_ text: String) throws(WireError) {
        try NameText.check(text, in: .contentURL, limit: Self.lengthLimit, Self.isLegal)
        let octets = Array(text.utf8)
        let scheme = octets.prefix { $0 != 0x3A }
        guard scheme.count < octets.count - 1 else {
            throw WireError(.incomplete, in: .contentURL, at: octets.count)
        }
        let offender = scheme.indices.first { !Self.isLegal(scheme[$0], inSchemeAt: $0) }
        if let offender { throw WireError(.invalidOctet, in: .contentURL, octet: octets[offender], at: offender) }
        if scheme.isEmpty { throw WireError(.empty, in: .contentURL, at: 0) }
        self.text = text
    }

    /// Reserved, unreserved and `%` of RFC 3986 §2; brackets are for addresses.
    private static func isLegal(_ octet: UInt8) -> Bool {
        guard Octet.isVisible(octet) else { return false }
        return switch octet {
        case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B...0x7D: false
        default: true
        }
    }

    private static func isLegal(_ octet: UInt8, inSchemeAt offset: Int) -> Bool {
        offset == 0
            ? Octet.isLetter(octet) : Octet.isLetterOrDigit(octet) || [0x2B, 0x2D, 0x2E].contains(octet)
    }
}

extension ContentURL: CustomStringConvertible, CustomReflectable {
    /// A mark in the place of the URL.
    public var description: String { "(URL)" }

    /// Nothing of the URL.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
