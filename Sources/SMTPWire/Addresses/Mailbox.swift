/// A mailbox: a local part at a host (RFC 5321 §4.1.2, RFC 6531 §3.3).
///
/// An illegal one cannot be built, so nothing that ends a line, closes a path or begins a parameter can enter a command
/// by way of an address.
public struct Mailbox: Hashable, Sendable {
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
        let octets = Array(text.utf8)
        let isQuoted = octets.first == 0x22
        let (local, at) = try isQuoted ? Self.quotedLocalPart(octets) : Self.dotString(octets)
        let hostText = String(decoding: octets[(at + 1)...], as: UTF8.self)
        let host = try Self.host(hostText, offset: at + 1) { name throws(WireError) in try Domain(name) }
        self.init(localPart: local, host: host)
    }

    /// Creates a mailbox as it is met in the wild.
    ///
    /// What stands before the last `@` need not be atoms, as in `a..b@example.org` and `a.@example.org`, and is sent in
    /// quotes then. The domain may have underscores and a dot at its end. Controls are refused all the same.
    ///
    /// - Throws: ``WireError``.
    public init(lenient text: String) throws(WireError) {
        let octets = Array(text.utf8)
        guard let at = octets.lastIndex(of: 0x40) else { throw Self.withoutAt(octets) }
        let local: LocalPart
        if octets.first == 0x22, let (quoted, end) = try? Self.quotedLocalPart(octets), end == at {
            local = quoted
        } else {
            local = try LocalPart(unquoted: String(decoding: octets[..<at], as: UTF8.self))
        }
        let hostText = String(decoding: octets[(at + 1)...], as: UTF8.self)
        let host = try Self.host(hostText, offset: at + 1) { name throws(WireError) in try Domain(lenient: name) }
        self.init(localPart: local, host: host)
    }

    /// Whether it has characters beyond ASCII, for which the server must offer SMTPUTF8.
    public var isInternationalized: Bool {
        if localPart.isInternationalized { return true }
        return if case .domain(let domain) = host { domain.isInternationalized } else { false }
    }

    // MARK: Parsing

    private static func dotString(_ octets: [UInt8]) throws(WireError) -> (LocalPart, at: Int) {
        guard let at = octets.firstIndex(of: 0x40) else { throw withoutAt(octets) }
        guard at > 0 else { throw WireError(.empty, in: .localPart, at: 0) }
        if let offset = LocalPart.firstOffsetOutsideDotString(octets[..<at]) {
            // A dot in front of the `@` is itself what has no place.
            let culprit = min(offset, at - 1)
            throw WireError(.invalidOctet, in: .localPart, octet: octets[culprit], at: culprit)
        }
        return (try LocalPart(unquoted: String(decoding: octets[..<at], as: UTF8.self)), at)
    }

    private static func quotedLocalPart(_ octets: [UInt8]) throws(WireError) -> (LocalPart, at: Int) {
        var unquoted: [UInt8] = []
        var offsets: [Int] = []
        var index = 1
        while index < octets.count, octets[index] != 0x22 {
            if octets[index] == 0x5C { index += 1 }
            guard index < octets.count else { break }
            unquoted.append(octets[index])
            offsets.append(index)
            index += 1
        }
        guard index < octets.count else { throw WireError(.incomplete, in: .localPart, at: octets.count) }
        guard index + 1 < octets.count else { throw WireError(.incomplete, in: .mailbox, at: octets.count) }
        guard octets[index + 1] == 0x40 else {
            throw WireError(.invalidOctet, in: .localPart, octet: octets[index + 1], at: index + 1)
        }
        let text = String(decoding: unquoted, as: UTF8.self)
        let local = try LocalPart(unquoted: text, offset: { $0 < offsets.count ? offsets[$0] : index })
        return (local, index + 1)
    }

    /// No `@`: what is to blame is an octet that could not stand before one either, or the end.
    private static func withoutAt(_ octets: [UInt8]) -> WireError {
        if octets.isEmpty { return WireError(.empty, in: .mailbox, at: 0) }
        if let offset = octets.firstIndex(where: { Octet.isControl($0) || $0 == Octet.space }) {
            return WireError(.invalidOctet, in: .mailbox, octet: octets[offset], at: offset)
        }
        return WireError(.incomplete, in: .mailbox, at: octets.count)
    }

    private static func host(
        _ text: String,
        offset: Int,
        _ makeDomain: (String) throws(WireError) -> Domain
    ) throws(WireError) -> Host {
        do throws(WireError) {
            return text.hasPrefix("[") ? .literal(try AddressLiteral(text)) : .domain(try makeDomain(text))
        } catch {
            throw WireError(error.kind, in: error.subject, octet: error.octet, at: error.offset.map { $0 + offset })
        }
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
