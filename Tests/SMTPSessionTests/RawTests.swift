import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@Suite("CommandChannel: raw bytes")
struct RawTests {
    @Test("Bytes go out as they are, and replies come in order", arguments: allFragmentations)
    func exchange(fragmentation: PipeOptions.Fragmentation) throws {
        let (texts, received) = try session(
            fragmentation,
            server: { peer in
                try await peer.drainReplying(["250 a", "250-b", "250 b", "500 c"], after: 3)
                try await peer.answer("250 noop")
            },
            client: { channel in
                try await channel.sendRaw(Array("RSET\r\nxyz\nNOOP\r\n".utf8))
                var texts: [String] = []
                for _ in 0..<3 { texts.append(try await channel.receiveRaw().description) }
                #expect(channel.state.transaction.stage == .uncertain)
                texts.append(try await channel.noop().description)
                return texts
            }
        )
        #expect(texts == ["250 a", "250 b b", "500 c", "250 noop"])
        #expect(received == "RSET\r\nxyz\nNOOP\r\nNOOP\r\n")
    }

    @Test("A command is refused while replies to raw bytes lie there")
    func unclaimed() throws {
        try session(
            server: { peer in
                try await peer.answer("250 a\n250 b")
                try await peer.answer("250 noop")
            },
            client: { channel in
                try await channel.sendRaw(Array("X\r\n".utf8))
                try await channel.executor.sleep(for: .seconds(1))
                #expect(
                    await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                        == .misuse(.unclaimedReplies(count: 2))
                )
                #expect(try await channel.receiveRaw().text == ["a"])
                #expect(try await channel.receiveRaw().text == ["b"])
                #expect(try await channel.noop().text == ["noop"])
            }
        )
    }

    @Test("Replies to raw bytes that nobody receives are limited")
    func flood() throws {
        var options = ChannelOptions()
        options.limits.unclaimedReplies = 3
        try session(
            options: options,
            server: { peer in try await peer.answer("250 a\n250 b\n250 c\n250 d") },
            client: { channel in
                try await channel.sendRaw(Array("X\r\n".utf8))
                try await channel.executor.sleep(for: .seconds(1))
                #expect(
                    await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                        == .protocolViolation(.tooManyUnclaimedReplies(limit: 3))
                )
            }
        )
    }

    @Test("Content can be sent raw after a 354, dot and all")
    func rawContent() throws {
        let (reply, received) = try session(
            server: { peer in
                try await peer.answer("354 go")
                _ = try await peer.content()
                try await peer.say("250 taken")
                try await peer.answer("250 noop")
            },
            client: { channel in
                _ = try await channel.data()
                try await channel.sendRaw(Array("a\r\n".utf8))
                try await channel.sendRaw(Array(".\r\n".utf8))
                let reply = try await channel.receiveRaw()
                _ = try await channel.noop()
                return reply
            }
        )
        #expect(reply.text == ["taken"])
        #expect(received == "DATA\r\na\r\n.\r\nNOOP\r\n")
    }

    @Test("Content refused before it was sent ends the connection, though the refusal is received raw")
    func refusedEarly() throws {
        let (error, _) = try session(
            server: { peer in
                for reply in ["250 1", "250 2"] { try await peer.answer(reply) }
                _ = try await peer.line()
                try await peer.say("354 go\n554 no")
                try await peer.drain()
            },
            client: { channel in
                _ = try await channel.mail(from: .null)
                _ = try await channel.recipient(to: .postmaster)
                _ = try await channel.data()
                #expect(try await channel.receiveRaw().code.rawValue == 554)
                return await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
            }
        )
        #expect(error == .contentAbandoned)
    }
}
