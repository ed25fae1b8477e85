/// A domain name: labels of letters, digits and hyphens with dots between (RFC 5321 §4.1.2).
///
/// Labels beyond ASCII are taken as they are (RFC 6531 §3.3), and make the domain internationalised. The case is kept,
/// and that of ASCII letters does not count when domains are compared.
public struct Domain: Sendable {
    /// The most octets of a domain here; RFC 5321 §4.5.3.1.2 asks for 255, which DNS cannot exceed.
    public static let lengthLimit = 512

    /// The most octets of a label of ASCII (RFC 1035 §2.3.4).
    public static let labelLengthLimit = 63

    /// The name.
    public let name: String

    /// Creates a domain.
    ///
    /// - Throws: ``WireError`` with the first octet that has no place.
    public init(_ name: String) throws(WireError) {
        try self.init(Array(name.utf8)[...], isLenient: false)
    }

    /// Creates a domain as it is met in the wild: underscores, and a dot at the end, which is dropped.
    ///
    /// - Throws: ``WireError`` with the first octet that has no place all the same.
    public init(lenient name: String) throws(WireError) {
        try self.init(Array(name.utf8)[...], isLenient: true)
    }

    // Offsets in errors are the indices of `octets`, so that they count from the start of what the caller gave.
    init(_ octets: ArraySlice<UInt8>, isLenient: Bool) throws(WireError) {
        let hasFinalDot = octets.count > 1 && octets.last == Octet.dot
        let octets = isLenient && hasFinalDot ? octets.dropLast() : octets
        try Self.check(octets, allowsUnderscore: isLenient)
        name = String(decoding: octets, as: UTF8.self)
    }

    /// Whether the name has characters beyond ASCII.
    public var isInternationalized: Bool { name.utf8.contains { $0 >= 0x80 } }

    private static func check(_ octets: ArraySlice<UInt8>, allowsUnderscore: Bool) throws(WireError) {
        guard !octets.isEmpty else { throw WireError(.empty, in: .domain, at: octets.startIndex) }
        try WireError.checkLength(of: octets, limit: lengthLimit, in: .domain)
        let invisible = UnsafeCharacters.firstOutsideLabel(in: octets)
        for offset in octets.indices {
            let octet = octets[offset]
            let isInside = offset > octets.startIndex && octets[offset - 1] != Octet.dot
            let isBeforeMore = offset + 1 < octets.endIndex && octets[offset + 1] != Octet.dot
            let isLegal =
                switch octet {
                case Octet.dot: isInside && offset + 1 < octets.endIndex
                case Octet.hyphen: isInside && isBeforeMore
                case 0x5F: allowsUnderscore
                default: Octet.isLetterOrDigit(octet) || octet >= 0x80
                }
            guard isLegal, offset != invisible else {
                throw WireError(.invalidOctet, in: .domain, octet: octet, at: offset)
            }
        }
        // A label beyond ASCII is shorter or longer as an A-label; only IDNA can tell.
        for label in octets.split(separator: Octet.dot) where !label.contains(where: { $0 >= 0x80 }) {
            try WireError.checkLength(of: label, limit: labelLengthLimit, in: .label)
        }
    }
}

extension Domain: Hashable {
    /// Whether both are the same name, the case of ASCII letters apart.
    public static func == (lhs: Domain, rhs: Domain) -> Bool {
        lhs.name.isSameIgnoringASCIICase(as: rhs.name)
    }

    /// Hashes the name without its case.
    public func hash(into hasher: inout Hasher) {
        name.hashIgnoringASCIICase(into: &hasher)
    }
}

extension Domain: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
