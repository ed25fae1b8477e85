import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@Suite("CommandChannel: groups")
struct GroupTests {
    @Test("A group goes in one segment, and each command gets its replies", arguments: allFragmentations)
    func oneSegment(fragmentation: PipeOptions.Fragmentation) throws {
        let (outcomes, received) = try session(
            fragmentation,
            server: { peer in
                let reader = ReceiveBuffer()
                if fragmentation == .whole {
                    // Delivered whole, what one write carried is one read.
                    _ = try await peer.transport.read(into: reader)
                    #expect(reader.count == 48)
                } else {
                    for _ in 0..<4 { _ = try await peer.line() }
                }
                try await peer.say("250 1\n250-2\n250 2\n550 3\n354 4")
            },
            client: { channel in
                try await channel.pipeline { group in
                    group.reset()
                    group.mail(from: .null)
                    group.recipient(to: .postmaster)
                    group.data()
                }
            }
        )
        #expect(outcomes.map(\.command.verb) == ["RSET", "MAIL", "RCPT", "DATA"])
        #expect(try outcomes.map { try $0.reply().description } == ["250 1", "250 2 2", "550 3", "354 4"])
        if fragmentation != .whole {
            #expect(received.hasPrefix("RSET\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n"))
        }
    }

    @Test("What must be last is refused elsewhere, before a byte is written")
    func order() throws {
        let verb = try CommandVerb("XUNKNOWN")
        let lastOnly: [SMTPCommand] = [
            .data, .quit, .noop(nil), .verify(try CommandArgument("x")), .expand(try CommandArgument("x")),
            .help(nil), .ehlo(.localhost), .startTLS, .turn, .raw(verb: verb, argument: nil), .authCancel,
        ]
        let (_, received) = try session(
            server: { peer in try await peer.drain() },
            client: { channel in
                for command in lastOnly {
                    let error = await channelError { () async throws(ChannelError) in
                        _ = try await channel.pipeline { group in
                            group.append(command)
                            group.reset()
                        }
                    }
                    #expect(error == .misuse(.mustBeLastInGroup(verb: command.verb)))
                }
                let empty = await channelError { () async throws(ChannelError) in
                    _ = try await channel.pipeline { _ in }
                }
                #expect(empty == .misuse(.emptyGroup))
            }
        )
        #expect(received.isEmpty)
    }

    @Test("Replies that came before the connection ended are kept")
    func cut() throws {
        let (outcomes, _) = try session(
            server: { peer in
                _ = try await peer.line()
                try await peer.say("250 1\n250 2")
                try await peer.write("250 3")
                peer.close()
            },
            client: { channel in
                try await channel.pipeline { group in
                    for _ in 0..<4 { group.reset() }
                }
            }
        )
        #expect(outcomes.map(\.failure) == [nil, nil, .closedByServer(after: nil), .closedByServer(after: nil)])
        #expect(throws: ChannelError.closedByServer(after: nil)) { try outcomes[3].reply() }
    }

    @Test("A cancelled group leaves the channel usable")
    func cancelled() throws {
        try session(
            server: { peer in
                for _ in 0..<3 { _ = try await peer.line() }
                try await peer.say("250 1")
                try await peer.transport.executor.sleep(for: .seconds(2))
                try await peer.say("250 2\n250 3")
                try await peer.answer("250 noop")
            },
            client: { channel in
                let task = Task(executorPreference: channel.executor) {
                    try await channel.pipeline { group in
                        for _ in 0..<3 { group.reset() }
                    }
                }
                try await channel.executor.sleep(for: .seconds(1))
                task.cancel()
                #expect(try await task.value.map(\.failure) == [nil, .cancelled, .cancelled])
                #expect(try await channel.noop().text == ["noop"])
            }
        )
    }

    @Test("Chunks may stand in a group, each behind its command")
    func chunks() throws {
        let (outcomes, received) = try session(
            server: { peer in
                try await peer.drainReplying(["250 m", "250 r", "250 c", "250 l"], after: 4)
            },
            client: { channel in
                try await channel.pipeline { group in
                    group.mail(from: .null)
                    group.recipient(to: .postmaster)
                    group.bdat(Array("one\r\n".utf8), isLast: false)
                    group.bdat(Array("two\r\n".utf8), isLast: true)
                }
            }
        )
        #expect(outcomes.count == 4)
        #expect(received.hasPrefix("MAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nBDAT 5\r\none\r\nBDAT 5 LAST\r\ntwo\r\n"))
    }
}

extension Peer {
    /// Answers once `count` lines have come.
    func drainReplying(_ replies: [String], after count: Int) async throws {
        for _ in 0..<count { _ = try await line() }
        try await say(replies.joined(separator: "\n"))
    }
}
