import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

/// Groups that run ahead of the replies to those before them.
@Suite("CommandChannel: streams")
struct StreamTests {
    private static func group(_ number: Int) -> @Sendable (inout CommandGroup) -> Void {
        { group in
            if number > 0 { group.reset() }
            group.mail(from: .null)
            group.recipient(to: .postmaster)
            group.bdat(Array("message \(number)\r\n".utf8), isLast: true)
        }
    }

    @Test("Groups go ahead of the replies, which come in order", arguments: allFragmentations)
    func ahead(fragmentation: PipeOptions.Fragmentation) throws {
        let (replies, received) = try session(
            fragmentation,
            server: { peer in
                // Nothing is answered before all has come.
                var lines: [String] = []
                while lines.last != "message 2", let line = try await peer.line() { lines.append(line) }
                for number in 1...11 { try await peer.say("250 \(number)") }
                #expect(try await peer.line() == "NOOP")
                try await peer.say("250 ok")
            },
            client: { channel in
                let replies = try await channel.withStream { stream in
                    for number in 0..<3 { try await stream.send(content: nil, Self.group(number)) }
                    var replies: [String] = []
                    for _ in 0..<11 { replies.append(try await stream.nextReply().description) }
                    await #expect(throws: ChannelError.misuse(.noReplyAwaited)) { try await stream.nextReply() }
                    return replies
                }
                _ = try await channel.noop()
                return replies
            }
        )
        #expect(replies == (1...11).map { "250 \($0)" })
        #expect(received.hasPrefix("MAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nBDAT 11 LAST\r\nmessage 0\r\nRSET\r\n"))
    }

    @Test("Content goes in one segment with the next group, once a 354 has come")
    func content() throws {
        let (_, received) = try session(
            server: { peer in
                for _ in 0..<3 { _ = try await peer.line() }
                try await peer.say("250 1\n250 2\n354 3")
                for _ in 0..<4 { _ = try await peer.line() }
                try await peer.say("250 4\n250 5\n250 6")
            },
            client: { channel in
                try await channel.withStream { stream in
                    let open: @Sendable (inout CommandGroup) -> Void = { group in
                        group.mail(from: .null)
                        group.recipient(to: .postmaster)
                        group.data()
                    }
                    await #expect(throws: ChannelError.misuse(.contentNotExpected)) {
                        try await stream.send(content: [])
                    }
                    try await stream.send(content: nil, open)
                    for _ in 0..<3 { _ = try await stream.nextReply() }
                    await #expect(throws: ChannelError.misuse(.contentExpected)) {
                        try await stream.send { $0.reset() }
                    }
                    try await stream.send(content: Array(".a".utf8)) { group in
                        group.reset()
                        group.mail(from: .null)
                    }
                    for _ in 0..<3 { _ = try await stream.nextReply() }
                }
            }
        )
        #expect(received.hasSuffix("DATA\r\n..a\r\n.\r\nRSET\r\nMAIL FROM:<>\r\n"))
    }

    @Test("Two that send at the same time are not mixed: the second is refused")
    func twoAtOnce() throws {
        var outward = PipeOptions()
        outward.capacity = 10
        let (error, received) = try session(
            outward: outward,
            server: { peer in
                for _ in 0..<4 { _ = try await peer.line() }
                try await peer.say("250 1\n250 2\n250 3")
            },
            client: { channel in
                try await channel.withStream { stream in
                    async let first: Void = stream.send(content: nil, Self.group(0))
                    await Task.yield()
                    let error = await channelError { () async throws(ChannelError) in
                        try await stream.send(content: nil, Self.group(1))
                    }
                    try await first
                    for _ in 0..<3 { _ = try await stream.nextReply() }
                    return error
                }
            }
        )
        #expect(error == .misuse(.sendUnderWay))
        #expect(received == "MAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nBDAT 11 LAST\r\nmessage 0\r\n")
    }

    @Test("Two that wait for a reply at the same time: the second is refused, and the first goes on waiting")
    func twoWaiting() throws {
        let (error, _) = try session(
            server: { peer in
                for _ in 0..<4 { _ = try await peer.line() }
                try await peer.transport.executor.sleep(for: .seconds(1))
                try await peer.say("250 1\n250 2\n250 3")
            },
            client: { channel in
                try await channel.withStream { stream in
                    try await stream.send(content: nil, Self.group(0))
                    async let first = stream.nextReply()
                    await Task.yield()
                    let error = await channelError { () async throws(ChannelError) in _ = try await stream.nextReply() }
                    #expect(try await first.description == "250 1")
                    return error
                }
            }
        )
        #expect(error == .misuse(.receiveUnderWay))
    }

    @Test(
        "Content refused before it was sent ends the connection: the server may still read it",
        arguments: ["left", "taken", "ignored"]
    )
    func refusedEarly(kind: String) throws {
        let (error, received) = try session(
            server: { peer in
                for _ in 0..<3 { _ = try await peer.line() }
                try await peer.say("250 1\n550 2\n354 3\n554 4")
                try await peer.drain()
            },
            client: { channel in
                try await channel.withStream { stream in
                    try await stream.send { group in
                        group.mail(from: .null)
                        group.recipient(to: .postmaster)
                        group.data()
                    }
                    for _ in 0..<3 { _ = try await stream.nextReply() }
                    switch kind {
                    case "taken": #expect(try await stream.nextReply().code.rawValue == 554)
                    case "ignored":
                        await #expect(throws: ChannelError.contentAbandoned) { try await stream.send { $0.reset() } }
                        #expect(try await stream.nextReply().code.rawValue == 554)
                    default: break
                    }
                }
                return await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
            }
        )
        #expect(error == .contentAbandoned)
        #expect(received.hasSuffix("DATA\r\n"))
    }

    @Test("Who waits for a reply beyond the stream's end is told so, and the next stream is not disturbed")
    func outlived() throws {
        try session(
            server: { peer in
                _ = try await peer.line()
                try await peer.transport.executor.sleep(for: .seconds(1))
                try await peer.say("250 1")
                #expect(try await peer.line() == "RSET")
                try await peer.say("250 2")
            },
            client: { channel in
                let waiting = try await channel.withStream { stream in
                    try await stream.send { $0.append(.noop(nil)) }
                    return Task(executorPreference: channel.executor) {
                        await channelError { () async throws(ChannelError) in _ = try await stream.nextReply() }
                    }
                }
                let reply = try await channel.withStream { stream in
                    try await stream.send { $0.reset() }
                    return try await stream.nextReply()
                }
                #expect(reply.description == "250 2")
                #expect(await waiting.value == .misuse(.streamEnded))
            }
        )
    }

    @Test("A 220 to STARTTLS that is left closes the channel: the server reads no command, and nothing it says is read")
    func leftStartTLS() throws {
        try session(
            server: { peer in
                #expect(try await peer.line() == "STARTTLS")
                try await peer.say("220 go on")
                #expect(try await peer.line() == nil)
            },
            client: { channel in
                try await channel.withStream { stream in
                    try await stream.send { $0.append(.startTLS) }
                    try await channel.executor.sleep(for: .seconds(1))
                }
                let next = await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                #expect(next == .upgradeAbandoned && !channel.state.isOpen)
            }
        )
    }

    @Test("Replies that are left are dropped, and a stream that is kept is of no use")
    func left() throws {
        try session(
            server: { peer in
                for _ in 0..<4 { _ = try await peer.line() }
                try await peer.say("250 1\n250 2\n250 3")
                #expect(try await peer.line() == "NOOP")
                try await peer.say("251 ok")
            },
            client: { channel in
                let kept = try await channel.withStream { stream in
                    try await stream.send(content: nil, Self.group(0))
                    _ = try await stream.nextReply()
                    return stream
                }
                #expect(try await channel.noop().code.rawValue == 251)
                await #expect(throws: ChannelError.misuse(.streamEnded)) { try await kept.nextReply() }
                await #expect(throws: ChannelError.misuse(.streamEnded)) { try await kept.send { $0.reset() } }
            }
        )
    }

    @Test("What the body throws is thrown, and the end of the connection ends the waiting")
    func failures() throws {
        struct Broken: Error {}
        try session(
            server: { peer in
                for _ in 0..<2 { _ = try await peer.line() }
                try await peer.transport.shutdownWrite()
            },
            client: { channel in
                await #expect(throws: Broken.self) { try await channel.withStream { _ in throw Broken() } }
                let errors = try await channel.withStream { stream in
                    try await stream.send { group in
                        group.mail(from: .null)
                        group.data()
                    }
                    // Before any reply, and so before the end.
                    let early = await channelError { () async throws(ChannelError) in
                        try await stream.send { $0.reset() }
                    }
                    let late = await channelError { () async throws(ChannelError) in
                        _ = try await stream.nextReply()
                    }
                    return [early, late]
                }
                #expect(errors == [.misuse(.mustBeLastInGroup(verb: "DATA")), .closedByServer(after: nil)])
            }
        )
    }
}
