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
        guard IPAddressText.fault(in: octets) == nil else { return nil }
        content = octets.contains(IPAddressText.colon) ? "IPv6:" + text : text
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
        try WireError.checkLength(of: content, limit: Self.lengthLimit, in: .addressLiteral)
        guard !content.isEmpty else { throw WireError(.empty, in: .addressLiteral, at: start + 1) }
        if let fault = Self.fault(in: content) { throw WireError(faultAt: fault, of: content, in: .addressLiteral) }
        self.content = String(decoding: content, as: UTF8.self)
    }

    /// `dcontent`: visible, without brackets and backslash.
    private static func isContent(_ octet: UInt8) -> Bool { Octet.isVisible(octet) && !(0x5B...0x5D).contains(octet) }

    /// The first octet that has no place; the end if something is missing.
    private static func fault(in content: ArraySlice<UInt8>) -> Int? {
        let tag = content.prefix { $0 != IPAddressText.colon }
        guard tag.endIndex < content.endIndex else { return IPAddressText.faultInIPv4(content) }
        let rest = content[(tag.endIndex + 1)...]
        if tag.elementsEqual("ipv6".utf8, by: { Octet.lowercased($0) == $1 }) { return IPAddressText.faultInIPv6(rest) }
        // Standardized-tag: letters, digits and hyphens, and no hyphen at its end.
        if let fault = tag.firstIndex(where: { !Octet.isLetterOrDigit($0) && $0 != Octet.hyphen }) { return fault }
        if tag.isEmpty || tag.last == Octet.hyphen { return tag.endIndex }
        return rest.isEmpty ? rest.endIndex : nil
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
