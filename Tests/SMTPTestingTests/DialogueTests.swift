import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Testing

@Suite("Dialogue")
struct DialogueTests {
    static let text = """
        # A greeting of two lines, and a goodbye.
        S: 220-server.example
        S: 220 ready

        C: NOOP
        S: 250 ok
        C: QUIT
        S: 221 bye
        S* close
        """

    /// Writes and reads as told, and never looks at what came.
    private static func speak(_ transport: PipeTransport, _ said: [String]) async throws {
        let buffer = ReceiveBuffer()
        for text in said {
            _ = try await transport.read(into: buffer)
            try await transport.write(Array(text.utf8).span.bytes)
        }
        while try await transport.read(into: buffer) {}
    }

    private func failure(_ said: [String], in text: String = Self.text) throws -> DialogueError {
        let dialogue = try Dialogue(text)
        return try #require(
            throws: DialogueError.self,
            performing: { try dialogue.run(deliveries: [Dialogue.Delivery.all[0]]) { try await Self.speak($0, said) } }
        )
    }

    @Test("A client that says what is written passes, in every delivery")
    func passes() throws {
        let replies = try Dialogue(Self.text).run { transport in
            let (channel, greeting) = try await CommandChannel.open(over: transport)
            let replies = [greeting, try await channel.noop(), try await channel.quit()]
            await channel.disconnect()
            return replies.map(\.description)
        }
        #expect(replies.count == Dialogue.Delivery.all.count)
        #expect(Set(replies) == [["220 server.example ready", "250 ok", "221 bye"]])
    }

    @Test("Anything else is an error that shows what was expected and what came")
    func mismatch() throws {
        let wrong = try failure(["NOOP\r\n", "RSET\u{1B}\r\n"])
        #expect(wrong.kind == .mismatch && wrong.line == 7)
        #expect(wrong.expected == "C: QUIT" && wrong.got == #"RSET\u{1B}\r\n"#)
        #expect(wrong.delivery == Dialogue.Delivery(outward: .whole, homeward: .whole))
        #expect(
            wrong.description == """
                dialogue line 7: something else came
                  expected: C: QUIT
                  got:      RSET\\u{1B}\\r\\n
                  delivery: client to server whole, server to client whole
                """
        )
        #expect(try failure(["NOOP\n"]).kind == .mismatch)
        #expect(try failure(["NOOPS\r\n"]).got == #"NOOPS\r\n"#)
    }

    @Test("Too much, too early, too little: each is told apart")
    func outOfTurn() throws {
        let early = try failure(["NOOP\r\nQUIT\r\n"])
        #expect(early.kind == .outOfTurn && early.line == 6 && early.got == #"QUIT\r\n"#)
        let behind = try failure(["QUIT\r\n"], in: "S: 220 ready")
        #expect(behind.kind == .outOfTurn && behind.line == nil && behind.got == #"QUIT\r\n"#)
        let silent = try failure(["NOOP\r\n"])
        #expect(silent.kind == .stalled && silent.line == 7 && silent.expected == "C: QUIT")
        let left = try #require(throws: DialogueError.self) { try Dialogue(Self.text).run { _ in } }
        #expect(left.kind == .unfinished && left.line == 5)
        let half = try #require(throws: DialogueError.self) {
            try Dialogue("C: NOOP").run { try await $0.write(Array("NO".utf8).span.bytes) }
        }
        #expect(half.kind == .unfinished && half.got == "NO")
    }

    @Test("The client's own error is told, and where it happened")
    func clientFails() throws {
        struct Failure: Error {}
        let failed = try #require(throws: DialogueError.self) {
            try Dialogue(Self.text).run { _ in throw Failure() }
        }
        #expect(failed.kind == .clientFailed && failed.line == 5 && failed.underlying is Failure)
        let timedOut = try #require(throws: DialogueError.self) {
            try Dialogue("S: 220 ready\nC: NOOP\nC: QUIT").run { transport in
                let (channel, _) = try await CommandChannel.open(over: transport)
                _ = try await channel.noop()
            }
        }
        #expect(timedOut.kind == .clientFailed && timedOut.line == 3)
        #expect(timedOut.underlying is ChannelError)
    }

    @Test("Octets, ends and pauses can be written")
    func events() throws {
        let raw = try Dialogue(#"S| 2\x32\x30\t\\\0\xfF\r\n"#)
        let octets: [[UInt8]] = try raw.run { transport in
            let buffer = ReceiveBuffer()
            while buffer.count < 9 { _ = try await transport.read(into: buffer) }
            return buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
        }
        #expect(octets.allSatisfy { $0 == [0x32, 0x32, 0x30, 0x09, 0x5C, 0x00, 0xFF, 0x0D, 0x0A] })

        try Dialogue("C: x\nS* wait 3600\nS* reset").run { transport in
            try await transport.write(Array("x\r\n".utf8).span.bytes)
            let buffer = ReceiveBuffer()
            await #expect(throws: TransportError.reset) { _ = try await transport.read(into: buffer) }
            #expect(transport.executor.now.sinceStart == .seconds(3600))
        }
        try Dialogue("C| x\nC* close").run { try await $0.write(Array("x".utf8).span.bytes) }
        try Dialogue("C* wait 1e9\nC* reset").run { $0.abort() }
        try Dialogue("C* reset").run { $0.abort() }
        let wrongEnd = try #require(throws: DialogueError.self) { try Dialogue("C* reset").run { _ in } }
        #expect(wrongEnd.kind == .mismatch)
        let noEnd = try #require(throws: DialogueError.self) {
            try Dialogue("C* close").run { try await $0.write(Array("x".utf8).span.bytes) }
        }
        #expect(noEnd.kind == .mismatch && noEnd.got == "x")
    }

    @Test(
        "A text that is no dialogue is refused with its line",
        arguments: [
            "X: 220", "220", "S 220", "S; 220", "S| \\y", "S| \\x1", "S| \\", "S* jump", "S* wait", "S* wait x", "C",
            "C* wait inf", "C* wait -inf", "C* wait nan", "C* wait 1e30", "C* wait 1000000001", "C* wait -1",
        ]
    )
    func malformed(line: String) throws {
        let error = try #require(throws: DialogueError.self) { try Dialogue("S: 220\n\n" + line) }
        #expect(error.kind == .malformed && error.line == 3 && error.got == line)
    }

    @Test(
        "Both sides of a dialogue pass against each other, whoever they are, in every delivery",
        arguments: Dialogue.Delivery.all
    )
    func againstItself(delivery: Dialogue.Delivery) throws {
        let dialogue = try Dialogue(Self.text)
        let executor = DeterministicExecutor()
        try executor.run {
            var (outward, homeward) = (PipeOptions(), PipeOptions())
            (outward.fragmentation, homeward.fragmentation) = (delivery.outward, delivery.homeward)
            let (near, far) = PipeTransport.pair(executor, outward: outward, homeward: homeward)
            let server = Task(executorPreference: executor) { try await dialogue.play(.server, over: far) }
            await #expect(throws: Never.self) { try await dialogue.play(.client, over: near) }
            await #expect(throws: Never.self) { try await server.value }
        }
    }

    @Test("Over TCP it is the same, and a client that never comes is an error")
    func tcp() async throws {
        let dialogue = try Dialogue(Self.text)
        let reply = try await dialogue.runListening { endpoint in
            let (channel, _) = try await CommandChannel.connect(to: endpoint)
            _ = try await channel.noop()
            let reply = try await channel.quit()
            await channel.disconnect()
            return reply
        }
        #expect(reply.code.rawValue == 221)
        let wrong = await #expect(throws: DialogueError.self) {
            try await dialogue.runListening { endpoint in
                let (channel, _) = try await CommandChannel.connect(to: endpoint)
                _ = try await channel.reset()
            }
        }
        #expect(wrong?.kind == .mismatch && wrong?.got == #"RSET\r\n"#)
        let absent = await #expect(throws: DialogueError.self) { try await dialogue.runListening { _ in } }
        #expect(absent?.kind == .unfinished)
        let stuck = await #expect(throws: DialogueError.self) {
            try await dialogue.runListening(patience: .milliseconds(10)) { endpoint in
                let (channel, _) = try await CommandChannel.connect(to: endpoint)
                _ = try await channel.receiveRaw()
            }
        }
        #expect(stuck?.line == 5)
    }
}
