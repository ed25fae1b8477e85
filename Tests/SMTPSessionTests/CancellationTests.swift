import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@Suite("CommandChannel: cancellation and closing")
struct CancellationTests {
    @Test("A cancelled command keeps its place, so no reply is shifted")
    func tombstone() throws {
        try session(
            server: { peer in
                for _ in 0..<2 {
                    let line = try #require(try await peer.line())
                    try await peer.transport.executor.sleep(for: .seconds(1))
                    try await peer.say("250 \(line)")
                }
            },
            client: { channel in
                let task = Task(executorPreference: channel.executor) {
                    await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                }
                try await channel.executor.sleep(for: .milliseconds(10))
                task.cancel()
                #expect(await task.value == .cancelled)
                #expect(try await channel.help().text == ["HELP"])
            }
        )
    }

    @Test(
        "A reply to a cancelled command by which the server asks for more closes the channel",
        arguments: [354, 334, 220]
    )
    func askedForMore(code: Int) throws {
        try session(
            server: { peer in
                _ = try #require(try await peer.line())
                try await peer.transport.executor.sleep(for: .seconds(1))
                try await peer.say("\(code) go on")
                #expect(try await peer.line() == nil)
            },
            client: { channel in
                let mechanism = try AuthenticationMechanism("CRAM-MD5")
                let task = Task(executorPreference: channel.executor) {
                    await channelError { () async throws(ChannelError) in
                        // What is sent behind a challenge is a response.
                        switch code {
                        case 334: _ = try await channel.auth(mechanism)
                        case 220: _ = try await channel.startTLS()
                        default: _ = try await channel.reset()
                        }
                    }
                }
                try await channel.executor.sleep(for: .milliseconds(10))
                task.cancel()
                #expect(await task.value == .cancelled)
                let next = await channelError { () async throws(ChannelError) in _ = try await channel.help() }
                switch code {
                case 354:
                    guard case .protocolViolation(.unexpectedReply) = next else {
                        Issue.record("\(String(describing: next))")
                        break
                    }
                case 334: #expect(next == .cancelled)
                default: #expect(next == .upgradeAbandoned)
                }
                #expect(!channel.state.isOpen)
            }
        )
    }

    @Test("Who is cancelled between the 220 to STARTTLS and the handshake leaves no channel that seems open")
    func cancelledBeforeHandshake() throws {
        try session(
            server: { peer in
                _ = try #require(try await peer.line())
                try await peer.say("220 go on")
                #expect(try await peer.line() == nil)
            },
            client: { channel in
                let task = Task(executorPreference: channel.executor) {
                    await channelError { () async throws(ChannelError) in
                        #expect(try await channel.startTLS().code == 220)
                        withUnsafeCurrentTask { $0?.cancel() }
                        _ = try await channel.upgradeToTLS(host: "mail.example")
                    }
                }
                #expect(await task.value == .cancelled)
                #expect(!channel.state.isOpen)
            }
        )
    }

    @Test("Commands cancelled at random shift nothing", arguments: [UInt64(1), 2, 3])
    func manyCancellations(seed: UInt64) throws {
        let count = 10_000
        let (outcome, _) = try session(
            server: { peer in
                while let line = try await peer.line() { try await peer.say("250 \(line)") }
            },
            client: { channel in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    var random = SeededGenerator(seed: seed)
                    for index in 0..<count {
                        let isCancelled = UInt64.random(in: 0..<3, using: &random) == 0
                        let delay = Int.random(in: 0..<40, using: &random)
                        group.addTask(executorPreference: channel.executor) {
                            let task = Task(executorPreference: channel.executor) {
                                let argument = try CommandArgument("\(index)")
                                return try await channel.noop(argument).text == ["NOOP \(index)"]
                            }
                            if isCancelled {
                                for _ in 0..<delay { await Task.yield() }
                                task.cancel()
                            }
                            do {
                                let isMatched = try await task.value
                                #expect(isMatched)
                                return true
                            } catch let error as ChannelError {
                                #expect(error == .cancelled && isCancelled)
                                return false
                            }
                        }
                    }
                    return try await group.reduce(into: (answered: 0, cancelled: 0)) { sum, isAnswered in
                        if isAnswered { sum.answered += 1 } else { sum.cancelled += 1 }
                    }
                }
            }
        )
        #expect(outcome.answered + outcome.cancelled == count)
        // Some were cancelled in time and some had their reply before.
        #expect(outcome.cancelled > 0 && outcome.answered > count / 2)
    }

    @Test("A command cancelled before its turn is never written")
    func beforeTurn() throws {
        let (_, received) = try session(
            server: { peer in
                _ = try await peer.line()
                try await peer.transport.executor.sleep(for: .seconds(1))
                try await peer.say("250 ok")
                try await peer.answer("250 ok")
            },
            client: { channel in
                async let first = channel.noop()
                try await channel.executor.sleep(for: .milliseconds(10))
                let second = Task(executorPreference: channel.executor) {
                    await channelError { () async throws(ChannelError) in _ = try await channel.reset() }
                }
                try await channel.executor.sleep(for: .milliseconds(10))
                second.cancel()
                #expect(await second.value == .cancelled)
                _ = try await first
                _ = try await channel.help()
                let third = Task(executorPreference: channel.executor) {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return await channelError { () async throws(ChannelError) in _ = try await channel.quit() }
                }
                #expect(await third.value == .cancelled)
            }
        )
        #expect(received == "NOOP\r\nHELP\r\n")
    }

    @Test("A command cancelled while it is being written closes the channel: half of it is out")
    func whileWriting() throws {
        var outward = PipeOptions()
        outward.capacity = 10
        try session(
            outward: outward,
            server: { peer in try await peer.transport.executor.sleep(for: .seconds(5)) },
            client: { channel in
                let argument = try CommandArgument(String(repeating: "x", count: 100))
                let task = Task(executorPreference: channel.executor) {
                    await channelError { () async throws(ChannelError) in _ = try await channel.noop(argument) }
                }
                try await channel.executor.sleep(for: .seconds(1))
                task.cancel()
                #expect(await task.value == .cancelled)
                #expect(!channel.state.isOpen)
                #expect(
                    await channelError { () async throws(ChannelError) in _ = try await channel.noop() } == .cancelled
                )
            }
        )
    }

    @Test("A server that closes is told to every waiter at once", arguments: allFragmentations)
    func serverCloses(fragmentation: PipeOptions.Fragmentation) throws {
        let (errors, received) = try session(
            fragmentation,
            server: { peer in
                _ = try await peer.line()
                peer.close()
            },
            client: { channel in
                await withTaskGroup(of: ChannelError?.self) { group in
                    for _ in 0..<5 {
                        group.addTask(executorPreference: channel.executor) {
                            await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
        )
        #expect(errors == Array(repeating: .closedByServer(after: nil), count: 5))
        #expect(received == "NOOP\r\n")
    }

    @Test("Disconnecting tells every waiter at once, and whoever comes later")
    func disconnect() throws {
        try session(
            server: { peer in _ = try await peer.line() },
            client: { channel in
                let waiting = (0..<3).map { _ in
                    Task(executorPreference: channel.executor) {
                        await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                    }
                }
                try await channel.executor.sleep(for: .seconds(1))
                await channel.disconnect()
                for task in waiting { #expect(await task.value == .disconnected) }
                #expect(
                    await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                        == .disconnected
                )
                #expect(!channel.state.isOpen)
            }
        )
    }

    @Test("A reset connection is told as such")
    func reset() throws {
        let executor = DeterministicExecutor()
        let error = try executor.run {
            var homeward = PipeOptions()
            homeward.cut = .init(after: 11, end: .reset)
            let (near, far) = PipeTransport.pair(executor, homeward: homeward)
            try await Peer(far).say("220 ready")
            let (channel, _) = try await CommandChannel.open(over: near)
            return await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
        }
        #expect(error == .transport(.reset))
    }
}
