/// A host by its address, in square brackets (RFC 5321 §4.1.3).
public struct AddressLiteral: Hashable, Sendable {
    /// The most octets between the brackets of a general literal.
    public static let lengthLimit = 256

    /// What stands between the brackets.
    public let content: String

    /// Creates a literal from what stands in brackets: `[192.0.2.1]`, `[IPv6:2001:db8::1]` or `[tag:content]`.
    ///
    /// - Throws: ``WireError``.
    public init(_ text: String) throws(WireError) {
        let octets = Array(text.utf8)
        guard octets.first == 0x5B else {
            throw WireError(octets.isEmpty ? .empty : .invalidOctet, in: .addressLiteral, octet: octets.first, at: 0)
        }
        guard octets.count >= 2, octets.last == 0x5D else {
            throw WireError(.incomplete, in: .addressLiteral, at: octets.count)
        }
        let content = octets[1..<octets.count - 1]
        guard content.count <= Self.lengthLimit else {
            throw WireError(.tooLong(limit: Self.lengthLimit), in: .addressLiteral)
        }
        // dcontent of RFC 5321: visible, without brackets and backslash.
        if let offset = content.firstIndex(where: { !Octet.isVisible($0) || (0x5B...0x5D).contains($0) }) {
            throw WireError(.invalidOctet, in: .addressLiteral, octet: octets[offset], at: offset)
        }
        let string = String(decoding: content, as: UTF8.self)
        guard Self.isLegal(string) else { throw WireError(.outOfRange, in: .addressLiteral, at: 1) }
        self.content = string
    }

    /// Creates the literal of an IPv4 or IPv6 address given as text, or `nil` if it is none; a zone is dropped.
    public init?(address: String) {
        let address = String(address.prefix { $0 != "%" })
        if IPAddressText.isIPv4(address) {
            content = address
        } else if IPAddressText.isIPv6(address) {
            content = "IPv6:" + address
        } else {
            return nil
        }
    }

    private static func isLegal(_ content: String) -> Bool {
        if IPAddressText.isIPv4(content) { return true }
        guard let colon = content.firstIndex(of: ":") else { return false }
        let tag = content[..<colon]
        let rest = content[content.index(after: colon)...]
        if tag.lowercased() == "ipv6" { return IPAddressText.isIPv6(String(rest)) }
        // Standardized-tag: letters, digits and hyphens, and no hyphen at its end.
        return !rest.isEmpty && !tag.isEmpty && tag.last != "-"
            && tag.utf8.allSatisfy { Octet.isLetterOrDigit($0) || $0 == Octet.hyphen }
    }
}

extension AddressLiteral: CustomStringConvertible {
    /// The literal with its brackets.
    public var description: String { "[\(content)]" }
}

/// The textual forms of IP addresses.
enum IPAddressText {
    static func isIPv4(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: Octet.dot, omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy(Octet.isDigit)
                    && part.reduce(0, { $0 * 10 + Int($1 - 0x30) }) < 256
            }
    }

    /// RFC 4291 §2.2: eight groups; `::` once, for one group of zeroes or more; an IPv4 address for the last two.
    static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        switch halves.count {
        case 1: return groupCount(halves[0], mayEndInIPv4: true) == 8
        case 2:
            guard let head = halves[0].isEmpty ? 0 : groupCount(halves[0], mayEndInIPv4: false),
                let tail = halves[1].isEmpty ? 0 : groupCount(halves[1], mayEndInIPv4: true)
            else { return false }
            return head + tail < 8
        default: return false
        }
    }

    private static func groupCount(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        var count = 0
        for (index, group) in groups.enumerated() {
            if group.contains(".") {
                guard mayEndInIPv4, index == groups.count - 1, isIPv4(String(group)) else { return nil }
                count += 2
            } else {
                guard (1...4).contains(group.utf8.count),
                    group.utf8.allSatisfy({ Octet.hexadecimalValue($0) != nil })
                else { return nil }
                count += 1
            }
        }
        return count
    }
}
