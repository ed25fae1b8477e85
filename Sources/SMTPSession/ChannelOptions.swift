public import SMTPWire

/// What a ``CommandChannel`` allows and whom it tells.
public struct ChannelOptions: Sendable {
    /// How long each wait for the server may take.
    public var timeouts = SMTPTimeouts()

    /// How long the channel may live in all, from its opening.
    ///
    /// Default `nil`: as long as its owner wants.
    public var deadline: Duration?

    /// The sizes beyond which a server's output is an attack.
    public var limits = ChannelLimits()

    /// Who is shown the dialogue.
    ///
    /// Default `nil`: nobody, at no cost.
    public var transcript: TranscriptObserver?

    /// Creates the defaults.
    public init() {}
}

/// The sizes beyond which a server's output is an attack.
public struct ChannelLimits: Hashable, Sendable {
    /// The limits on one reply.
    public var reply = ReplyLimits()

    /// The replies to raw bytes that may lie unreceived.
    ///
    /// Default 64.
    public var unclaimedReplies = 64

    /// Creates the defaults.
    public init() {}
}
