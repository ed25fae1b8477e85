/// The argument of a command as it is: one line of text, of which only what no line can bear is refused.
public struct CommandArgument: Hashable, Sendable {
    /// The most octets of an argument here; RFC 5321 §4.5.3.1.4 asks for 512 in the whole line.
    public static let lengthLimit = 12_288

    /// The text.
    public let text: String

    /// Creates an argument.
    ///
    /// - Throws: ``WireError`` for CR, LF, NUL and other controls (TAB excepted), and for text that is empty or beyond
    ///   the limit.
    public init(_ text: String) throws(WireError) {
        guard !text.isEmpty else { throw WireError(.empty, in: .argument, at: 0) }
        try WireError.checkLength(of: text.utf8, limit: Self.lengthLimit, in: .argument)
        for (offset, octet) in text.utf8.enumerated() where Octet.isControl(octet) && octet != 0x09 {
            throw WireError(.invalidOctet, in: .argument, octet: octet, at: offset)
        }
        self.text = text
    }

    /// Whether both are the same octets on the wire.
    public static func == (lhs: CommandArgument, rhs: CommandArgument) -> Bool {
        lhs.text.hasSameOctets(as: rhs.text)
    }
}

/// The verb of a command of any kind: letters, digits and hyphens.
public struct CommandVerb: Hashable, Sendable {
    /// The most octets of a verb here.
    public static let lengthLimit = 64

    /// The verb as given; servers do not regard its case.
    public let text: String

    /// Creates a verb.
    ///
    /// - Throws: ``WireError``.
    public init(_ text: String) throws(WireError) {
        try NameText.check(text, in: .verb, limit: Self.lengthLimit) { Octet.isLetterOrDigit($0) || $0 == Octet.hyphen }
        self.text = text
    }
}

/// The name of a SASL mechanism: letters, digits, hyphens and underscores, twenty at most (RFC 4422 §3.1).
public struct AuthenticationMechanism: Hashable, Sendable {
    /// The most octets of a name.
    public static let lengthLimit = 20

    /// The name in upper case.
    public let name: String

    /// Creates a name; the case does not matter.
    ///
    /// - Throws: ``WireError``.
    public init(_ name: String) throws(WireError) {
        try NameText.check(name, in: .mechanism, limit: Self.lengthLimit) {
            Octet.isLetterOrDigit($0) || $0 == Octet.hyphen || $0 == 0x5F
        }
        self.name = name.asciiUppercased
    }
}

/// An identifier of a message for its sender, which reports bear (RFC 3461 §4.4).
public struct EnvelopeID: Hashable, Sendable {
    /// The most octets it may have in xtext.
    public static let lengthLimit = 100

    /// The text it stands for: visible ASCII and spaces.
    public let text: String

    /// Creates an identifier.
    ///
    /// - Throws: ``WireError`` for anything but ASCII from space to `~`, and for text that is empty or whose xtext is
    ///   beyond the limit.
    public init(_ text: String) throws(WireError) {
        guard !text.isEmpty else { throw WireError(.empty, in: .envelopeID, at: 0) }
        for (offset, octet) in text.utf8.enumerated() where !(0x20...0x7E).contains(octet) {
            throw WireError(.invalidOctet, in: .envelopeID, octet: octet, at: offset)
        }
        try XText.checkLength(of: text, limit: Self.lengthLimit, in: .envelopeID)
        self.text = text
    }
}

/// What names have in common.
enum NameText {
    static func check(
        _ text: String,
        in subject: WireError.Subject,
        limit: Int,
        _ isLegal: (UInt8) -> Bool
    ) throws(WireError) {
        guard !text.isEmpty else { throw WireError(.empty, in: subject, at: 0) }
        try WireError.checkLength(of: text.utf8, limit: limit, in: subject)
        for (offset, octet) in text.utf8.enumerated() where !isLegal(octet) {
            throw WireError(.invalidOctet, in: subject, octet: octet, at: offset)
        }
    }
}
