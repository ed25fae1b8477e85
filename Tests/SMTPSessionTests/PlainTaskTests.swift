import SMTPSession
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

/// Callers that have no preference for the channel's executor: on the way into each wait their task leaves the executor
/// and comes back, and what it waits for may have come meanwhile.
///
/// Optimised code alone has that gap, so it is `swift test -c release` that could find it.
@Suite("CommandChannel: tasks from elsewhere", .timeLimit(.minutes(1)))
struct PlainTaskTests {
    @Test("A greeting that is there before the channel is opened is received")
    func earlyGreeting() async throws {
        let executor = EventLoopExecutor.next()
        for _ in 0..<50 {
            let (near, far) = PipeTransport.pair(executor)
            try await Task(executorPreference: executor) { try await Peer(far).say("220 ready") }.value
            let (channel, greeting) = try await CommandChannel.open(over: near)
            #expect(greeting.code == 220)
            await channel.disconnect()
        }
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

    @Test("The body of runOnEventLoop is on the loop and stays there, and what follows it is not")
    func placement() async throws {
        let executor = EventLoopExecutor.next()
        let (near, far) = PipeTransport.pair(executor)
        let serving = Task(executorPreference: executor) {
            let peer = Peer(far)
            try await peer.say("220 ready")
            for _ in 0..<3 { try await peer.answer("250 ok") }
            try await peer.drain()
        }
        let (channel, _) = try await CommandChannel.open(over: near)
        #expect(executor.isIsolatingCurrentContext() == false)
        let places = try await channel.runOnEventLoop { channel in
            var places = [executor.isIsolatingCurrentContext()]
            for _ in 0..<3 {
                _ = try await channel.noop()
                places.append(executor.isIsolatingCurrentContext())
            }
            return places
        }
        #expect(places == [true, true, true, true])
        #expect(executor.isIsolatingCurrentContext() == false)
        await channel.disconnect()
        try await serving.value
    }
}
