/// A mailbox in a reply to VRFY or EXPN, with the name of who has it where the server tells (RFC 5321 §3.5.1).
public struct NamedMailbox: Hashable, Sendable {
    /// The name, safe to show; `nil` if none is told.
    public let name: String?

    /// The mailbox.
    public let mailbox: Mailbox

    /// Creates a named mailbox.
    public init(name: String?, mailbox: Mailbox) {
        self.name = name
        self.mailbox = mailbox
    }

    /// Reads `Full Name <user@example.org>`, `<user@example.org>` or `user@example.org`; `nil` is neither.
    ///
    /// A source route, `<@relay.example:user@example.org>`, is left out (RFC 5321 appendix C).
    init?(_ text: ArraySlice<UInt8>) {
        let isBlank: (UInt8) -> Bool = { $0 == Octet.space || $0 == Octet.tab }
        let line = text.trimmed(isBlank)
        let path: ArraySlice<UInt8>
        var name: ArraySlice<UInt8> = []
        if line.last == 0x3E, let start = line.lastIndex(of: 0x3C) {
            path = line[start...].dropFirst().dropLast().withoutRoute
            name = line[..<start].trimmed { isBlank($0) || $0 == 0x22 }
        } else {
            path = line
        }
        // A mailbox has no blank but in quotes; a sentence with an address in it is none.
        guard path.first == 0x22 || !path.contains(where: isBlank),
            let mailbox = try? Mailbox(path, isLenient: true)
        else { return nil }
        self.init(name: name.isEmpty ? nil : DisplayText.escape(name), mailbox: mailbox)
    }
}

extension SMTPReply {
    /// The mailboxes that a reply to VRFY or EXPN names, one a line, in order; lines that name none are left out.
    ///
    /// Of 251 and 551 the mailbox is where to send instead, and the words before it are no name (RFC 5321 §3.4). Other
    /// refusals than these and 553, ambiguous, name none.
    public var mailboxes: [NamedMailbox] {
        guard isPositiveCompletion || code.rawValue == 551 || code.rawValue == 553 else { return [] }
        let hasNames = code.rawValue != 251 && code.rawValue != 551
        return lines.compactMap { line in
            var text = line
            if EnhancedStatusCode(prefixOf: text) != nil {
                text = text.drop { $0 != Octet.space && $0 != Octet.tab }
            }
            return NamedMailbox(text).map { hasNames ? $0 : NamedMailbox(name: nil, mailbox: $0.mailbox) }
        }
    }
}

extension ArraySlice<UInt8> {
    /// What stands behind the hosts of a source route.
    fileprivate var withoutRoute: ArraySlice<UInt8> {
        guard first == 0x40, let colon = firstIndex(of: 0x3A) else { return self }
        return self[colon...].dropFirst()
    }

    fileprivate func trimmed(_ isTrimmed: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        var trimmed = drop(while: isTrimmed)
        while let last = trimmed.last, isTrimmed(last) { trimmed.removeLast() }
        return trimmed
    }
}
