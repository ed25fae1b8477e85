/// Who a client says it is, in EHLO, HELO and LHLO: a domain or an address literal (RFC 5321 §4.1.1.1).
public struct HelloName: Hashable, Sendable {
    /// What stands behind the verb.
    public let text: String

    /// Creates a name from `client.example.org`, `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
    ///
    /// - Throws: ``WireError`` with the first octet that has no place.
    public init(_ text: String) throws(WireError) {
        self.text = text.hasPrefix("[") ? try AddressLiteral(text).description : try Domain(text).name
    }

    /// Creates a name as it is met in the wild, with underscores.
    ///
    /// - Throws: ``WireError``.
    public init(lenient text: String) throws(WireError) {
        self.text = text.hasPrefix("[") ? try AddressLiteral(text).description : try Domain(lenient: text).name
    }

    /// Creates the name of a host without one: its IPv4 or IPv6 address given as text; `nil` if that is none.
    public init?(address: String) {
        guard let literal = AddressLiteral(address: address) else { return nil }
        text = literal.description
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// The name of this machine for itself.
    public static let localhost = HelloName(unchecked: "localhost")
}

extension HelloName: CustomStringConvertible {
    /// What stands behind the verb.
    public var description: String { text }
}
