import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@Suite("CommandChannel: servers that break the protocol")
struct ViolationTests {
    private func error(
        _ fragmentation: PipeOptions.Fragmentation = .whole,
        options: ChannelOptions = ChannelOptions(),
        server: @escaping @Sendable (Peer) async throws -> Void,
        client: @escaping @Sendable (CommandChannel) async throws(ChannelError) -> Void
    ) throws -> ChannelError? {
        try session(fragmentation, options: options, server: server) { channel in
            let first = await channelError { () async throws(ChannelError) in try await client(channel) }
            // Nothing is trusted after, and everybody is told why.
            #expect(await channelError { () async throws(ChannelError) in _ = try await channel.noop() } == first)
            return first
        }.value
    }

    @Test(
        "Bytes that are no reply end it",
        arguments: [
            "2500 ok", "25 ok", "2a0 ok", "+50", "199 no", "600 no", "HTTP/1.1 400", "250-a\r\n251 b",
            "\u{16}\u{3}\u{1}", "",
        ]
    )
    func malformed(text: String) throws {
        for fragmentation in allFragmentations {
            let error = try error(
                fragmentation,
                server: { peer in
                    _ = try await peer.line()
                    try await peer.say(text)
                },
                client: { channel throws(ChannelError) in _ = try await channel.noop() }
            )
            guard case .protocolViolation(.malformedReply)? = error else {
                Issue.record("\(text.debugDescription): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("A reply that nobody asked for ends it", arguments: ["250 surprise", "550 surprise"])
    func unsolicited(text: String) throws {
        let error = try error(
            server: { peer in
                try await peer.answer("250 ok\n\(text)")
            },
            client: { channel throws(ChannelError) in
                _ = try await channel.noop()
                for _ in 0..<10 { await Task.yield() }
                _ = try await channel.noop()
            }
        )
        guard case .protocolViolation(.unsolicitedReply(let reply))? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(reply)" == text)
    }

    @Test("A reply that began before its command is not taken for its answer")
    func premature() throws {
        let (error, received) = try session(
            server: { peer in
                try await peer.answer("250 ok")
                try await peer.write("250 o")
            },
            client: { channel in
                _ = try await channel.noop()
                try await channel.executor.sleep(for: .seconds(1))
                return await channelError { () async throws(ChannelError) in _ = try await channel.mail(from: .null) }
            }
        )
        #expect(error == .protocolViolation(.prematureReply))
        #expect(received == "NOOP\r\n")
    }

    @Test("421 while nothing is asked is a goodbye, and the next command is not written")
    func goodbye() throws {
        let (error, received) = try session(
            server: { peer in
                try await peer.answer("250 ok")
                try await peer.say("421 4.4.2 idle too long")
                peer.close()
            },
            client: { channel in
                _ = try await channel.noop()
                try await channel.executor.sleep(for: .seconds(1))
                #expect(!channel.state.isOpen)
                return await channelError { () async throws(ChannelError) in _ = try await channel.mail(from: .null) }
            }
        )
        guard case .closedByServer(let reply?)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(reply)" == "421 4.4.2 idle too long")
        #expect(received == "NOOP\r\n")
    }

    @Test("421 as an answer is returned; those behind it are told of it", arguments: allFragmentations)
    func goodbyeInGroup(fragmentation: PipeOptions.Fragmentation) throws {
        let (outcomes, _) = try session(
            fragmentation,
            server: { peer in
                _ = try await peer.line()
                try await peer.say("421 shutting down")
                peer.close()
            },
            client: { channel in
                try await channel.pipeline { group in
                    group.mail(from: .null)
                    group.recipient(to: .postmaster)
                    group.data()
                }
            }
        )
        #expect(outcomes.map(\.replies.count) == [1, 0, 0])
        for outcome in outcomes.dropFirst() {
            guard case .closedByServer(let reply?)? = outcome.failure else {
                Issue.record("\(String(describing: outcome.failure))")
                continue
            }
            #expect(reply.code == 421)
        }
    }

    @Test("An unfinished line at the end of the stream is no reply")
    func unfinished() throws {
        let error = try error(
            server: { peer in
                _ = try await peer.line()
                try await peer.write("250 2.0.0 que")
                peer.close()
            },
            client: { channel throws(ChannelError) in _ = try await channel.noop() }
        )
        #expect(error == .closedByServer(after: nil))
    }

    @Test("Limits on a reply are kept")
    func limits() throws {
        var options = ChannelOptions()
        options.limits.reply.lineLength = 100
        options.limits.reply.lineCount = 3
        options.limits.reply.replyLength = 150
        let floods = [
            "250 " + String(repeating: "x", count: 97),
            "250-a\n250-b\n250-c\n250 d",
            String(repeating: "250-" + String(repeating: "x", count: 96) + "\n", count: 2) + "250 x",
        ]
        for flood in floods {
            let error = try error(
                options: options,
                server: { peer in
                    _ = try await peer.line()
                    try await peer.say(flood)
                },
                client: { channel throws(ChannelError) in _ = try await channel.noop() }
            )
            guard case .protocolViolation(.malformedReply)? = error else {
                Issue.record("\(flood.prefix(20)): \(String(describing: error))")
                continue
            }
        }
    }
}
