import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@Suite("CommandChannel: content")
struct ContentTests {
    @Test("A message is normalised and made transparent", arguments: allFragmentations)
    func message(fragmentation: PipeOptions.Fragmentation) throws {
        let (replies, received) = try session(
            fragmentation,
            server: { peer in
                try await peer.answer("354 go")
                _ = try await peer.content()
                try await peer.say("250 taken")
            },
            client: { channel in
                _ = try await channel.data()
                return try await channel.sendMessage(Array("a\n.b\r\n..\rc".utf8))
            }
        )
        #expect(replies.map(\.description) == ["250 taken"])
        #expect(received == "DATA\r\na\r\n..b\r\n...\r\nc\r\n.\r\n")
    }

    @Test(
        "A raw message is sent as it is",
        arguments: [("", ".\r\n"), ("a\n.b", "a\n.b\r\n.\r\n"), ("a\r\n", "a\r\n.\r\n")]
    )
    func rawMessage(content: String, expected: String) throws {
        let (_, received) = try session(
            server: { peer in
                try await peer.answer("354 go")
                while let line = try await peer.line(), line != "." {}
                try await peer.say("250 taken")
            },
            client: { channel in
                _ = try await channel.data()
                return try await channel.sendRawMessage(Array(content.utf8))
            }
        )
        #expect(received == "DATA\r\n" + expected)
    }

    @Test("Transparency alone changes nothing else")
    func escape() {
        let escaped = CommandChannel.escapeMessage(Array(".a\r\n.\nb.\n..\r.c".utf8))
        #expect(String(decoding: escaped, as: UTF8.self) == "..a\r\n..\nb.\n...\r.c")
    }

    @Test("Content nobody asked for, and a command instead of content, are refused before a byte")
    func misuse() throws {
        let (_, received) = try session(
            server: { peer in
                try await peer.answer("550 no")
                try await peer.answer("354 go")
                _ = try await peer.content()
                try await peer.say("250 taken")
            },
            client: { channel in
                let bytes = Array("x\r\n".utf8)
                #expect(
                    await channelError { () async throws(ChannelError) in _ = try await channel.sendMessage(bytes) }
                        == .misuse(.contentNotExpected)
                )
                _ = try await channel.data()
                #expect(
                    await channelError { () async throws(ChannelError) in _ = try await channel.sendMessage(bytes) }
                        == .misuse(.contentNotExpected)
                )
                _ = try await channel.data()
                #expect(channel.state.transaction.stage == .contentExpected)
                #expect(
                    await channelError { () async throws(ChannelError) in _ = try await channel.reset() }
                        == .misuse(.contentExpected)
                )
                _ = try await channel.sendMessage(bytes)
            }
        )
        #expect(received == "DATA\r\nDATA\r\nx\r\n.\r\n")
    }

    @Test("A refusal in the midst of the content stops it, and the dot is never sent", arguments: [true, false])
    func earlyRefusal(isWaiting: Bool) throws {
        var outward = PipeOptions()
        outward.capacity = 1000
        let (_, received) = try session(
            outward: outward,
            server: { peer in
                try await peer.answer("354 go")
                if isWaiting { _ = try await peer.octets(3000) }
                try await peer.say("552 5.3.4 too big")
                _ = try await peer.octets(100_000)
            },
            client: { channel in
                _ = try await channel.data()
                if !isWaiting { try await channel.executor.sleep(for: .seconds(1)) }
                let content = Array(String(repeating: "line\r\n", count: 50_000).utf8)
                let replies = try await channel.sendMessage(content)
                #expect(replies.map(\.code.rawValue) == [552])
                #expect(
                    await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                        == .contentAbandoned
                )
            }
        )
        #expect(!received.contains("\r\n.\r\n"))
        #expect(received.utf8.count < 140_000)
    }

    @Test("A positive reply before the content was sent is not an acceptance", arguments: allFragmentations)
    func prematureAcceptance(fragmentation: PipeOptions.Fragmentation) throws {
        let (error, received) = try session(
            fragmentation,
            server: { peer in
                _ = try await peer.line()
                try await peer.say("354 go\n250 taken")
            },
            client: { channel in
                _ = try await channel.data()
                for _ in 0..<100 { await Task.yield() }
                return await channelError { () async throws(ChannelError) in
                    _ = try await channel.sendMessage(Array("x".utf8))
                }
            }
        )
        #expect(error == .protocolViolation(.prematureReply))
        #expect(received == "DATA\r\n")
    }

    @Test("A reply that begins before the dot and ends behind it is no acceptance either")
    func beganEarly() throws {
        var outward = PipeOptions()
        outward.capacity = 100
        let (error, _) = try session(
            outward: outward,
            server: { peer in
                try await peer.answer("354 go")
                _ = try await peer.octets(200)
                try await peer.write("250 ta")
                _ = try await peer.content()
                try await peer.write("ken\r\n")
            },
            client: { channel in
                _ = try await channel.data()
                let content = Array(String(repeating: "line\r\n", count: 50_000).utf8)
                return await channelError { () async throws(ChannelError) in _ = try await channel.sendMessage(content)
                }
            }
        )
        #expect(error == .protocolViolation(.prematureReply))
    }

    @Test(
        "A positive reply while the last piece is being written is no acceptance",
        arguments: ["250 taken\r\n", "250 ta"]
    )
    func acceptedBeforeTheDot(beginning: String) throws {
        var outward = PipeOptions()
        outward.capacity = 100
        let (error, received) = try session(
            outward: outward,
            server: { peer in
                try await peer.answer("354 go")
                _ = try await peer.octets(200)
                try await peer.write(beginning)
                try await peer.transport.executor.sleep(for: .seconds(1))
                _ = try await peer.content()
                if !beginning.hasSuffix("\n") { try await peer.write("ken\r\n") }
            },
            client: { channel in
                _ = try await channel.data()
                return await channelError { () async throws(ChannelError) in
                    _ = try await channel.sendMessage(Array(repeating: 0x61, count: 1000))
                }
            }
        )
        #expect(error == .protocolViolation(.prematureReply))
        if beginning.hasSuffix("\n") { #expect(!received.contains("\r\n.\r\n")) }
    }

    @Test("Nor one while a chunk is being written", arguments: [true, false])
    func acceptedBeforeTheChunk(isLast: Bool) throws {
        var outward = PipeOptions()
        outward.capacity = 100
        let (error, _) = try session(
            outward: outward,
            server: { peer in
                _ = try await peer.octets(200)
                try await peer.say("250 taken")
                _ = try await peer.octets(900)
            },
            client: { channel in
                await channelError { () async throws(ChannelError) in
                    _ = try await channel.bdat(Array(repeating: 0x61, count: 1000), isLast: isLast)
                }
            }
        )
        #expect(error == .protocolViolation(.prematureReply))
    }

    @Test("A server that refuses and reads no more is not waited for", arguments: [1000, 1_000_000])
    func refusedAndStalled(size: Int) throws {
        var outward = PipeOptions()
        outward.capacity = 100
        let (_, received) = try session(
            outward: outward,
            server: { peer in
                try await peer.answer("354 go")
                _ = try await peer.octets(200)
                try await peer.say("552 5.3.4 too big")
                try await peer.transport.executor.sleep(for: .seconds(3600))
            },
            client: { channel in
                _ = try await channel.data()
                let start = channel.executor.now
                let replies = try await channel.sendMessage(Array(repeating: 0x61, count: size))
                #expect(replies.map(\.code.rawValue) == [552])
                #expect(start.duration(to: channel.executor.now) == .zero)
                #expect(!channel.state.isOpen)
            }
        )
        #expect(!received.contains("\r\n.\r\n"))
    }

    @Test("After a write that failed, what the server had said is still read")
    func refusalBeforeClose() throws {
        var outward = PipeOptions()
        outward.capacity = 1000
        let (replies, _) = try session(
            outward: outward,
            server: { peer in
                try await peer.answer("354 go")
                _ = try await peer.octets(500)
                try await peer.say("421 4.3.2 shutting down")
                peer.close()
            },
            client: { channel in
                _ = try await channel.data()
                return try await channel.sendMessage(Array(repeating: 0x61, count: 500_000))
            }
        )
        #expect(replies.map(\.code.rawValue) == [421])
    }

    @Test("LMTP answers the content once for each accepted recipient, duplicates included")
    func lmtp() throws {
        let (replies, _) = try session(
            server: { peer in
                for reply in ["250 hello", "250 m", "250 1", "550 2", "250 1 again", "354 go"] {
                    try await peer.answer(reply)
                }
                _ = try await peer.content()
                try await peer.say("250 first\n452 second")
                try await peer.answer("250 noop")
            },
            client: { channel in
                _ = try await channel.lhlo(.localhost)
                #expect(channel.state.transaction.isLMTP)
                _ = try await channel.mail(from: .null)
                for _ in 0..<3 { _ = try await channel.recipient(to: .postmaster) }
                _ = try await channel.data()
                let replies = try await channel.sendMessage([])
                #expect(try await channel.noop().text == ["noop"])
                return replies
            }
        )
        #expect(replies.map(\.code.rawValue) == [250, 452])
    }

    @Test("PRDR: 353 announces one reply for each recipient and a last one", arguments: [true, false])
    func prdr(isAnnounced: Bool) throws {
        let (replies, _) = try session(
            server: { peer in
                for reply in ["250 m", "250 1", "250 2", "354 go"] { try await peer.answer(reply) }
                _ = try await peer.content()
                try await peer.say(isAnnounced ? "353 wait\n250 a\n550 b\n250 all" : "250 all")
                try await peer.answer("250 noop")
            },
            client: { channel in
                _ = try await channel.mail(from: .null, parameters: [.prdr])
                for _ in 0..<2 { _ = try await channel.recipient(to: .postmaster) }
                _ = try await channel.data()
                let replies = try await channel.sendMessage([])
                #expect(try await channel.noop().text == ["noop"])
                return replies
            }
        )
        #expect(replies.map(\.code.rawValue) == (isAnnounced ? [353, 250, 550, 250] : [250]))
    }
}
