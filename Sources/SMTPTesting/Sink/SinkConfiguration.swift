/// What a ``MailSink`` is: its name, what it offers and insists on, and what it does otherwise than a friendly server.
public struct SinkConfiguration: Sendable {
    /// The name it greets with.
    ///
    /// Default `sink.example`.
    public var name = "sink.example"

    /// Whether it speaks LMTP: LHLO instead of EHLO, and a reply to the content for each accepted RCPT (RFC 2033).
    ///
    /// Default `false`.
    public var isLMTP = false

    /// The keywords of its reply to EHLO, with their parameters, in order.
    ///
    /// Default: PIPELINING, SIZE of ``SinkLimits/contentLength``, 8BITMIME, SMTPUTF8, CHUNKING, BINARYMIME, DSN and
    /// ENHANCEDSTATUSCODES. Any other may be added; those whose commands it knows are STARTTLS, AUTH, PRDR, LIMITS,
    /// XCLIENT, XFORWARD, ETRN, SEND, SOML and SAML.
    public var keywords = [
        "PIPELINING", "SIZE 67108864", "8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME", "DSN", "ENHANCEDSTATUSCODES",
    ]

    /// The keywords once TLS is on; `nil`, the default, for the same without STARTTLS.
    public var keywordsAfterTLS: [String]?

    /// The keywords once the client has authenticated; `nil`, the default, for the same as before.
    public var keywordsAfterAuthentication: [String]?

    /// The SASL mechanisms it knows; their names must be among the parameters of an AUTH keyword to be offered.
    ///
    /// Default none.
    public var mechanisms: [SinkMechanism] = []

    /// How TLS is begun; `nil`, the default, if it cannot be.
    public var tls: SinkTLS?

    /// What it refuses that lenient servers let pass.
    ///
    /// Default ``SinkEnforcement/sequence`` and ``SinkEnforcement/extensions``.
    public var enforcement: SinkEnforcement = [.sequence, .extensions]

    /// What it does otherwise than a friendly server.
    public var script = SinkScript()

    /// How much it takes and keeps.
    public var limits = SinkLimits()

    /// Creates the configuration of a friendly, modern server.
    public init() {}
}

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

/// How much a ``MailSink`` takes and keeps, so that no client can make it grow without bound.
public struct SinkLimits: Hashable, Sendable {
    /// The octets of a command line; longer ones are answered with 500.
    ///
    /// Default 12,288, as RFC 4954 §4 asks for.
    public var lineLength = 12_288

    /// The octets of a content; a longer one is taken, dropped, and answered with 552.
    ///
    /// Default 67,108,864.
    public var contentLength = 67_108_864

    /// The recipients of a transaction; further ones are answered with 452.
    ///
    /// Default 1000.
    public var recipients = 1000

    /// The connections served at a time; further ones are greeted with 421.
    ///
    /// Default 1000.
    public var connections = 1000

    /// How long a client may be silent before it is told 421, on the executor's clock.
    ///
    /// Default `nil`: for ever, or until the sink is stopped.
    public var idleTime: Duration?

    /// The octets of a session that are kept as they came, with the places of its segments and commands.
    ///
    /// Default 16,777,216.
    public var recordedInput = 16_777_216

    /// The octets of a content that are kept.
    ///
    /// Default 67,108,864.
    public var recordedContent = 67_108_864

    /// The octets kept in all; beyond that the oldest records are dropped.
    ///
    /// Default 536,870,912.
    public var recordedOctets = 536_870_912

    /// The transactions, and likewise the sessions, that are kept; beyond that the oldest are dropped.
    ///
    /// Default 100,000.
    public var records = 100_000

    /// Creates the defaults.
    public init() {}
}
