public import SMTPSession
public import SMTPTransport
internal import SMTPWire

/// A connection to an SMTP server that sends messages and tells what became of each.
///
/// It is built on `CommandChannel` and keeps no state of the session: what that allows is read off the replies the channel has
/// seen, whoever sent the commands. So both interfaces can be used on one connection in turn, and operations
/// asked for by many tasks run one after the other.
///
/// After a failure the connection is either clean for the next message or closed.
public struct SMTPConnection: Sendable {
    /// The low-level interface to the same connection.
    public let channel: CommandChannel

    /// What all copies of the connection share, and what is not to be copied for each message.
    private let shared: Shared

    private final class Shared: Sendable {
        let configuration: SMTPConfiguration
        let site: ConnectionSite
        let avoidance: ServerWorkaround.Avoidance
        let preparation = PreparationLock()
        let plans = PlanCache()
        let refusals = SessionRefusals()

        init(_ configuration: SMTPConfiguration, _ site: ConnectionSite, greeting: SMTPReply) {
            self.configuration = configuration
            self.site = site
            avoidance = configuration.workarounds.avoidance(for: site.host, greeting: greeting)
        }
    }

    var configuration: SMTPConfiguration { shared.configuration }

    /// What was dialled.
    var site: ConnectionSite { shared.site }

    /// The host that was dialled.
    var host: String { shared.site.host }

    /// What is better not used with this server.
    var avoidance: ServerWorkaround.Avoidance { shared.avoidance }

    /// Held by the task that makes the connection ready.
    var preparation: PreparationLock { shared.preparation }

    /// What the server has refused in this session and is not asked for again.
    var refusals: SessionRefusals { shared.refusals }

    /// The plan made last.
    var plans: PlanCache { shared.plans }

    init(
        _ channel: CommandChannel,
        _ configuration: SMTPConfiguration,
        _ site: ConnectionSite,
        greeting: SMTPReply
    ) {
        self.channel = channel
        shared = Shared(configuration, site, greeting: greeting)
    }
}

// MARK: Opening and closing

extension SMTPConnection {
    /// Connects to a server and waits for its greeting.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server listens.
    ///   - configuration: How.
    ///   - executor: The event loop to live on, by default the next of the library's own.
    /// - Returns: The connection, over which nothing has been said yet. It is open until ``quit()``, or until its
    ///   channel is disconnected.
    /// - Throws: ``SMTPError``; of kind ``SMTPError/Kind/refused`` if the server greets with 4yz or 5yz, and
    ///   ``SMTPError/Kind/protocolViolation`` for any other greeting that is not 220. If TLS came about before it failed,
    ///   ``SMTPError/tls`` says what is known of it.
    public static func connect(
        to endpoint: Endpoint,
        configuration: SMTPConfiguration,
        on executor: EventLoopExecutor = .next()
    ) async throws(SMTPError) -> SMTPConnection {
        if configuration.isLMTP, case .host(_, port: SMTPPort.relay) = endpoint {
            throw .usage("LMTP must not be spoken on port 25 (RFC 2033 §5)")
        }
        let site = ConnectionSite(endpoint: endpoint, host: endpoint.hostName)
        let observation = configuration.began(.connect, at: site)
        let opened: (CommandChannel, Result<SMTPReply, ChannelError>)
        do throws(ChannelError) {
            opened = try await CommandChannel.connecting(
                to: endpoint,
                tcp: configuration.tcp,
                options: configuration.channel,
                tls: configuration.security.implicit,
                on: executor
            )
        } catch {
            let error = SMTPError(error)
            observation.ended(.failed(error))
            throw error
        }
        return try await welcomed(opened, configuration, site, observation)
    }

    /// Makes a connection of a transport that is connected, and waits for the greeting.
    ///
    /// - Parameters:
    ///   - transport: The transport; the connection owns it from now on, also when opening fails.
    ///   - host: The host at its other end, which a certificate must be valid for.
    ///   - configuration: How to use it.
    /// - Returns: As ``connect(to:configuration:on:)`` does.
    /// - Throws: As ``connect(to:configuration:on:)`` does.
    public static func open(
        over transport: sending any Transport,
        host: String = "localhost",
        configuration: SMTPConfiguration
    ) async throws(SMTPError) -> SMTPConnection {
        let site = ConnectionSite(endpoint: nil, host: host)
        let observation = configuration.began(.connect, at: site)
        let opened = await CommandChannel.opening(
            over: transport,
            options: configuration.channel,
            tls: configuration.security.implicit,
            host: host
        )
        return try await welcomed(opened, configuration, site, observation)
    }

    /// Connects, makes the connection ready as ``prepare()`` does, runs `body`, and quits, whatever `body` does.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server listens.
    ///   - configuration: How.
    ///   - body: Uses the connection. It runs where the caller does, never on the event loop.
    /// - Returns: What `body` returns. That the server did not answer QUIT is no failure.
    /// - Throws: ``SMTPError`` if there is no connection, or as ``prepare()`` does; or what `body` throws.
    @discardableResult
    public static func withConnection<Value>(
        to endpoint: Endpoint,
        configuration: SMTPConfiguration,
        _ body: (SMTPConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await connect(to: endpoint, configuration: configuration)
        do {
            try await connection.prepare()
            let value = try await body(connection)
            await connection.quit()
            return value
        } catch {
            await connection.quit()
            throw error
        }
    }

    /// Ends the session with QUIT and closes the connection, at once if the task is cancelled.
    ///
    /// What became of messages is settled by then, so a failure here is none.
    public func quit() async {
        let observation = configuration.began(.quit, at: site)
        await close()
        observation.ended(.succeeded)
    }

    private func close() async {
        _ = try? await channel.quit()
        await channel.disconnect()
    }

    /// A connection over a channel whose greeting says that the server wants one.
    private static func welcomed(
        _ opened: (channel: CommandChannel, greeting: Result<SMTPReply, ChannelError>),
        _ configuration: SMTPConfiguration,
        _ site: ConnectionSite,
        _ observation: SMTPObservation
    ) async throws(SMTPError) -> SMTPConnection {
        do throws(SMTPError) {
            let greeting: SMTPReply
            do throws(ChannelError) { greeting = try opened.greeting.get() } catch { throw SMTPError(error) }
            let connection = SMTPConnection(opened.channel, configuration, site, greeting: greeting)
            try await connection.checkGreeting(greeting)
            observation.ended(opened.channel.state.tls.map { .secured($0) } ?? .succeeded)
            return connection
        } catch {
            var error = error
            error.opening = SMTPError.Opening(opened.channel.state)
            observation.ended(.failed(error))
            throw error
        }
    }

    /// A server that does not greet with 220 wants no session (RFC 5321 §3.1).
    private func checkGreeting(_ greeting: SMTPReply) async throws(SMTPError) {
        if greeting.code == 220 { return }
        if greeting.code == 421 {
            await channel.disconnect()
        } else {
            await close()
        }
        throw greeting.isNegative ? .refused(greeting, verb: nil) : .unexpected(greeting, verb: nil)
    }
}
