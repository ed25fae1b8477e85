/// A domain name: labels of letters, digits and hyphens with dots between (RFC 5321 §4.1.2).
///
/// Labels beyond ASCII are taken as they are (RFC 6531 §3.3), and make the domain internationalised. The case is kept,
/// and does not count when domains are compared.
public struct Domain: Sendable {
    /// The most octets of a domain here; RFC 5321 §4.5.3.1.2 asks for 255, which DNS cannot exceed.
    public static let lengthLimit = 512

    /// The name.
    public let name: String

    /// Creates a domain.
    ///
    /// - Throws: ``WireError`` with the first octet that has no place.
    public init(_ name: String) throws(WireError) {
        try Self.check(name, allowsUnderscore: false)
        self.name = name
    }

    /// Creates a domain as it is met in the wild: underscores, and a dot at the end, which is dropped.
    ///
    /// - Throws: ``WireError`` with the first octet that has no place all the same.
    public init(lenient name: String) throws(WireError) {
        let name = name.utf8.count > 1 && name.hasSuffix(".") ? String(name.dropLast()) : name
        try Self.check(name, allowsUnderscore: true)
        self.name = name
    }

    /// Whether the name has characters beyond ASCII.
    public var isInternationalized: Bool { name.utf8.contains { $0 >= 0x80 } }

    private static func check(_ name: String, allowsUnderscore: Bool) throws(WireError) {
        let octets = Array(name.utf8)
        guard !octets.isEmpty else { throw WireError(.empty, in: .domain, at: 0) }
        guard octets.count <= lengthLimit else { throw WireError(.tooLong(limit: lengthLimit), in: .domain) }
        if let offset = name.firstC1ControlOffset {
            throw WireError(.invalidOctet, in: .domain, octet: octets[offset], at: offset)
        }
        for (offset, octet) in octets.enumerated() {
            let isInside = offset > 0 && octets[offset - 1] != Octet.dot
            let isBeforeMore = offset + 1 < octets.count && octets[offset + 1] != Octet.dot
            let isLegal =
                switch octet {
                case Octet.dot: isInside && offset + 1 < octets.count
                case Octet.hyphen: isInside && isBeforeMore
                case 0x5F: allowsUnderscore
                default: Octet.isLetterOrDigit(octet) || octet >= 0x80
                }
            guard isLegal else { throw WireError(.invalidOctet, in: .domain, octet: octet, at: offset) }
        }
        for label in octets.split(separator: Octet.dot) where label.count > 63 && label.allSatisfy({ $0 < 0x80 }) {
            throw WireError(.tooLong(limit: 63), in: .domain, at: label.startIndex)
        }
    }
}

extension Domain: Hashable {
    /// Whether both are the same name, the case of ASCII letters apart.
    public static func == (lhs: Domain, rhs: Domain) -> Bool {
        lhs.name.lowercased() == rhs.name.lowercased()
    }

    /// Hashes the name without its case.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name.lowercased())
    }
}

extension Domain: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
