/// Where reports about a message go, in MAIL (RFC 5321 §4.1.2).
public enum ReversePath: Hashable, Sendable {
    /// Nowhere: the message is itself a report, and must not be reported on (§4.5.5).
    case null
    /// A mailbox.
    case mailbox(Mailbox)

    /// Creates a reverse-path from `user@example.org` or `<user@example.org>`; `""` and `<>` are the null one.
    ///
    /// A source route (`<@a,@b:user@c>`) is refused: RFC 5321 §3.6.1 lets clients no longer make them.
    ///
    /// - Throws: ``WireError``.
    public init(_ text: String) throws(WireError) {
        let octets = try PathText.unbracketed(text)
        self = octets.isEmpty ? .null : .mailbox(try Mailbox(octets, isLenient: false))
    }

    /// Creates a reverse-path as it is met in the wild; see ``Mailbox/init(lenient:)``.
    ///
    /// - Throws: ``WireError``.
    public init(lenient text: String) throws(WireError) {
        let octets = try PathText.unbracketed(text)
        self = octets.isEmpty ? .null : .mailbox(try Mailbox(octets, isLenient: true))
    }
}

/// A recipient, in RCPT (RFC 5321 §4.1.2).
public enum ForwardPath: Hashable, Sendable {
    /// `<Postmaster>` without a domain, which every server must take (§4.5.1).
    case postmaster
    /// A mailbox.
    case mailbox(Mailbox)

    /// Creates a forward-path from `user@example.org` or `<user@example.org>`; `postmaster` may stand alone.
    ///
    /// - Throws: ``WireError``.
    public init(_ text: String) throws(WireError) {
        let octets = try PathText.unbracketed(text)
        self = PathText.isPostmaster(octets) ? .postmaster : .mailbox(try Mailbox(octets, isLenient: false))
    }

    /// Creates a forward-path as it is met in the wild; see ``Mailbox/init(lenient:)``.
    ///
    /// - Throws: ``WireError``.
    public init(lenient text: String) throws(WireError) {
        let octets = try PathText.unbracketed(text)
        self = PathText.isPostmaster(octets) ? .postmaster : .mailbox(try Mailbox(octets, isLenient: true))
    }
}

extension ReversePath: CustomStringConvertible {
    /// The mailbox without brackets; empty for the null reverse-path.
    public var description: String {
        switch self {
        case .null: ""
        case .mailbox(let mailbox): mailbox.description
        }
    }
}

extension ForwardPath: CustomStringConvertible {
    /// The mailbox without brackets.
    public var description: String {
        switch self {
        case .postmaster: "Postmaster"
        case .mailbox(let mailbox): mailbox.description
        }
    }
}

/// What both paths have in common.
private enum PathText {
    /// The octets between the angle brackets, if there are any; their indices count from the start of `text`.
    static func unbracketed(_ text: String) throws(WireError) -> ArraySlice<UInt8> {
        let octets = Array(text.utf8)
        guard octets.first == 0x3C else { return octets[...] }
        guard octets.count >= 2, octets.last == 0x3E else { throw WireError(.incomplete, in: .path, at: octets.count) }
        return octets[1..<octets.count - 1]
    }

    static func isPostmaster(_ octets: ArraySlice<UInt8>) -> Bool {
        octets.elementsEqual("postmaster".utf8) { Octet.lowercased($0) == $1 }
    }
}
