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
        let (inner, offset) = try PathText.unbracketed(text)
        self = inner.isEmpty ? .null : .mailbox(try PathText.mailbox(inner, offset, Mailbox.init(_:)))
    }

    /// Creates a reverse-path as it is met in the wild; see ``Mailbox/init(lenient:)``.
    ///
    /// - Throws: ``WireError``.
    public init(lenient text: String) throws(WireError) {
        let (inner, offset) = try PathText.unbracketed(text)
        self = inner.isEmpty ? .null : .mailbox(try PathText.mailbox(inner, offset, Mailbox.init(lenient:)))
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
        let (inner, offset) = try PathText.unbracketed(text)
        let isPostmaster = inner.lowercased() == "postmaster"
        self = isPostmaster ? .postmaster : .mailbox(try PathText.mailbox(inner, offset, Mailbox.init(_:)))
    }

    /// Creates a forward-path as it is met in the wild; see ``Mailbox/init(lenient:)``.
    ///
    /// - Throws: ``WireError``.
    public init(lenient text: String) throws(WireError) {
        let (inner, offset) = try PathText.unbracketed(text)
        let isPostmaster = inner.lowercased() == "postmaster"
        self = isPostmaster ? .postmaster : .mailbox(try PathText.mailbox(inner, offset, Mailbox.init(lenient:)))
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
    /// The text without its angle brackets, and where it begins.
    static func unbracketed(_ text: String) throws(WireError) -> (String, offset: Int) {
        guard text.utf8.first == 0x3C else { return (text, 0) }
        guard text.utf8.count >= 2, text.utf8.last == 0x3E else {
            throw WireError(.incomplete, in: .path, at: text.utf8.count)
        }
        return (String(text.dropFirst().dropLast()), 1)
    }

    static func mailbox(
        _ text: String,
        _ offset: Int,
        _ make: (String) throws(WireError) -> Mailbox
    ) throws(WireError) -> Mailbox {
        do throws(WireError) {
            return try make(text)
        } catch {
            throw WireError(error.kind, in: error.subject, octet: error.octet, at: error.offset.map { $0 + offset })
        }
    }
}
