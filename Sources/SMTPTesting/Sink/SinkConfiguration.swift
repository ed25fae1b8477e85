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
    /// ENHANCEDSTATUSCODES. Any other may be added; those whose commands it knows are STARTTLS, AUTH, BURL, PRDR,
    /// LIMITS, XCLIENT, XFORWARD, ETRN, SEND, SOML and SAML.
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

    /// The contents that BURL finds, by their URLs.
    ///
    /// Default none: what is not here is answered with 554.
    public var contents: [String: [UInt8]] = [:]

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
