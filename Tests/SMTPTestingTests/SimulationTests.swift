import SMTPTesting
import SMTPTransport
import Testing

/// The kit that simulations are made of, apart from any client of ours.
@Suite("Simulation")
struct SimulationTests {
    /// What one end reads of `text`, with how the stream ended, when the other writes it and ends.
    private func carried(_ text: String, _ faults: [NetworkFault.Kind], after count: Int) throws -> (String, String) {
        let executor = DeterministicExecutor()
        return try executor.run {
            let all = faults.map { NetworkFault($0, .outward, after: count) }
            let (client, server) = PipeTransport.pair(executor, faults: all)
            let writing = Task(executorPreference: executor) {
                try? await client.write(Array(text.utf8).span.bytes)
                try? await client.shutdownWrite()
            }
            let reading = Task(executorPreference: executor) { () -> (String, String) in
                let buffer = ReceiveBuffer()
                var ending = "end"
                do {
                    while try await server.read(into: buffer) {}
                } catch {
                    ending = "\(error)"
                }
                let octets = buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
                return (String(decoding: octets, as: UTF8.self), ending)
            }
            try await executor.sleep(for: .seconds(1000))
            client.close(.closed)
            server.close(.cancelled)
            await writing.value
            return await reading.value
        }
    }

    @Test("Each fault does what it says, at its place")
    func faults() throws {
        let cases: [(NetworkFault.Kind, String, String)] = [
            (.cut, "abc", "end"),
            (.reset, "abc", "\(TransportError.reset)"),
            (.stall, "abc", "\(TransportError.cancelled)"),
            (.delay(.seconds(100)), "abcdef", "end"),
            (.fragment, "abcdef", "end"),
            (.corrupt(mask: 0x20), "abcDef", "end"),
            (.duplicate(count: 2), "abcdedef", "end"),
        ]
        for (fault, text, ending) in cases {
            let result = try carried("abcdef", [fault], after: 3)
            #expect(result == (text, ending), "\(fault)")
        }
        // Two that change the same octet, and some beyond the end.
        #expect(try carried("abc", [.corrupt(mask: 1), .corrupt(mask: 1)], after: 1).0 == "abc")
        #expect(try carried("abc", [.cut, .duplicate(count: 5)], after: 50) == ("abc", "end"))
    }

    @Test("A delay takes its time, and a fragment comes by itself")
    func time() throws {
        let executor = DeterministicExecutor()
        let reads = try executor.run {
            let faults = [
                NetworkFault(.fragment, .homeward, after: 2), NetworkFault(.delay(.seconds(9)), .homeward, after: 4),
            ]
            let (client, server) = PipeTransport.pair(executor, faults: faults)
            try await server.write(Array("abcdef".utf8).span.bytes)
            let buffer = ReceiveBuffer()
            var reads: [(count: Int, after: Duration)] = []
            while buffer.count < 6 {
                _ = try await client.read(into: buffer)
                reads.append((buffer.count, executor.now.sinceStart))
            }
            client.close(.closed)
            server.close(.closed)
            return reads
        }
        #expect(reads.map(\.count) == [2, 4, 6])
        #expect(reads.map(\.after) == [.zero, .zero, .seconds(9)])
    }

    @Test("The same seed gives the same world, another one another")
    func seeds() throws {
        func walk(_ seed: UInt64) throws -> [String] {
            var server = SinkConfiguration()
            server.script = .random(seed: seed, rate: 0.5)
            let simulation = Simulation(seed: seed, server: server)
            let faults = simulation.random { NetworkFault.random(3, within: 100, using: &$0) }
            let received = try simulation.run {
                let transport = simulation.connect(faults)
                // Where the network or the server falls silent nobody else would end it.
                let day = simulation.executor.now.advanced(by: .seconds(86_400))
                let timer = simulation.executor.schedule(at: day) { transport.close(.closed) }
                defer { timer.cancel() }
                try? await transport.write(Array("EHLO a\r\nMAIL FROM:<>\r\nRSET\r\nQUIT\r\n".utf8).span.bytes)
                let buffer = ReceiveBuffer()
                while (try? await transport.read(into: buffer)) == true {}
                return buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
            }
            return faults.map(\.description) + ["\(received)", "\(simulation.executor.stepCount)"]
        }
        for seed in 0..<50 as Range<UInt64> { #expect(try walk(seed) == walk(seed)) }
        #expect(Set(try (0..<50 as Range<UInt64>).map(walk)).count > 40)
    }

    @Test("It tells of connections that were left open, and ends them")
    func leftOpen() throws {
        let simulation = Simulation(seed: 0)
        try simulation.run {
            _ = simulation.connect()
            simulation.connect().close(.closed)
        }
        #expect(simulation.leftOpenCount == 1)
        #expect(simulation.server.sessions.allSatisfy { $0.ending != nil })
        #expect(simulation.executor.nextTimer == nil)
    }

    @Test("One that the network has ended is left open all the same", arguments: [NetworkFault.Kind.cut, .reset])
    func leftOpenBehindTheEnd(kind: NetworkFault.Kind) throws {
        let simulation = Simulation(seed: 0)
        try simulation.run {
            _ = simulation.connect([NetworkFault(kind, .homeward, after: 0)])
            simulation.connect([NetworkFault(kind, .homeward, after: 0)]).abort()
            try await simulation.executor.sleep(for: .seconds(1))
        }
        #expect(simulation.leftOpenCount == 1)
    }

    @Test("Who waits for what cannot happen is told so, and the world ends in order")
    func deadlock() throws {
        let simulation = Simulation(seed: 0)
        #expect(throws: DeterministicExecutorError.self) {
            try simulation.run {
                let transport = simulation.connect([NetworkFault(.stall, .homeward, after: 0)])
                _ = try await transport.read(into: ReceiveBuffer())
            }
        }
        #expect(simulation.leftOpenCount == 1)
    }

    @Test("The truth is how often the server holds a message for somebody")
    func copies() throws {
        var server = SinkConfiguration()
        server.script.on(.recipient("no@x.example"), .reply(550, "no"))
        let simulation = Simulation(seed: 0, server: server)
        let commands = [
            "EHLO a", "MAIL FROM:<>", "RCPT TO:<a@x.example>", "RCPT TO:<no@x.example>", "DATA", "hello", ".", "QUIT",
            "",
        ]
        try simulation.run {
            let transport = simulation.connect()
            try await transport.write(Array(commands.joined(separator: "\r\n").utf8).span.bytes)
            while try await transport.read(into: ReceiveBuffer()) {}
        }
        #expect(simulation.copies(of: "hello\r\n", for: "a@x.example") == 1)
        #expect(simulation.copies(of: "hello\r\n", for: "no@x.example") == 0)
        #expect(simulation.copies(of: "hello", for: "a@x.example") == 0)
    }
}
