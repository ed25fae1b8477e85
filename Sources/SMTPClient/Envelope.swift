public import SMTPWire

/// Whom a message comes from and whom it goes to, apart from what its header says (RFC 5321 §2.3.1).
public struct Envelope: Hashable, Sendable {
    /// Where reports about the message go; ``ReversePath/null`` for messages that must not be reported on.
    public var reversePath: ReversePath

    /// The recipients, in the order they are sent and reported.
    public var forwardPaths: [ForwardPath]

    /// Creates an envelope.
    public init(from reversePath: ReversePath, to forwardPaths: [ForwardPath]) {
        self.reversePath = reversePath
        self.forwardPaths = forwardPaths
    }

    /// Creates an envelope from addresses as people write them: `user@example.org`; `""` for the null reverse-path.
    ///
    /// - Throws: ``SMTPError`` of kind ``SMTPError/Kind/invalidAddress`` that says which address, and what about it.
    public init(from reversePath: String, to forwardPaths: [String]) throws(SMTPError) {
        self.reversePath = try SMTPError.naming(reversePath) { () throws(WireError) in try ReversePath(reversePath) }
        self.forwardPaths = []
        for path in forwardPaths {
            self.forwardPaths.append(try SMTPError.naming(path) { () throws(WireError) in try ForwardPath(path) })
        }
    }

    /// Whether an address needs SMTPUTF8 (RFC 6531).
    var isInternationalized: Bool {
        if case .mailbox(let mailbox) = reversePath, mailbox.isInternationalized { return true }
        return forwardPaths.contains { path in
            if case .mailbox(let mailbox) = path { mailbox.isInternationalized } else { false }
        }
    }
}
