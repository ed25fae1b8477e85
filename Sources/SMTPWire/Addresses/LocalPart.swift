/// What stands before the `@` of a mailbox, by its meaning: without quotes and backslashes (RFC 5321 §4.1.2).
///
/// `"a\b"`, `"ab"` and `ab` are the same. It is written as atoms where it can be, and quoted elsewhere. Two are equal if
/// their octets are: only the host they belong to knows what else is the same.
public struct LocalPart: Sendable {
    /// The most octets of a local part here; RFC 5321 §4.5.3.1.1 asks for 64, and some need more.
    public static let lengthLimit = 512

    /// The text it stands for.
    public let text: String

    /// Creates a local part from the text it stands for; quotes in it are part of it.
    ///
    /// - Throws: ``WireError`` for controls, and for text that is empty or beyond the limit.
    public init(unquoted text: String) throws(WireError) {
        try self.init(unquoted: Array(text.utf8)[...])
    }

    // Offsets in errors are the indices of `octets`, so that they count from the start of what the caller gave.
    init(unquoted octets: ArraySlice<UInt8>) throws(WireError) {
        try Self.check(octets)
        try WireError.checkLength(of: octets, limit: Self.lengthLimit, in: .localPart)
        try self.init(checked: octets, at: octets.startIndex)
    }

    /// Creates a local part from what stands between its quotes.
    ///
    /// - Throws: ``WireError``, for a backslash before an octet that needs none and is not ASCII too.
    init(quoted octets: ArraySlice<UInt8>) throws(WireError) {
        try Self.check(octets)
        var unquoted: [UInt8] = []
        unquoted.reserveCapacity(octets.count)
        var isEscaped = false
        for (offset, octet) in zip(octets.indices, octets) {
            if isEscaped, octet >= 0x80 {
                throw WireError(.invalidOctet, in: .localPart, octet: octet, at: offset)
            }
            isEscaped = !isEscaped && octet == 0x5C
            if isEscaped { continue }
            guard unquoted.count < Self.lengthLimit else {
                throw WireError(.tooLong(limit: Self.lengthLimit), in: .localPart, octet: octet, at: offset)
            }
            unquoted.append(octet)
        }
        try self.init(checked: unquoted[...], at: octets.startIndex)
    }

    private init(checked octets: ArraySlice<UInt8>, at offset: Int) throws(WireError) {
        guard !octets.isEmpty else { throw WireError(.empty, in: .localPart, at: offset) }
        text = String(decoding: octets, as: UTF8.self)
    }

    private static func check(_ octets: ArraySlice<UInt8>) throws(WireError) {
        let offsets = [octets.firstIndex(where: Octet.isControl), UnsafeCharacters.firstBreak(in: octets)]
        if let offset = offsets.compactMap({ $0 }).min() {
            throw WireError(.invalidOctet, in: .localPart, octet: octets[offset], at: offset)
        }
    }

    /// Whether it has characters beyond ASCII.
    public var isInternationalized: Bool { text.utf8.contains { $0 >= 0x80 } }

    /// Whether it can be written without quotes: atoms with single dots between.
    var isDotString: Bool { Self.firstOffsetOutsideDotString(text.utf8) == nil }

    /// Where a text stops being atoms with single dots between; its length if it ends in a dot.
    static func firstOffsetOutsideDotString(_ octets: some Sequence<UInt8>) -> Int? {
        var isAfterDot = true
        var count = 0
        for octet in octets {
            if octet == Octet.dot {
                if isAfterDot { return count }
                isAfterDot = true
            } else if Octet.isAtomText(octet) || octet >= 0x80 {
                isAfterDot = false
            } else {
                return count
            }
            count += 1
        }
        return isAfterDot ? count : nil
    }
}

extension LocalPart: Hashable {
    /// Whether both have the same octets; what is only canonically equivalent is not the same.
    public static func == (lhs: LocalPart, rhs: LocalPart) -> Bool {
        lhs.text.hasSameOctets(as: rhs.text)
    }

    /// Hashes the octets.
    public func hash(into hasher: inout Hasher) {
        for octet in text.utf8 { hasher.combine(octet) }
        hasher.combine(0xFF as UInt8)
    }
}

extension LocalPart: CustomStringConvertible {
    /// The local part as it is written, in quotes where it needs them.
    public var description: String {
        if isDotString { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
