public import SMTPWire

/// Whom a message comes from and whom it goes to, apart from what its header says (RFC 5321 §2.3.1).
public struct Envelope: Hashable, Sendable {
    /// One recipient, and what is asked for it.
    public struct Recipient: Hashable, Sendable {
        /// The recipient.
        public var forwardPath: ForwardPath

        /// What RCPT says beyond the path; each needs an extension of the server's.
        public var parameters: [RecipientParameter]

        /// Creates a recipient.
        public init(_ forwardPath: ForwardPath, parameters: [RecipientParameter] = []) {
            self.forwardPath = forwardPath
            self.parameters = parameters
        }
    }

    /// Where reports about the message go; `ReversePath/null` for messages that must not be reported on.
    public var reversePath: ReversePath

    /// What MAIL says beyond the path; each needs an extension of the server's.
    ///
    /// SIZE, BODY and SMTPUTF8 need not be given: they follow from the content and the addresses.
    public var parameters: [MailParameter]

    /// The recipients, in the order they are sent and reported.
    public var recipients: [Recipient]

    /// Creates an envelope.
    public init(from reversePath: ReversePath, parameters: [MailParameter] = [], to recipients: [Recipient]) {
        self.reversePath = reversePath
        self.parameters = parameters
        self.recipients = recipients
    }

    /// Creates an envelope of paths alone.
    public init(from reversePath: ReversePath, to forwardPaths: [ForwardPath]) {
        self.init(from: reversePath, to: forwardPaths.map { Recipient($0) })
    }

    /// Creates an envelope from addresses as people write them: `user@example.org`; `""` for the null reverse-path.
    ///
    /// - Throws: ``SMTPError`` of kind ``SMTPError/Kind/invalidAddress`` that says which address, and what about it.
    public init(from reversePath: String, to forwardPaths: [String]) throws(SMTPError) {
        let reversePath = try SMTPError.naming(reversePath) { () throws(WireError) in try ReversePath(reversePath) }
        var recipients: [Recipient] = []
        for path in forwardPaths {
            recipients.append(
                Recipient(try SMTPError.naming(path) { () throws(WireError) in try ForwardPath(path) })
            )
        }
        self.init(from: reversePath, to: recipients)
    }

    /// The recipients' paths.
    public var forwardPaths: [ForwardPath] { recipients.map(\.forwardPath) }

    /// Whether an address, or a parameter, needs SMTPUTF8 (RFC 6531).
    var isInternationalized: Bool {
        if case .mailbox(let mailbox) = reversePath, mailbox.isInternationalized { return true }
        if parameterBeyondASCII != nil { return true }
        return recipients.contains { recipient in
            if case .mailbox(let mailbox) = recipient.forwardPath { mailbox.isInternationalized } else { false }
        }
    }

    /// A parameter of a kind of the caller's whose value is not ASCII.
    var parameterBeyondASCII: ESMTPParameter? {
        for case .other(let parameter) in parameters where !parameter.isASCII { return parameter }
        for recipient in recipients {
            for case .other(let parameter) in recipient.parameters where !parameter.isASCII { return parameter }
        }
        return nil
    }
}

extension ESMTPParameter {
    fileprivate var isASCII: Bool { value?.utf8.allSatisfy { $0 < 0x80 } ?? true }
}
