import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPSession

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
            options: options { $0.timeouts.reset = .seconds(10) },
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

    @Test("A short limit that begins while a longer one ends is kept")
    func shortBehindLong() throws {
        try session(
            options: options { $0.timeouts.reset = .seconds(10) },
            server: { peer in
                _ = try await peer.line()
                try await peer.transport.executor.sleep(for: .seconds(299))
                try await peer.say("250 ok")
                _ = try await peer.line()
            },
            client: { channel in
                let start = channel.executor.now
                _ = try await channel.noop()
                let error = await channelError { () async throws(ChannelError) in _ = try await channel.reset() }
                #expect(error == .timedOut(.reply(to: "RSET"), after: .seconds(10)))
                #expect(start.duration(to: channel.executor.now) == .seconds(309))
            }
        )
    }

    @Test("Each limit counts for how far ahead the timer is set, and none makes it spin")
    func shortest() {
        let limits: [WritableKeyPath<SMTPTimeouts, Duration>] = [
            \.greeting, \.tlsHandshake, \.hello, \.authentication, \.mail, \.recipient, \.dataInitiation, \.write,
            \.dataTermination, \.reset, \.quit, \.other,
        ]
        #expect(Mirror(reflecting: SMTPTimeouts()).children.count == limits.count)
        for limit in limits {
            var timeouts = SMTPTimeouts(all: .seconds(20))
            timeouts[keyPath: limit] = .seconds(10)
            #expect(Deadlines(timeouts).horizon == .seconds(10))
            timeouts[keyPath: limit] = .zero
            #expect(Deadlines(timeouts).horizon == nil)
        }
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

    @Test(
        "Where the system tells, a server that takes a block of a write has its time anew",
        arguments: [(20, 65_536, nil), (3, 65_536, 30), (20, 32_767, 12)]
    )
    func takenSlowly(count: Int, block: Int, givenUp: Int?) throws {
        let timeouts = options { $0.timeouts.write = .seconds(10) }
        try dialogue(
            server: { peer in
                try await peer.say("220 ready")
                while try await peer.line() != nil { try await peer.say("250 ok") }
            },
            client: { transport in
                let slow = SlowTransport(transport, taking: count, by: block)
                let (channel, _) = try await CommandChannel.open(over: slow, options: timeouts)
                let error = await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                #expect(error == (givenUp == nil ? nil : .timedOut(.write, after: .seconds(10))))
                let time = channel.executor.now.sinceStart
                // The third block was taken at 12 s, which was seen at 20; the transport returns each six seconds.
                #expect(time == .seconds(givenUp ?? 120))
                await channel.disconnect()
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

    @Test(
        "A server that takes a little again and again is given up; one that catches up is not",
        arguments: [false, true]
    )
    func leastRate(catchesUp: Bool) throws {
        let piece = 65_536
        try session(
            options: options { $0.leastDataRate = LeastDataRate(octetsPerSecond: piece / 10, patience: .seconds(30)) },
            server: { peer in
                // Never a stall of three minutes; in the mean half of the rate, or just enough of it.
                for number in 0... {
                    let isFast = catchesUp && number % 2 == 1
                    try await peer.transport.executor.sleep(for: .seconds(isFast ? 1 : 18))
                    if try await peer.octets(piece).isEmpty { return }
                }
            },
            client: { channel in
                let start = channel.executor.now
                let chunk = [UInt8](repeating: 0x61, count: 20 * piece)
                let error = await channelError { () async throws(ChannelError) in
                    try await channel.sendRaw(chunk)
                }
                let passed = start.duration(to: channel.executor.now)
                if catchesUp {
                    #expect(error == nil)
                    #expect(passed > .seconds(170))
                } else {
                    let phase = ChannelError.Phase.slowness(octetsPerSecond: piece / 10)
                    #expect(error == .timedOut(phase, after: .seconds(30)))
                    #expect(passed < .seconds(110))
                }
            }
        )
    }

    @Test("In LMTP each reply to the content has the whole time", arguments: [599, 601])
    func eachReply(seconds: Int) throws {
        try session(
            server: { peer in
                for reply in ["250 hello", "250 mail", "250 a", "250 b", "250 c", "354 go"] {
                    try await peer.answer(reply)
                }
                _ = try await peer.content()
                for number in 0..<3 {
                    try await peer.transport.executor.sleep(for: .seconds(number == 2 ? seconds : 590))
                    try await peer.say("250 taken")
                }
            },
            client: { channel in
                _ = try await channel.lhlo(.localhost)
                _ = try await channel.mail(from: .null)
                for _ in 0..<3 { _ = try await channel.recipient(to: .postmaster) }
                _ = try await channel.data()
                let error = await channelError { () async throws(ChannelError) in
                    let replies = try await channel.sendMessage([])
                    #expect(replies.count == 3)
                }
                #expect(error == (seconds < 600 ? nil : .timedOut(.dataTermination, after: .seconds(600))))
            }
        )
    }

    /// What is waited for, how long by default, and the phase that is told.
    private struct Wait: Sendable {
        let phase: ChannelError.Phase
        let seconds: Int
        let client: @Sendable (CommandChannel) async throws(ChannelError) -> Void
    }

    private static let waits: [Wait] = [
        Wait(phase: .reply(to: "EHLO"), seconds: 300) { channel throws(ChannelError) in
            _ = try await channel.ehlo(.localhost)
        },
        Wait(phase: .reply(to: "STARTTLS"), seconds: 300) { channel throws(ChannelError) in
            _ = try await channel.startTLS()
        },
        Wait(phase: .reply(to: "AUTH"), seconds: 300) { channel throws(ChannelError) in
            guard let plain = try? AuthenticationMechanism("PLAIN") else { return }
            _ = try await channel.auth(plain)
        },
        Wait(phase: .reply(to: "MAIL"), seconds: 300) { channel throws(ChannelError) in
            _ = try await channel.mail(from: .null)
        },
        Wait(phase: .reply(to: "RCPT"), seconds: 300) { channel throws(ChannelError) in
            _ = try await channel.recipient(to: .postmaster)
        },
        Wait(phase: .reply(to: "DATA"), seconds: 120) { channel throws(ChannelError) in
            _ = try await channel.data()
        },
        Wait(phase: .dataTermination, seconds: 600) { channel throws(ChannelError) in
            _ = try await channel.bdat([0x61], isLast: true)
        },
        Wait(phase: .reply(to: "BDAT"), seconds: 600) { channel throws(ChannelError) in
            _ = try await channel.bdat([0x61], isLast: false)
        },
        Wait(phase: .reply(to: "RSET"), seconds: 300) { channel throws(ChannelError) in
            _ = try await channel.reset()
        },
        Wait(phase: .reply(to: "QUIT"), seconds: 10) { channel throws(ChannelError) in
            _ = try await channel.quit()
        },
    ]

    @Test(
        "Each phase has the time of RFC 5321 §4.5.3.2 by default, and the error says which it was",
        arguments: waits.indices
    )
    func defaults(index: Int) throws {
        let wait = Self.waits[index]
        try session(
            server: { peer in try await peer.drain() },
            client: { channel in
                let start = channel.executor.now
                let error = await channelError { () async throws(ChannelError) in try await wait.client(channel) }
                #expect(error == .timedOut(wait.phase, after: .seconds(wait.seconds)))
                #expect(start.duration(to: channel.executor.now) == .seconds(wait.seconds))
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
