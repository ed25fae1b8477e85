import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@Suite("CommandChannel: deadlines")
struct DeadlineTests {
    private func options(_ change: (inout ChannelOptions) -> Void) -> ChannelOptions {
        var options = ChannelOptions()
        change(&options)
        return options
    }

    @Test("A server that drips does not gain time")
    func drip() throws {
        try session(
            options: options { $0.timeouts.other = .seconds(10) },
            server: { peer in
                _ = try await peer.line()
                for character in "250 this reply takes its time" {
                    try await peer.write(String(character))
                    try await peer.transport.executor.sleep(for: .seconds(1))
                }
            },
            client: { channel in
                let start = channel.executor.now
                let error = await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                #expect(error == .timedOut(.reply(to: "NOOP"), after: .seconds(10)))
                #expect(start.duration(to: channel.executor.now) == .seconds(10))
                #expect(!channel.state.isOpen)
            }
        )
    }

    @Test("The time of a reply begins when it is the next to come")
    func group() throws {
        try session(
            options: options { $0.timeouts.other = .seconds(10) },
            server: { peer in
                for _ in 0..<5 { _ = try await peer.line() }
                for _ in 0..<5 {
                    try await peer.transport.executor.sleep(for: .seconds(9))
                    try await peer.say("250 ok")
                }
            },
            client: { channel in
                let outcomes = try await channel.pipeline { group in
                    for _ in 0..<5 { group.reset() }
                }
                #expect(outcomes.allSatisfy { $0.failure == nil })
            }
        )
    }

    @Test("A stall while writing is bounded")
    func write() throws {
        var outward = PipeOptions()
        outward.capacity = 10
        try session(
            options: options { $0.timeouts.write = .seconds(7) },
            outward: outward,
            server: { peer in try await peer.transport.executor.sleep(for: .seconds(100)) },
            client: { channel in
                let argument = try CommandArgument(String(repeating: "x", count: 100))
                let error = await channelError { () async throws(ChannelError) in _ = try await channel.noop(argument) }
                #expect(error == .timedOut(.write, after: .seconds(7)))
            }
        )
    }

    @Test("A greeting that does not come is bounded")
    func greeting() throws {
        let timeouts = options { $0.timeouts.greeting = .seconds(3) }
        try dialogue(
            server: { peer in _ = try await peer.line() },
            client: { transport in
                let error = await channelError { () async throws(ChannelError) in
                    _ = try await CommandChannel.open(over: transport, options: timeouts)
                }
                #expect(error == .timedOut(.greeting, after: .seconds(3)))
            }
        )
    }

    @Test("The overall deadline ends what is going on, and what is idle")
    func overall() throws {
        try session(
            options: options { $0.deadline = .seconds(30) },
            server: { peer in
                for _ in 0..<10 {
                    _ = try await peer.line()
                    try await peer.transport.executor.sleep(for: .seconds(8))
                    try await peer.say("250 ok")
                }
            },
            client: { channel in
                var count = 0
                let error = await channelError { () async throws(ChannelError) in
                    while true {
                        _ = try await channel.noop()
                        count += 1
                    }
                }
                #expect(count == 3)
                #expect(error == .timedOut(.overall, after: .seconds(30)))
            }
        )
        try session(
            options: options { $0.deadline = .seconds(30) },
            server: { peer in try await peer.drain() },
            client: { channel in
                try await channel.executor.sleep(for: .seconds(31))
                #expect(!channel.state.isOpen)
            }
        )
    }

    @Test("Content under way has no deadline but that of each stall; its reply has its own")
    func content() throws {
        var outward = PipeOptions()
        outward.capacity = 65_536
        try session(
            options: options {
                $0.timeouts.write = .seconds(10)
                $0.timeouts.dataTermination = .seconds(20)
            },
            outward: outward,
            server: { peer in
                try await peer.answer("354 go")
                for _ in 0..<8 {
                    try await peer.transport.executor.sleep(for: .seconds(9))
                    _ = try await peer.octets(65_536)
                }
                try await peer.transport.executor.sleep(for: .seconds(100))
            },
            client: { channel in
                _ = try await channel.data()
                let start = channel.executor.now
                let error = await channelError { () async throws(ChannelError) in
                    _ = try await channel.sendMessage(Array(repeating: 0x61, count: 8 * 65_536 - 5))
                }
                #expect(error == .timedOut(.dataTermination, after: .seconds(20)))
                #expect(start.duration(to: channel.executor.now) == .seconds(7 * 9 + 20))
            }
        )
    }

    @Test("A long write that goes on has no deadline: only its stalls have", arguments: [false, true])
    func longWrite(isStalled: Bool) throws {
        let size = 1_000_000
        try session(
            options: options { $0.timeouts.write = .seconds(10) },
            server: { peer in
                for _ in 0..<(isStalled ? 3 : size / 65_536) {
                    try await peer.transport.executor.sleep(for: .seconds(6))
                    _ = try await peer.octets(65_536)
                }
                if isStalled { return try await peer.transport.executor.sleep(for: .seconds(100)) }
                _ = try await peer.octets(size % 65_536 + 17)
                try await peer.say("250 taken")
            },
            client: { channel in
                let chunk = [UInt8](repeating: 0x61, count: size)
                if isStalled {
                    #expect(
                        await channelError { () async throws(ChannelError) in
                            _ = try await channel.bdat(chunk, isLast: true)
                        } == .timedOut(.write, after: .seconds(10))
                    )
                } else {
                    let replies = try await channel.bdat(chunk, isLast: true)
                    #expect(replies.map(\.code.rawValue) == [250])
                }
            }
        )
    }

    @Test("A channel that is closed leaves no timer behind")
    func noTimer() throws {
        let executor = DeterministicExecutor()
        try executor.run {
            let (near, far) = PipeTransport.pair(executor)
            try await Peer(far).say("220 ready")
            let (channel, _) = try await CommandChannel.open(over: near)
            #expect(executor.nextTimer != nil)
            await channel.disconnect()
        }
        #expect(executor.nextTimer == nil)
    }
}
