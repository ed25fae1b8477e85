/// A host by its address, in square brackets (RFC 5321 §4.1.3).
public struct AddressLiteral: Sendable {
    /// The most octets between the brackets.
    public static let lengthLimit = 256

    /// What stands between the brackets.
    public let content: String

    /// Creates a literal from what stands in brackets: `[192.0.2.1]`, `[IPv6:2001:db8::1]` or `[tag:content]`.
    ///
    /// - Throws: ``WireError``.
    public init(_ text: String) throws(WireError) {
        try self.init(Array(text.utf8)[...])
    }

    /// Creates the literal of an IPv4 or IPv6 address given as text, or `nil` if it is none; a zone is dropped.
    public init?(address: String) {
        let octets = Array(address.utf8).prefix { $0 != 0x25 }
        let text = String(decoding: octets, as: UTF8.self)
        if IPAddressText.isIPv4(octets) {
            content = text
        } else if IPAddressText.isIPv6(octets) {
            content = "IPv6:" + text
        } else {
            return nil
        }
    }

    // Offsets in errors are the indices of `octets`, so that they count from the start of what the caller gave.
    init(_ octets: ArraySlice<UInt8>) throws(WireError) {
        let start = octets.startIndex
        guard octets.first == 0x5B else {
            throw WireError(
                octets.isEmpty ? .empty : .invalidOctet,
                in: .addressLiteral,
                octet: octets.first,
                at: start
            )
        }
        let content = octets.dropFirst().prefix { Self.isContent($0) }
        guard content.endIndex < octets.endIndex else {
            throw WireError(.incomplete, in: .addressLiteral, at: octets.endIndex)
        }
        // The bracket that closes it must be the first octet that is no content, and the last of all.
        let end = octets[content.endIndex] == 0x5D ? content.endIndex + 1 : content.endIndex
        guard end == octets.endIndex else {
            throw WireError(.invalidOctet, in: .addressLiteral, octet: octets[end], at: end)
        }
        guard content.count <= Self.lengthLimit else {
            throw WireError(.tooLong(limit: Self.lengthLimit), in: .addressLiteral)
        }
        guard !content.isEmpty else { throw WireError(.empty, in: .addressLiteral, at: start + 1) }
        guard Self.isLegal(content) else { throw WireError(.outOfRange, in: .addressLiteral, at: start + 1) }
        self.content = String(decoding: content, as: UTF8.self)
    }

    /// `dcontent`: visible, without brackets and backslash.
    private static func isContent(_ octet: UInt8) -> Bool { Octet.isVisible(octet) && !(0x5B...0x5D).contains(octet) }

    private static func isLegal(_ content: ArraySlice<UInt8>) -> Bool {
        if IPAddressText.isIPv4(content) { return true }
        let tag = content.prefix { $0 != IPAddressText.colon }
        guard tag.endIndex < content.endIndex else { return false }
        let rest = content[(tag.endIndex + 1)...]
        if tag.elementsEqual("ipv6".utf8, by: { Octet.lowercased($0) == $1 }) { return IPAddressText.isIPv6(rest) }
        // Standardized-tag: letters, digits and hyphens, and no hyphen at its end.
        return !rest.isEmpty && !tag.isEmpty && tag.last != Octet.hyphen
            && tag.allSatisfy { Octet.isLetterOrDigit($0) || $0 == Octet.hyphen }
    }
}

extension AddressLiteral: Hashable {
    /// Whether both are the same text, the case of ASCII letters apart.
    public static func == (lhs: AddressLiteral, rhs: AddressLiteral) -> Bool {
        lhs.content.isSameIgnoringASCIICase(as: rhs.content)
    }

    /// Hashes the content without its case.
    public func hash(into hasher: inout Hasher) {
        content.hashIgnoringASCIICase(into: &hasher)
    }
}

extension AddressLiteral: CustomStringConvertible {
    /// The literal with its brackets.
    public var description: String { "[\(content)]" }
}

/// The textual forms of IP addresses (RFC 5321 §4.1.3).
enum IPAddressText {
    static let colon: UInt8 = 0x3A

    static func isIPv4(_ octets: ArraySlice<UInt8>) -> Bool {
        let parts = octets.split(separator: Octet.dot, omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy(Octet.isDigit)
                    && part.reduce(0, { $0 * 10 + Int($1 - 0x30) }) < 256
            }
    }

    /// Eight groups; or `::` once, for two groups of zeroes or more; an IPv4 address may stand for the last two.
    static func isIPv6(_ octets: ArraySlice<UInt8>) -> Bool {
        var rest = octets
        var groupCount = 0
        var hasGap = rest.starts(with: [colon, colon])
        if hasGap { rest = rest.dropFirst(2) }
        while !rest.isEmpty {
            let group = rest.prefix { $0 != colon }
            rest = rest[group.endIndex...]
            if rest.isEmpty, isIPv4(group) {
                groupCount += 2
                break
            }
            guard (1...4).contains(group.count), group.allSatisfy({ Octet.hexadecimalValue($0) != nil }) else {
                return false
            }
            groupCount += 1
            guard !rest.isEmpty else { break }
            rest = rest.dropFirst()
            if rest.first == colon {
                guard !hasGap else { return false }
                hasGap = true
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return false
            }
        }
        return hasGap ? groupCount <= 6 : groupCount == 8
    }
}
