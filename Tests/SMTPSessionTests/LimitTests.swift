import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

/// Each limit on what a channel holds, crossed by one; those on raw replies are in ``RawTests``.
@Suite("CommandChannel: limits")
struct LimitTests {
    @Test("One command too many is refused, and the others have their replies")
    func pendingCommands() throws {
        var options = ChannelOptions()
        options.limits.pendingCommands = 3
        let (errors, received) = try session(
            options: options,
            server: { peer in
                try await peer.transport.executor.sleep(for: .seconds(1))
                while try await peer.line() != nil { try await peer.say("250 ok") }
            },
            client: { channel in
                let tasks = (0..<6).map { _ in
                    Task(executorPreference: channel.executor) {
                        await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                    }
                }
                var errors: [ChannelError?] = []
                for task in tasks { errors.append(await task.value) }
                return errors
            }
        )
        // One has its turn and three wait.
        #expect(errors.count { $0 == nil } == 4)
        #expect(errors.count { $0 == .misuse(.tooManyCommands(limit: 3)) } == 2)
        #expect(received == String(repeating: "NOOP\r\n", count: 4))
    }

    @Test("A group of one command too many is refused, and nothing of it written")
    func group() throws {
        var options = ChannelOptions()
        options.limits.pendingCommands = 3
        let (error, received) = try session(
            options: options,
            server: { peer in while try await peer.line() != nil { try await peer.say("250 ok") } },
            client: { channel in
                let outcomes = try await channel.pipeline { group in for _ in 0..<3 { group.reset() } }
                #expect(outcomes.count == 3)
                return await channelError { () async throws(ChannelError) in
                    _ = try await channel.pipeline { group in for _ in 0..<4 { group.reset() } }
                }
            }
        )
        #expect(error == .misuse(.tooManyCommands(limit: 3)))
        #expect(received == String(repeating: "RSET\r\n", count: 3))
    }

    @Test("Each limit on a reply is just so: at it all is well, one beyond ends the channel")
    func reply() throws {
        let limits = ReplyLimits()
        let line = String(repeating: "x", count: limits.lineLength - 4)
        let challenge = String(repeating: "A", count: limits.challengeLength - 4)
        let lines = { (count: Int) in String(repeating: "250-a\n", count: count - 1) + "250 a" }
        // 256 lines of 1024 octets.
        let octets = { (excess: Int) -> String in
            let text = String(repeating: "x", count: 1020)
            return String(repeating: "250-\(text)\n", count: 255) + "250 \(text)"
                + String(repeating: "y", count: excess)
        }
        let cases: [(String, Bool)] = [
            ("250 \(line)", true), ("250 \(line)x", false),
            ("334 \(challenge)", true), ("334 \(challenge)A", false),
            (lines(limits.lineCount), true), (lines(limits.lineCount + 1), false),
            (octets(0), true), (octets(1), false),
        ]
        for (text, isTaken) in cases {
            try session(
                server: { peer in try await peer.answer(text) },
                client: { channel in
                    let error = await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                    if case .protocolViolation(.malformedReply)? = error {
                        #expect(!isTaken, "\(text.prefix(20)), \(text.utf8.count) octets")
                    } else {
                        #expect(isTaken && error == nil, "\(text.prefix(20)), \(text.utf8.count) octets")
                    }
                }
            )
        }
    }

    @Test("A server that pours lines without end is stopped at the limit of a reply")
    func endless() throws {
        let executor = DeterministicExecutor()
        try executor.run {
            let (near, far) = PipeTransport.pair(executor)
            let peer = Peer(far)
            try await peer.say("220 ready")
            let (channel, _) = try await CommandChannel.open(over: near)
            let pouring = Task(executorPreference: executor) { () -> Int in
                var count = 0
                while (try? await peer.write("250-more to come\r\n")) != nil { count += 1 }
                return count
            }
            let error = await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
            guard case .protocolViolation(.malformedReply)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            // The limit, and what the pipe held at that time.
            #expect(await pouring.value < ReplyLimits().lineCount + 2 * 65_536 / 18)
        }
    }

    @Test("While nothing is asked a line without an end is stopped at the limit of a line")
    func idle() throws {
        let executor = DeterministicExecutor()
        try executor.run {
            let (near, far) = PipeTransport.pair(executor)
            let peer = Peer(far)
            try await peer.say("220 ready")
            let (channel, _) = try await CommandChannel.open(over: near)
            try await peer.write("250 ")
            while (try? await peer.write(String(repeating: "x", count: 100))) != nil {}
            let error = await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
            guard case .protocolViolation(.malformedReply)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            // The limit, and what the pipe held at that time.
            #expect(peer.saidCount < ReplyLimits().lineLength + 2 * 65_536)
        }
    }
}
