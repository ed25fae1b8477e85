public import SMTPWire

/// What a ``CommandChannel`` allows and whom it tells.
public struct ChannelOptions: Sendable {
    /// How long each wait for the server may take.
    public var timeouts = SMTPTimeouts()

    /// How long the channel may live in all, from its opening.
    ///
    /// Default `nil`: as long as its owner wants.
    public var deadline: Duration?

    /// How fast a server must take what is written, over a while.
    ///
    /// Default `nil`: as slowly as ``SMTPTimeouts/write`` lets it, which is 364 octets a second.
    public var leastDataRate: LeastDataRate?

    /// The sizes beyond which a server's output is an attack.
    public var limits = ChannelLimits()

    /// Who is shown the dialogue.
    ///
    /// Default `nil`: nobody, at no cost.
    public var transcript: TranscriptObserver?

    /// Creates the defaults.
    public init() {}
}

/// How fast a server must take what is written.
///
/// A stall is bounded by ``SMTPTimeouts/write``; this bounds a server that takes a little again and again.
public struct LeastDataRate: Hashable, Sendable {
    /// The octets a second.
    public var octetsPerSecond: Int

    /// For how long in all the server may lag behind before the channel is closed.
    ///
    /// Default 30 seconds. What it takes faster makes up for it, but is not saved for later.
    public var patience: Duration

    /// Creates a rate; below 1 octet a second counts as 1.
    public init(octetsPerSecond: Int, patience: Duration = .seconds(30)) {
        self.octetsPerSecond = max(1, octetsPerSecond)
        self.patience = patience
    }
}

/// The sizes beyond which a server's output is an attack, and a caller's input a mistake.
public struct ChannelLimits: Hashable, Sendable {
    /// The limits on one reply.
    public var reply = ReplyLimits()

    /// The replies to raw bytes that may lie unreceived.
    ///
    /// Default 64.
    public var unclaimedReplies = 64

    /// The commands that may wait for their turn, and likewise those of one group.
    ///
    /// Default 65,536. One more is refused with ``ChannelError/Misuse/tooManyCommands(limit:)``, and nothing of it is
    /// written.
    public var pendingCommands = 65_536

    /// Creates the defaults.
    public init() {}
}
