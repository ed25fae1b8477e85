/// A mailbox: a local part at a host (RFC 5321 §4.1.2, RFC 6531 §3.3).
///
/// An illegal one cannot be built, so nothing that ends a line, closes a path or begins a parameter can enter a command
/// by way of an address. Two are equal if their local parts have the same octets and their hosts are equal.
public struct Mailbox: Sendable {
    /// Where the mailbox is.
    public enum Host: Hashable, Sendable {
        /// A domain name.
        case domain(Domain)
        /// An address in brackets.
        case literal(AddressLiteral)
    }

    /// What stands before the `@`.
    public let localPart: LocalPart

    /// What stands behind the `@`.
    public let host: Host

    /// The mailbox as it is written, computed once: it is sent far more often than built.
    private let text: String

    /// Creates a mailbox of its parts.
    public init(localPart: LocalPart, host: Host) {
        self.localPart = localPart
        self.host = host
        self.text = "\(localPart)@\(host)"
    }

    /// Creates a mailbox from its text: `user@example.org`, `"a b"@example.org`, `user@[192.0.2.1]`.
    ///
    /// - Throws: ``WireError`` with the first octet that has no place, and where it stands in `text`.
    public init(_ text: String) throws(WireError) {
        try self.init(Array(text.utf8)[...], isLenient: false)
    }

    /// Creates a mailbox as it is met in the wild.
    ///
    /// What stands before the last `@` need not be atoms, as in `a..b@example.org` and `a.@example.org`, and is sent in
    /// quotes then. The domain may have underscores and a dot at its end. Controls are refused all the same.
    ///
    /// - Throws: ``WireError``.
    public init(lenient text: String) throws(WireError) {
        try self.init(Array(text.utf8)[...], isLenient: true)
    }

    // Offsets in errors are the indices of `octets`, so that they count from the start of what the caller gave.
    init(_ octets: ArraySlice<UInt8>, isLenient: Bool) throws(WireError) {
        let (local, at) = try isLenient ? Self.anyLocalPart(octets) : Self.localPart(octets)
        let host = octets[(at + 1)...]
        self.init(
            localPart: local,
            host: host.first == 0x5B
                ? .literal(try AddressLiteral(host)) : .domain(try Domain(host, isLenient: isLenient))
        )
    }

    /// Whether it has characters beyond ASCII, for which the server must offer SMTPUTF8.
    public var isInternationalized: Bool {
        if localPart.isInternationalized { return true }
        return if case .domain(let domain) = host { domain.isInternationalized } else { false }
    }

    /// Whether it is longer than what every server must accept: 64 octets before the `@`, 255 behind it, and 256 with the
    /// brackets of a path (RFC 5321 §4.5.3.1).
    public var exceedsGuaranteedLengths: Bool {
        let local = localPart.description.utf8.count
        let whole = text.utf8.count
        return local > 64 || whole - local - 1 > 255 || whole + 2 > 256
    }

    // MARK: Parsing

    private static func localPart(_ octets: ArraySlice<UInt8>) throws(WireError) -> (LocalPart, at: Int) {
        try octets.first == 0x22 ? quotedLocalPart(octets) : dotString(octets)
    }

    private static func anyLocalPart(_ octets: ArraySlice<UInt8>) throws(WireError) -> (LocalPart, at: Int) {
        guard let last = octets.lastIndex(of: 0x40) else { throw withoutAt(octets) }
        // A general address literal may itself have an `@`, and no bracket.
        let bracket = octets.last == 0x5D ? octets.lastIndex(of: 0x5B) : nil
        let at = bracket.flatMap { $0 > octets.startIndex && octets[$0 - 1] == 0x40 ? $0 - 1 : nil } ?? last
        if octets.first == 0x22, let (quoted, end) = try? quotedLocalPart(octets), end == at { return (quoted, at) }
        return (try LocalPart(unquoted: octets[..<at]), at)
    }

    private static func dotString(_ octets: ArraySlice<UInt8>) throws(WireError) -> (LocalPart, at: Int) {
        guard let at = octets.firstIndex(of: 0x40) else { throw withoutAt(octets) }
        let local = octets[..<at]
        guard !local.isEmpty else { throw WireError(.empty, in: .localPart, at: at) }
        if let count = LocalPart.firstOffsetOutsideDotString(local) {
            // A dot in front of the `@` is itself what has no place.
            let culprit = min(local.startIndex + count, at - 1)
            throw WireError(.invalidOctet, in: .localPart, octet: octets[culprit], at: culprit)
        }
        return (try LocalPart(unquoted: local), at)
    }

    private static func quotedLocalPart(_ octets: ArraySlice<UInt8>) throws(WireError) -> (LocalPart, at: Int) {
        var end = octets.startIndex + 1
        while end < octets.endIndex, octets[end] != 0x22 { end += octets[end] == 0x5C ? 2 : 1 }
        // What is wrong inside is told before that the closing quote is missing.
        let local = try LocalPart(quoted: octets[(octets.startIndex + 1)..<min(end, octets.endIndex)])
        guard end < octets.endIndex else { throw WireError(.incomplete, in: .localPart, at: octets.endIndex) }
        guard end + 1 < octets.endIndex else { throw WireError(.incomplete, in: .mailbox, at: octets.endIndex) }
        guard octets[end + 1] == 0x40 else {
            throw WireError(.invalidOctet, in: .localPart, octet: octets[end + 1], at: end + 1)
        }
        return (local, end + 1)
    }

    /// No `@`: what is to blame is an octet that could not stand before one either, or the end.
    private static func withoutAt(_ octets: ArraySlice<UInt8>) -> WireError {
        if octets.isEmpty { return WireError(.empty, in: .mailbox, at: octets.startIndex) }
        if let offset = octets.firstIndex(where: { Octet.isControl($0) || $0 == Octet.space }) {
            return WireError(.invalidOctet, in: .mailbox, octet: octets[offset], at: offset)
        }
        return WireError(.incomplete, in: .mailbox, at: octets.endIndex)
    }
}

extension Mailbox: Hashable {
    /// Whether both have the same local part at the same host.
    public static func == (lhs: Mailbox, rhs: Mailbox) -> Bool {
        lhs.localPart == rhs.localPart && lhs.host == rhs.host
    }

    /// Hashes the local part and the host.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(localPart)
        hasher.combine(host)
    }
}

extension Mailbox: CustomStringConvertible {
    /// The mailbox as it is written, in quotes where it needs them.
    public var description: String { text }
}

extension Mailbox.Host: CustomStringConvertible {
    /// The domain, or the address in brackets.
    public var description: String {
        switch self {
        case .domain(let domain): domain.name
        case .literal(let literal): literal.description
        }
    }
}
