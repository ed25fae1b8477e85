/// A parameter of RCPT.
@nonexhaustive
public enum RecipientParameter: Hashable, Sendable {
    /// NOTIFY: when this recipient's fate is reported (RFC 3461 §4.1).
    case notify(Notification)
    /// ORCPT: the address the message was first sent to (RFC 3461 §4.2).
    case originalRecipient(Mailbox)
    /// Any other.
    case other(ESMTPParameter)
}

extension RecipientParameter {
    /// When a recipient's fate is reported (RFC 3461 §4.1).
    public enum Notification: Hashable, Sendable {
        /// Never.
        case never
        /// In these cases; none at all is ``never``.
        case when(success: Bool, failure: Bool, delay: Bool)

        /// Whether both are sent as the same.
        public static func == (lhs: Notification, rhs: Notification) -> Bool { lhs.cases == rhs.cases }

        /// Hashes what is sent.
        public func hash(into hasher: inout Hasher) { hasher.combine(cases) }

        /// A bit for each case; none of them is never.
        private var cases: UInt8 {
            guard case .when(let success, let failure, let delay) = self else { return 0 }
            return (success ? 1 : 0) | (failure ? 2 : 0) | (delay ? 4 : 0)
        }
    }
}

extension RecipientParameter: CustomStringConvertible {
    /// The parameter as it is sent.
    public var description: String {
        var octets: [UInt8] = []
        append(to: &octets)
        return String(decoding: octets, as: UTF8.self)
    }

    /// Appends the parameter as it is sent.
    func append(to output: inout [UInt8]) {
        switch self {
        case .notify(let notification):
            output += "NOTIFY=".utf8
            output += notification.description.utf8
        case .originalRecipient(let mailbox) where mailbox.isInternationalized:
            // RFC 6533 §3 has a form of its own for addresses beyond ASCII.
            output += "ORCPT=utf-8;".utf8
            UTF8AddressText.append(mailbox.description, to: &output)
        case .originalRecipient(let mailbox):
            output += "ORCPT=rfc822;".utf8
            XText.append(mailbox.description.utf8, to: &output)
        case .other(let parameter): output += parameter.description.utf8
        }
    }
}

extension RecipientParameter.Notification: CustomStringConvertible {
    /// The value as it is sent.
    public var description: String {
        guard case .when(let success, let failure, let delay) = self else { return "NEVER" }
        let cases = [success ? "SUCCESS" : nil, failure ? "FAILURE" : nil, delay ? "DELAY" : nil].compactMap { $0 }
        return cases.isEmpty ? "NEVER" : cases.joined(separator: ",")
    }
}
