public import SMTPTransport
public import SMTPWire
internal import Synchronization

/// The ports that the field has agreed on.
public enum SMTPPort {
    /// Relay between mail servers (RFC 5321 §4.5.4.2).
    public static let relay = 25

    /// Submission, with STARTTLS (RFC 6409 §3.1).
    public static let submission = 587

    /// Submission with TLS from the first byte (RFC 8314 §7.3).
    public static let submissions = 465
}

extension CommandChannel {
    /// Opens a channel over a connected transport, and waits for the server's greeting.
    ///
    /// - Parameters:
    ///   - transport: The connection; the channel owns it from now on, also when opening fails.
    ///   - options: Times, limits and the transcript.
    /// - Returns: The channel, and the greeting, whatever it says.
    /// - Throws: ``ChannelError`` if no greeting came; the transport is closed then.
    public static func open(
        over transport: sending any Transport,
        options: ChannelOptions = ChannelOptions()
    ) async throws(ChannelError) -> (channel: CommandChannel, greeting: SMTPReply) {
        let channel = CommandChannel(over: transport, options: options)
        return (channel, try await channel.receiveGreeting())
    }

    /// Connects over TCP or a Unix domain socket, opens a channel, and waits for the greeting.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server listens, by default port 25 of this machine.
    ///   - tcp: How to connect.
    ///   - options: Times, limits and the transcript. ``ChannelOptions/deadline`` counts from here.
    /// - Returns: The channel, and the greeting, whatever it says.
    /// - Throws: ``ChannelError`` if no connection or no greeting came.
    public static func connect(
        to endpoint: Endpoint = .host("localhost", port: SMTPPort.relay),
        tcp: TCPOptions = TCPOptions(),
        options: ChannelOptions = ChannelOptions()
    ) async throws(ChannelError) -> (channel: CommandChannel, greeting: SMTPReply) {
        let executor = EventLoopExecutor.next()
        let start = executor.now
        var tcp = tcp
        var options = options
        let deadline = options.deadline
        let boundByDeadline = deadline.map { deadline in tcp.connectTimeout.map { deadline < $0 } ?? true } ?? false
        if boundByDeadline { tcp.connectTimeout = deadline }
        let transport: TCPTransport
        do throws(TransportError) {
            transport = try await TCPTransport.connect(to: endpoint, options: tcp, executor: executor)
        } catch {
            if case .cancelled = error { throw .cancelled }
            if case .connectTimedOut(_, let after) = error, boundByDeadline { throw .timedOut(.overall, after: after) }
            throw .transport(error)
        }
        options.deadline = deadline.map { $0 - start.duration(to: executor.now) }
        return try await open(over: transport, options: options)
    }

    private func receiveGreeting() async throws(ChannelError) -> SMTPReply {
        replies.expect(Expectation(.greeting, verb: "connection", timeout: options.timeouts.greeting), at: executor.now)
        replies.handedOver(at: executor.now)
        watchDeadlines()
        do throws(ChannelError) {
            let greeting = try await withTurn { () async throws(ChannelError) -> SMTPReply in
                // Within the turn: or else a server that greets and closes at once would be told by its close alone.
                startReading()
                return try await nextReply().reply
            }
            snapshot.withLock { $0.greeting = greeting }
            return greeting
        } catch {
            fail(error)
            throw error
        }
    }
}
