import SMTPSession
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

/// Callers that have no preference for the channel's executor: on the way into each wait their task leaves the executor
/// and comes back, and what it waits for may have come meanwhile.
@Suite("CommandChannel: tasks from elsewhere", .timeLimit(.minutes(1)))
struct PlainTaskTests {
    @Test("A greeting that is there before the channel is opened is received")
    @MainActor
    func earlyGreeting() async throws {
        let listener = try await TCPListener.bind()
        let serving = Task(executorPreference: listener.executor) {
            while let transport = try await listener.accept() {
                try await transport.write(Array("220 ready\r\n".utf8).span.bytes)
                _ = try? await transport.read(into: ReceiveBuffer())
                transport.close(.closed)
            }
        }
        for _ in 0..<100 {
            let (channel, greeting) = try await CommandChannel.connect(to: listener.endpoint)
            #expect(greeting.code == 220)
            await channel.disconnect()
        }
        listener.close()
        try await serving.value
    }

    @Test("Many tasks at once have their commands answered, and those that are cancelled are told")
    func crowd() async throws {
        let executor = EventLoopExecutor.next()
        let (near, far) = PipeTransport.pair(executor)
        let serving = Task(executorPreference: executor) {
            let peer = Peer(far)
            try await peer.say("220 ready")
            while let line = try await peer.line() {
                try await peer.say(line.hasPrefix("QUIT") ? "221 bye" : "250 \(line)")
                if line.hasPrefix("QUIT") { break }
            }
            try await peer.drain()
        }
        let (channel, _) = try await CommandChannel.open(over: near)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let task = Task { () -> Bool in
                        let error = await channelError { () async throws(ChannelError) in
                            let reply = try await channel.noop(try? CommandArgument("\(number)"))
                            #expect(reply.text == ["NOOP \(number)"])
                        }
                        return error == nil || error == .cancelled
                    }
                    if number % 3 == 0 { task.cancel() }
                    #expect(await task.value)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await channel.quit().code == 221)
        await channel.disconnect()
        try await serving.value
    }
}
