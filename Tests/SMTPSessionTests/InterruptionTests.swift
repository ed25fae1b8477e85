import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Synchronization
import TestSupport
import Testing

/// What must hold when an exchange ends before its time: nobody waits for ever, and nobody else pays for it.
@Suite("CommandChannel: exchanges that are broken off")
struct InterruptionTests {
    @Test("DATA cancelled before its 354 closes the channel: nobody is left who has the content")
    func cancelledDATA() throws {
        let (error, received) = try session(
            server: { peer in
                try await peer.answer("250 mail")
                _ = try await peer.line()
                try await peer.transport.executor.sleep(for: .seconds(1))
                try await peer.say("354 go")
            },
            client: { channel in
                _ = try await channel.mail(from: .null)
                let task = Task(executorPreference: channel.executor) { try await channel.data() }
                try await channel.executor.sleep(for: .milliseconds(10))
                task.cancel()
                let error = await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                #expect(!channel.state.isOpen)
                return error
            }
        )
        #expect(error == .contentAbandoned)
        #expect(received == "MAIL FROM:<>\r\nDATA\r\n")
    }

    @Test("Waiting for a raw reply, cancelled, harms no neighbour and loses no reply")
    func cancelledRawReceive() throws {
        try session(
            server: { peer in
                _ = try await peer.line()
                try await peer.transport.executor.sleep(for: .seconds(10))
                try await peer.say("250 raw")
                try await peer.answer("250 noop")
            },
            client: { channel in
                try await channel.sendRaw(Array("X\r\n".utf8))
                let start = channel.executor.now
                let task = Task(executorPreference: channel.executor) { try await channel.receiveRaw() }
                try await channel.executor.sleep(for: .seconds(1))
                task.cancel()
                // Somebody else has the turn at once, and the reply is still to be had.
                #expect(try await channel.receiveRaw().text == ["raw"])
                #expect(try await channel.noop().text == ["noop"])
                #expect(start.duration(to: channel.executor.now) == .seconds(10))
            }
        )
    }

    @Test("A raw reply cannot be waited for while the server waits for content")
    func rawReceiveInsteadOfContent() throws {
        try session(
            server: { peer in
                try await peer.answer("354 go")
                _ = try await peer.content()
                try await peer.say("250 taken")
                try await peer.answer("250 noop")
            },
            client: { channel in
                _ = try await channel.data()
                #expect(
                    await channelError { () async throws(ChannelError) in _ = try await channel.receiveRaw() }
                        == .misuse(.contentExpected)
                )
                #expect(try await channel.sendMessage([]).map(\.code.rawValue) == [250])
                #expect(try await channel.noop().text == ["noop"])
            }
        )
    }

    @Test("A command cancelled before it is written is never written, however near its turn is")
    func cancelledAsTheTurnComes() throws {
        for steps in 0..<30 {
            let sent = Mutex<[String]>([])
            var options = ChannelOptions()
            options.transcript = TranscriptObserver { event in
                if event.direction == .sent { sent.withLock { $0.append(event.line) } }
            }
            try session(
                options: options,
                server: { peer in while let line = try await peer.line() { try await peer.say("250 \(line)") } },
                client: { channel in
                    let first = Task(executorPreference: channel.executor) { try await channel.help() }
                    let second = Task(executorPreference: channel.executor) { try await channel.quit() }
                    for _ in 0..<steps { await Task.yield() }
                    let isWritten = sent.withLock { $0.contains("QUIT") }
                    second.cancel()
                    _ = try await first.value
                    _ = await second.result
                    #expect(try await channel.noop().text == ["NOOP"])
                    #expect(sent.withLock { $0.contains("QUIT") } == isWritten, "after \(steps) steps")
                }
            )
        }
    }

    @Test("A write that failed while reading goes on does not leave the content's reply without a deadline")
    func failedWriteWithoutEnd() throws {
        let executor = DeterministicExecutor()
        var options = ChannelOptions()
        options.timeouts.dataTermination = .seconds(30)
        let error = try executor.run { [options] in
            let (near, far) = PipeTransport.pair(executor)
            let peer = Peer(far)
            try await peer.say("220 ready")
            let (channel, _) = try await CommandChannel.open(
                over: DeafTransport(near, writesUntil: "DATA\r\n"),
                options: options
            )
            async let serving: Void = peer.answer("354 go")
            _ = try await channel.data()
            try await serving
            try await executor.sleep(for: .seconds(100))
            let start = executor.now
            let error = await channelError { () async throws(ChannelError) in
                _ = try await channel.sendMessage(Array(repeating: 0x61, count: 200_000))
            }
            #expect(start.duration(to: executor.now) == .seconds(30))
            return error
        }
        #expect(error == .timedOut(.dataTermination, after: .seconds(30)))
    }
}
