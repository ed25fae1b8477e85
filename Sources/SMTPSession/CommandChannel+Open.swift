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
    ///   - tls: TLS to set up before the greeting (RFC 8314 §3), or `nil` for none.
    ///   - host: The host that was dialled, which a certificate must be valid for.
    /// - Returns: The channel, and the greeting, whatever it says.
    /// - Throws: ``ChannelError`` if no greeting came; the transport is closed then.
    public static func open(
        over transport: sending any Transport,
        options: ChannelOptions = ChannelOptions(),
        tls: TLSConfiguration? = nil,
        host: String = "localhost"
    ) async throws(ChannelError) -> (channel: CommandChannel, greeting: SMTPReply) {
        let (channel, greeting) = await opening(over: transport, options: options, tls: tls, host: host)
        return (channel, try greeting.get())
    }

    /// Opens a channel as ``open(over:options:tls:host:)`` does; without a greeting its state says how far it got.
    package static func opening(
        over transport: sending any Transport,
        options: ChannelOptions,
        tls: TLSConfiguration?,
        host: String
    ) async -> (channel: CommandChannel, greeting: Result<SMTPReply, ChannelError>) {
        let channel = CommandChannel(over: transport, options: options)
        do throws(ChannelError) {
            return (channel, .success(try await channel.receiveGreeting(tls, host: host)))
        } catch {
            return (channel, .failure(error))
        }
    }

    /// Connects over TCP or a Unix domain socket, opens a channel, and waits for the greeting.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server listens.
    ///   - tcp: How to connect.
    ///   - options: Times, limits and the transcript. ``ChannelOptions/deadline`` counts from here.
    ///   - tls: TLS to set up before the greeting, as on port 465 (RFC 8314 §3.3), or `nil` for none.
    ///   - executor: The event loop to live on, by default the next of the library's own.
    /// - Returns: The channel, and the greeting, whatever it says.
    /// - Throws: ``ChannelError`` if no connection or no greeting came.
    public static func connect(
        to endpoint: Endpoint,
        tcp: TCPOptions = TCPOptions(),
        options: ChannelOptions = ChannelOptions(),
        tls: TLSConfiguration? = nil,
        on executor: EventLoopExecutor = .next()
    ) async throws(ChannelError) -> (channel: CommandChannel, greeting: SMTPReply) {
        let (channel, greeting) = try await connecting(to: endpoint, tcp: tcp, options: options, tls: tls, on: executor)
        return (channel, try greeting.get())
    }

    /// Connects as ``connect(to:tcp:options:tls:on:)`` does, and opens a channel as `opening` does.
    package static func connecting(
        to endpoint: Endpoint,
        tcp: TCPOptions,
        options: ChannelOptions,
        tls: TLSConfiguration?,
        on executor: EventLoopExecutor
    ) async throws(ChannelError) -> (channel: CommandChannel, greeting: Result<SMTPReply, ChannelError>) {
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
        return await opening(over: transport, options: options, tls: tls, host: endpoint.hostName)
    }

    /// Connects to the server on this machine as ``connect(to:tcp:options:tls:on:)`` does: to port 25, or with `tls` to
    /// port 465.
    public static func connect(
        tcp: TCPOptions = TCPOptions(),
        options: ChannelOptions = ChannelOptions(),
        tls: TLSConfiguration? = nil,
        on executor: EventLoopExecutor = .next()
    ) async throws(ChannelError) -> (channel: CommandChannel, greeting: SMTPReply) {
        let port = tls == nil ? SMTPPort.relay : SMTPPort.submissions
        return try await connect(
            to: .host("localhost", port: port),
            tcp: tcp,
            options: options,
            tls: tls,
            on: executor
        )
    }

    private func receiveGreeting(_ tls: TLSConfiguration?, host: String) async throws(ChannelError) -> SMTPReply {
        if let tls { try await startTLSAtOnce(tls, host: host) }
        replies.expect(Expectation(.greeting, verb: "connection", timeout: options.timeouts.greeting))
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

    /// TLS from the first byte, cancelled and timed like a command.
    private func startTLSAtOnce(_ tls: TLSConfiguration, host: String) async throws(ChannelError) {
        do throws(ChannelError) {
            _ = try await withTurn { () async throws(ChannelError) -> TLSInfo in try await shakeHands(tls, host: host) }
        } catch {
            fail(error)
            throw error
        }
    }
}

extension Endpoint {
    /// The host that was dialled, for a certificate to be valid for; this machine's behind a socket in the file system.
    package var hostName: String {
        if case .host(let host, _) = self { host } else { "localhost" }
    }
}
