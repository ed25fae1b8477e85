public import SMTPTransport
public import SMTPWire
internal import Synchronization

/// A connection to an SMTP server as a channel of commands and replies, which it pairs and never judges.
///
/// Every command is a method that returns the server's reply, whatever it says. Commands run one at a time in the order
/// they were asked for, also from many tasks; a group can be sent in one segment with ``pipeline(_:)``. Cancelling a
/// task that waits never shifts replies: the reply that comes later is dropped. When the connection ends, every waiter
/// is told at once.
///
/// The channel lives on its transport's executor. It owns the connection until ``disconnect()``, the server's close, a
/// time-out or a protocol violation. One that is only let go of keeps its socket open: always disconnect it.
public actor CommandChannel {
    typealias Waiter = UnsafeContinuation<Void, Never>

    /// The executor of the transport, on which everything here runs.
    public nonisolated let executor: any TransportExecutor

    /// The transport's executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let options: ChannelOptions
    nonisolated let snapshot: Mutex<ChannelState>

    var transport: any Transport { didSet { direct = transport.asDirect } }

    /// The transport, if it can be used without waiting.
    @exclusivity(unchecked) var direct: (any DirectTransport)?
    let input = ReceiveBuffer()
    @exclusivity(unchecked) var parser: ReplyParser
    @exclusivity(unchecked) var replies: ReplyQueue
    @exclusivity(unchecked) var turns = TurnQueue<Waiter>()

    /// Replies that came for the holder of the turn, or for whoever receives raw replies, in order.
    @exclusivity(unchecked) var inbox = Inbox()

    /// Why the channel is closed; the first reason stays.
    @exclusivity(unchecked) package internal(set) var failure: ChannelError?

    /// Whether there is a ``failure``: asked many times for each reply, and cheaper than to copy the reason.
    @exclusivity(unchecked) package private(set) var isClosed = false

    /// Why nothing can be written any more, while what the server said before is still being read.
    @exclusivity(unchecked) package internal(set) var outputFailure: TransportError?

    /// Whether there is an ``outputFailure``.
    @exclusivity(unchecked) var isOutputClosed = false

    /// The 421 that announced the end.
    @exclusivity(unchecked) var goodbye: SMTPReply?

    /// Bytes encoded and not yet handed to the transport.
    @exclusivity(unchecked) package var output: [UInt8] = []

    /// Memory for who prepares what is to be written next; here it is used again by the next who has the turn.
    @exclusivity(unchecked) package var spare: [UInt8] = []

    /// What has been used of what a server may limit for a session (RFC 9422).
    @exclusivity(unchecked) package var tally = SessionTally()

    /// The stream that has the turn, if one has.
    var streamNumber: UInt64?

    /// The stream that a task waits for a reply of.
    var receivingStream: UInt64?

    /// The holder of the turn was cancelled and waits for no more replies.
    @exclusivity(unchecked) var holderIsCancelled = false

    /// The holder left before its replies came: they are dropped, and then the turn passes on.
    @exclusivity(unchecked) var isDiscarding = false

    /// What the last AUTH exchange has sent, until another command follows.
    @exclusivity(unchecked) var credentials = SentCredentials()

    /// The last EHLO, HELO or LHLO, to say again when the server may offer something else.
    package private(set) var lastHello: SMTPCommand?

    /// Who takes in the replies to chunks has seen that no more of the content is of use.
    var isContentUseless = false

    /// Ends the waiting for content that is of no use any more.
    var stopContentSource: (@Sendable () -> Void)?

    /// Who wants to know that the channel has closed.
    private var closeWatchers: [UInt64: @Sendable () -> Void] = [:]

    @exclusivity(unchecked) var deadlines: Deadlines
    let openedAt: MonotonicInstant

    init(over transport: sending any Transport, options: ChannelOptions) {
        self.executor = transport.executor
        self.openedAt = transport.executor.now
        self.options = options
        self.snapshot = Mutex(
            ChannelState(
                security: transport.security,
                localAddress: transport.localAddress,
                remoteAddress: transport.remoteAddress
            )
        )
        self.transport = transport
        self.direct = transport.asDirect
        self.parser = ReplyParser(limits: options.limits.reply)
        self.deadlines = Deadlines(options.timeouts)
        self.replies = ReplyQueue(
            unclaimedLimit: options.limits.unclaimedReplies,
            contentTimeout: options.timeouts.dataTermination
        )
    }

    /// What the channel knows about its connection.
    public nonisolated var state: ChannelState { snapshot.withLock { $0 } }

    /// Looks at ``state`` where it lies: a copy of it costs as much as what is mostly asked.
    package nonisolated func withState<Value>(_ body: (borrowing ChannelState) -> Value) -> Value {
        snapshot.withLock { body($0) }
    }

    /// The keywords last populated from a reply to EHLO, LHLO or given as text.
    public nonisolated var extensions: ServiceExtensions { snapshot.withLock { $0.extensions } }

    /// Whether the connection is encrypted and the server has proven who it is.
    public nonisolated var secure: Bool { snapshot.withLock { $0.security.isSecure } }

    /// The number of bytes received that no reply has been made of; before TLS starts it must be 0.
    public var unreadByteCount: Int { input.count + parser.partialByteCount }

    /// Replaces the keywords by those of a reply to EHLO or LHLO; its first line is none.
    public func populateExtensions(from reply: SMTPReply) {
        snapshot.withLock { $0.extensions = ServiceExtensions(reply) }
    }

    /// Replaces the keywords by those of a text with one keyword and its parameters a line.
    public func populateExtensions(from text: String) {
        snapshot.withLock { $0.extensions = ServiceExtensions(text: text) }
    }

    /// Forgets all keywords, as RFC 3207 §4.2 asks for when TLS starts.
    public func clearExtensions() {
        snapshot.withLock { $0.extensions = ServiceExtensions() }
    }

    func remember(_ command: SMTPCommand) {
        switch command {
        case .ehlo, .helo, .lhlo: lastHello = command
        default: break
        }
        credentials.note(command)
    }

    /// Closes the connection now.
    ///
    /// Whoever waits or comes later is told ``ChannelError/disconnected`` at once.
    public func disconnect() {
        fail(.disconnected)
    }

    /// Closes the channel for `error`, unless it is closed already, and tells every waiter.
    package func fail(_ error: ChannelError) {
        guard !isClosed else { return }
        failure = error
        isClosed = true
        options.transcript.map { showUnfinished(to: $0) }
        snapshot.withLock { $0.isOpen = false }
        deadlines.cancel()
        credentials.forget()
        transport.close(error.closeReason)
        inbox.wake()
        stopContentSource?()
        for watcher in closeWatchers.values { watcher() }
        for waiter in turns.removeAll() { waiter.resume() }
    }

    /// Calls `body` when the channel closes, until ``endWatch(_:)`` is called with what is returned.
    package func watchClosing(_ body: @escaping @Sendable () -> Void) -> UInt64 {
        let watch = turns.newTicket()
        closeWatchers[watch] = body
        if isClosed { body() }
        return watch
    }

    /// Ends what ``watchClosing(_:)`` began.
    package func endWatch(_ watch: UInt64) {
        closeWatchers[watch] = nil
    }
}

/// What a session has used of what servers limit (RFC 9422 §4), and how the server has coped.
package struct SessionTally {
    /// How often MAIL was sent, whatever the reply.
    package var mailCount = 0

    /// The domains of recipients, where the server limits them.
    package var domains: Set<String> = []

    /// A reply did not fit to what was sent ahead: better one message goes after the other.
    package var isOutOfStep = false
}

extension ChannelError {
    /// What the transport's own waiters are told when the channel closes for this error.
    var closeReason: TransportError {
        switch self {
        case .transport(let error): error
        case .cancelled: .cancelled
        default: .closed
        }
    }
}
