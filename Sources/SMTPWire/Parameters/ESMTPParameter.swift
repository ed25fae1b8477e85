/// A parameter of MAIL or RCPT of any name (RFC 5321 §4.1.2).
public struct ESMTPParameter: Sendable {
    /// The most octets of a keyword here.
    public static let keywordLengthLimit = 128

    /// The most octets of a value here.
    public static let valueLengthLimit = 4096

    /// The keyword as given; servers do not regard its case.
    public let keyword: String

    /// The value, or `nil` for a keyword alone.
    public let value: String?

    /// Creates a parameter.
    ///
    /// - Throws: ``WireError`` for a keyword that is not letters, digits and hyphens, or a value with controls, spaces
    ///   or `=`, as the grammar has it; characters beyond ASCII are RFC 6531's.
    public init(_ keyword: String, value: String? = nil) throws(WireError) {
        try NameText.check(keyword, in: .parameter, limit: Self.keywordLengthLimit) {
            Octet.isLetterOrDigit($0) || $0 == Octet.hyphen
        }
        if keyword.utf8.first == Octet.hyphen {
            throw WireError(.invalidOctet, in: .parameter, octet: Octet.hyphen, at: 0)
        }
        if let value {
            try NameText.check(value, in: .parameter, limit: Self.valueLengthLimit) {
                $0 > 0x20 && $0 != 0x3D && $0 != 0x7F
            }
            let octets = Array(value.utf8)
            if let offset = UnsafeCharacters.firstBreak(in: octets[...]) {
                throw WireError(.invalidOctet, in: .parameter, octet: octets[offset], at: offset)
            }
        }
        self.keyword = keyword
        self.value = value
    }
}

extension ESMTPParameter: Hashable {
    /// Whether both are sent as the same octets; what is only canonically equivalent is not the same.
    public static func == (lhs: ESMTPParameter, rhs: ESMTPParameter) -> Bool {
        guard lhs.keyword == rhs.keyword else { return false }
        guard let value = lhs.value, let other = rhs.value else { return lhs.value == rhs.value }
        return value.hasSameOctets(as: other)
    }

    /// Hashes the octets.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(keyword)
        for octet in (value ?? "").utf8 { hasher.combine(octet) }
    }
}

extension ESMTPParameter: CustomStringConvertible {
    /// The parameter as it is sent.
    public var description: String { value.map { "\(keyword)=\($0)" } ?? keyword }
}
