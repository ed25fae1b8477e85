package import SMTPSession
import SMTPTesting
package import SMTPTransport

/// The ways a dialogue is divided over reads, in both directions.
package let allFragmentations: [PipeOptions.Fragmentation] = [.whole, .byLine, .byByte, .random(seed: 42)]

/// Runs a client and a server against each other in memory, single-threaded and in virtual time.
///
/// The server begins with the greeting; that the client leaves it is no failure of it. Returns what the client returned,
/// and all that the server had read when both were done.
@discardableResult
package func dialogue<Value: Sendable>(
    _ fragmentation: PipeOptions.Fragmentation = .whole,
    outward: PipeOptions = PipeOptions(),
    homeward: PipeOptions = PipeOptions(),
    server: @escaping @Sendable (Peer) async throws -> Void,
    client: @escaping @Sendable (PipeTransport) async throws -> Value
) throws -> (value: Value, received: String) {
    let executor = DeterministicExecutor()
    return try executor.run {
        var (outward, homeward) = (outward, homeward)
        outward.fragmentation = fragmentation
        homeward.fragmentation = fragmentation
        let (near, far) = PipeTransport.pair(executor, outward: outward, homeward: homeward)
        let serving = Task(executorPreference: executor) {
            let peer = Peer(far)
            do {
                try await server(peer)
            } catch is TransportError {
                // The client has left, which is its right.
            }
            try? await peer.drain()
            return peer.receivedText
        }
        do {
            let value = try await client(near)
            near.close(.closed)
            return (value, try await serving.value)
        } catch {
            near.close(.closed)
            _ = try await serving.value
            throw error
        }
    }
}

/// The same with a channel that has taken the greeting; the server begins behind it.
@discardableResult
package func session<Value: Sendable>(
    _ fragmentation: PipeOptions.Fragmentation = .whole,
    options: ChannelOptions = ChannelOptions(),
    outward: PipeOptions = PipeOptions(),
    server: @escaping @Sendable (Peer) async throws -> Void,
    client: @escaping @Sendable (CommandChannel) async throws -> Value
) throws -> (value: Value, received: String) {
    try dialogue(
        fragmentation,
        outward: outward,
        server: { peer in
            try await peer.say("220 ready")
            try await server(peer)
        },
        client: { transport in
            let (channel, _) = try await CommandChannel.open(over: transport, options: options)
            let value = try await client(channel)
            await channel.disconnect()
            return value
        }
    )
}

/// What `body` throws.
package func channelError(_ body: () async throws(ChannelError) -> Void) async -> ChannelError? {
    do throws(ChannelError) {
        try await body()
        return nil
    } catch {
        return error
    }
}
