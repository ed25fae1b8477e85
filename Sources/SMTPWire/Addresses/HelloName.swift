/// Who a client says it is, in EHLO, HELO and LHLO: a domain or an address literal (RFC 5321 §4.1.1.1).
///
/// A domain beyond ASCII must be given as A-labels, since it is sent before the server can say whether it takes others
/// (RFC 6531 §3.7.1).
public struct HelloName: Hashable, Sendable {
    /// What stands behind the verb.
    public let text: String

    /// Creates a name from `client.example.org`, `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
    ///
    /// - Throws: ``WireError`` with the first octet that has no place.
    public init(_ text: String) throws(WireError) {
        try self.init(text, isLenient: false)
    }

    /// Creates a name as it is met in the wild, with underscores and a dot at its end.
    ///
    /// - Throws: ``WireError``.
    public init(lenient text: String) throws(WireError) {
        try self.init(text, isLenient: true)
    }

    /// Creates the name of a host without one: its IPv4 or IPv6 address given as text; `nil` if that is none.
    public init?(address: String) {
        guard let literal = AddressLiteral(address: address) else { return nil }
        text = literal.description
    }

    private init(_ text: String, isLenient: Bool) throws(WireError) {
        let octets = Array(text.utf8)
        do throws(WireError) {
            if octets.first == 0x5B {
                self.text = try AddressLiteral(octets[...]).description
            } else {
                self.text = try Domain(octets[...], isLenient: isLenient).name
            }
        } catch {
            throw WireError(error.kind, in: .helloName, octet: error.octet, at: error.offset)
        }
        if let offset = octets.firstIndex(where: { $0 >= 0x80 }) {
            throw WireError(.invalidOctet, in: .helloName, octet: octets[offset], at: offset)
        }
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
