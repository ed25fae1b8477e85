import SMTPTransport
import Testing

@Suite("PipeTransport")
struct PipeTransportTests {
    static let fragmentations: [PipeOptions.Fragmentation] = [.whole, .byLine, .byByte, .random(seed: 7)]

    private func options(_ change: (inout PipeOptions) -> Void) -> PipeOptions {
        var options = PipeOptions()
        change(&options)
        return options
    }

    @Test("Bytes arrive in order, however they are divided", arguments: fragmentations)
    func order(fragmentation: PipeOptions.Fragmentation) async throws {
        let executor = EventLoopExecutor.next()
        let sent = noise(10_000)
        let (a, b) = PipeTransport.pair(executor, outward: options { $0.fragmentation = fragmentation })
        let received = try await run(on: executor) {
            try await a.write(sent)
            try await a.shutdownWrite()
            return try await b.readAll()
        }
        #expect(received == sent)
    }

    @Test("Each read returns one fragment")
    func fragments() async throws {
        let executor = EventLoopExecutor.next()
        let byLine = PipeTransport.pair(executor, outward: options { $0.fragmentation = .byLine })
        let byByte = PipeTransport.pair(executor, outward: options { $0.fragmentation = .byByte })
        let sizes = try await run(on: executor) {
            var sizes: [[Int]] = []
            for pair in [byLine, byByte] {
                try await pair.first.write("ab\r\nc\ndef")
                try await pair.first.shutdownWrite()
                let buffer = ReceiveBuffer()
                var counts: [Int] = []
                while try await pair.second.read(into: buffer) {
                    counts.append(buffer.count)
                    buffer.removeAll()
                }
                sizes.append(counts)
            }
            return sizes
        }
        #expect(sizes == [[4, 2, 3], Array(repeating: 1, count: 9)])
    }

    @Test("The same seed divides alike")
    func seed() async throws {
        let executor = EventLoopExecutor.next()
        let runs = try await run(on: executor) {
            var runs: [[Int]] = []
            for seed: UInt64 in [1, 1, 2] {
                let (a, b) = PipeTransport.pair(executor, outward: options { $0.fragmentation = .random(seed: seed) })
                try await a.write(noise(500))
                try await a.shutdownWrite()
                let buffer = ReceiveBuffer()
                var counts: [Int] = []
                while try await b.read(into: buffer) {
                    counts.append(buffer.count)
                    buffer.removeAll()
                }
                runs.append(counts)
            }
            return runs
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0] != runs[2])
    }

    @Test("Writing waits while the pipe is full, and goes on as it is read", arguments: [1, 16, 1000])
    func capacity(capacity: Int) async throws {
        let executor = EventLoopExecutor.next()
        let other = EventLoopExecutor.next()
        let sent = noise(5000)
        let (a, b) = PipeTransport.pair(executor, other, outward: options { $0.capacity = capacity })
        async let writing: Void = run(on: executor) {
            try await a.write(sent)
            try await a.shutdownWrite()
        }
        let largest = try await run(on: other) {
            let buffer = ReceiveBuffer()
            var largest = 0
            var received: [UInt8] = []
            while try await b.read(into: buffer) {
                largest = max(largest, buffer.count)
                received += buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
                buffer.removeAll()
            }
            #expect(received == sent)
            return largest
        }
        try await writing
        #expect(largest <= capacity)
    }

    @Test(
        "A cut lets just so many bytes pass, and ends both directions",
        arguments: [0, 1, 5, 9],
        [PipeOptions.End.endOfStream, .reset]
    )
    func cut(after count: Int, end: PipeOptions.End) async throws {
        let executor = EventLoopExecutor.next()
        let (a, b) = PipeTransport.pair(
            executor,
            outward: options { $0.cut = .init(after: count, end: end) }
        )
        try await run(on: executor) {
            try await b.write("before")
            try await a.write("0123456789")
            let expectedEnd: TransportError? = end == .reset ? .reset : nil
            for (transport, expected) in [(b, String("0123456789".prefix(count))), (a, "before")] {
                let buffer = ReceiveBuffer()
                let error = await transportError { () async throws(TransportError) in
                    while try await transport.read(into: buffer) {}
                }
                #expect(
                    buffer.withBytes { bytes in bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
                        == expected
                )
                #expect(error == expectedEnd)
                #expect(
                    await transportError { () async throws(TransportError) in try await transport.write("x") } == .reset
                )
            }
        }
    }

    @Test("Behind a stall nothing is delivered, not even the end")
    func stall() async throws {
        let executor = EventLoopExecutor.next()
        let (a, b) = PipeTransport.pair(executor, outward: options { $0.stallAfter = 3 })
        try await run(on: executor) {
            try await a.write("abcdef")
            try await a.shutdownWrite()
            #expect(try await b.readAll(upTo: 3) == Array("abc".utf8))
            let waiting = Task(executorPreference: executor) {
                await transportError { () async throws(TransportError) in
                    _ = try await b.read(into: ReceiveBuffer())
                }
            }
            await Task.yield()
            b.close(.cancelled)
            #expect(await waiting.value == .cancelled)
        }
    }

    @Test("Closing tells both waiters of this end its reason, and the other end the end of the stream")
    func close() async throws {
        let executor = EventLoopExecutor.next()
        let (a, b) = PipeTransport.pair(executor, outward: options { $0.capacity = 4 })
        try await run(on: executor) {
            let reading = Task(executorPreference: executor) {
                await transportError { () async throws(TransportError) in
                    _ = try await a.read(into: ReceiveBuffer())
                }
            }
            let writing = Task(executorPreference: executor) {
                await transportError { () async throws(TransportError) in
                    try await a.write("123456")
                }
            }
            await Task.yield()
            await Task.yield()
            a.close(.cancelled)
            a.close(.closed)
            #expect(await reading.value == .cancelled)
            #expect(await writing.value == .cancelled)
            let rest = try await b.readAll()
            #expect(rest == Array("1234".utf8))
            #expect(await transportError { () async throws(TransportError) in try await b.write("x") } == .reset)
            #expect(
                await transportError { () async throws(TransportError) in try await a.shutdownWrite() } == .cancelled
            )
        }
    }

    @Test("Breaking off lets the other end read what was written, and then a reset")
    func abort() async throws {
        let executor = EventLoopExecutor.next()
        let (a, b) = PipeTransport.pair(executor)
        try await run(on: executor) {
            try await a.write("last words")
            a.abort()
            a.close(.cancelled)
            let buffer = ReceiveBuffer()
            #expect(try await b.read(into: buffer) && buffer.count == 10)
            #expect(
                await transportError { () async throws(TransportError) in _ = try await b.read(into: buffer) } == .reset
            )
            #expect(
                await transportError { () async throws(TransportError) in _ = try await a.read(into: buffer) }
                    == .closed
            )
        }
    }

    @Test("Half a close leaves the other direction open")
    func halfClose() async throws {
        let executor = EventLoopExecutor.next()
        let (a, b) = PipeTransport.pair(executor)
        try await run(on: executor) {
            try await a.shutdownWrite()
            #expect(try await b.readAll().isEmpty)
            try await b.write("still")
            #expect(try await a.readAll(upTo: 5) == Array("still".utf8))
        }
    }
}
