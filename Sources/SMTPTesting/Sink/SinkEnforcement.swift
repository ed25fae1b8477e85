/// What a ``MailSink`` refuses that lenient servers let pass.
public struct SinkEnforcement: OptionSet, Hashable, Sendable {
    /// The set as bits.
    public let rawValue: Int

    /// Creates a set of bits.
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Commands come in order: 503 for MAIL before EHLO, RCPT before MAIL, a second MAIL.
    public static let sequence = Self(rawValue: 1 << 0)

    /// What is not offered is not used: 555 for parameters, 502 for commands, 553 for addresses beyond ASCII without
    /// SMTPUTF8.
    public static let extensions = Self(rawValue: 1 << 1)

    /// Nothing is sent before the reply to what went before, save by the rules of PIPELINING where that is offered: 554
    /// and the connection is closed (RFC 2920 §3.1), as Postfix and Exim do.
    public static let synchronization = Self(rawValue: 1 << 2)

    /// All lines of a content end in CRLF: 521 and the connection is closed for a lone CR or LF, as sendmail does.
    public static let lineEnds = Self(rawValue: 1 << 3)

    /// No mail without TLS: 530 for MAIL and AUTH before (RFC 3207 §4).
    public static let encryption = Self(rawValue: 1 << 4)

    /// No mail without authentication: 530 for MAIL before (RFC 4954 §6).
    public static let authentication = Self(rawValue: 1 << 5)

    /// All that concerns the protocol, which a correct client does not notice.
    public static let strict: Self = [.sequence, .extensions, .synchronization, .lineEnds]
}
