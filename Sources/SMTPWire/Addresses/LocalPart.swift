/// What stands before the `@` of a mailbox, by its meaning: without quotes and backslashes (RFC 5321 §4.1.2).
///
/// `"a\b"`, `"ab"` and `ab` are the same. It is written as atoms where it can be, and quoted elsewhere.
public struct LocalPart: Hashable, Sendable {
    /// The most octets of a local part here; RFC 5321 §4.5.3.1.1 asks for 64, and some need more.
    public static let lengthLimit = 512

    /// The text it stands for.
    public let text: String

    /// Creates a local part from the text it stands for; quotes in it are part of it.
    ///
    /// - Throws: ``WireError`` for controls, and for text that is empty or beyond the limit.
    public init(unquoted text: String) throws(WireError) {
        try self.init(unquoted: text, offset: { $0 })
    }

    // `offset` tells where an octet of `text` stands in what was given.
    init(unquoted text: String, offset: (Int) -> Int) throws(WireError) {
        guard !text.isEmpty else { throw WireError(.empty, in: .localPart, at: offset(0)) }
        guard text.utf8.count <= Self.lengthLimit else {
            throw WireError(.tooLong(limit: Self.lengthLimit), in: .localPart)
        }
        for (index, octet) in text.utf8.enumerated() where Octet.isControl(octet) {
            throw WireError(.invalidOctet, in: .localPart, octet: octet, at: offset(index))
        }
        if let index = text.firstC1ControlOffset {
            throw WireError(.invalidOctet, in: .localPart, octet: 0xC2, at: offset(index))
        }
        self.text = text
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
