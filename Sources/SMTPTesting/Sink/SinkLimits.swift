/// How much a ``MailSink`` takes and keeps, so that no client can make it grow without bound.
///
/// The memory is bounded by ``recordedOctets``, and for each of the ``connections`` by ``recordedInput``,
/// ``recordedContent``, and ``recipients`` of ``lineLength``. The defaults suit tests; a server that strangers reach should have ``cautious``.
public struct SinkLimits: Hashable, Sendable {
    /// The octets of a command line; longer ones are answered with 500.
    ///
    /// What a proxy says of a client, by XCLIENT or XFORWARD, has to fit in one too; more is answered with 501.
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

    /// The connections served at a time; further ones are greeted with 421, or closed at once where TLS would come first.
    ///
    /// Default 1000.
    public var connections = 1000

    /// How long a client may be silent before it is told 421, or not read what it is told or draw out the handshake of
    /// TLS before it is cut off, on the executor's clock.
    ///
    /// Default `nil`: for ever, or until the sink is stopped.
    public var idleTime: Duration?

    /// The octets of a session that are kept as they came, with the places of its segments and commands.
    ///
    /// As much is kept of what came behind STARTTLS, and of the list of a transaction's chunks and URLs.
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

    /// Limits for a server that anybody can connect to: 50 connections of a minute's silence, a megabyte of content, and
    /// 64 MiB of records.
    public static var cautious: SinkLimits {
        var limits = SinkLimits()
        limits.contentLength = 1_048_576
        limits.recipients = 100
        limits.connections = 50
        limits.idleTime = .seconds(60)
        limits.recordedInput = 65_536
        limits.recordedContent = 1_048_576
        limits.recordedOctets = 67_108_864
        limits.records = 1000
        return limits
    }
}
