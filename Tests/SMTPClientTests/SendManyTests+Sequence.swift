import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Synchronization
import TestSupport
import Testing

@testable import SMTPClient

/// The sequence the messages come from, and its reader.
extension SendManyTests {
    @Test("Reports that are iterated again send nothing again, and say so")
    func iteratedTwice() throws {
        let (_, sink) = try Self.run(Self.server("PIPELINING")) { connection in
            let reports = connection.send(contentsOf: [try Self.message(0)])
            let (first, failure) = await Self.collect(reports)
            #expect(first.count == 1 && failure == nil)
            let (second, refusal) = await Self.collect(reports)
            #expect(second.isEmpty && refusal?.kind == .usage)
        }
        #expect(sink.messages.count == 1)
    }

    @Test("A report is there before the next message is")
    func asTheyCome() throws {
        let (names, _) = try Self.run(Self.server("PIPELINING", "CHUNKING")) { connection in
            let (messages, input) = AsyncStream<MailObject>.makeStream()
            var reports = connection.send(contentsOf: messages).makeAsyncIterator()
            var names: [String] = []
            for number in 0..<3 {
                input.yield(try Self.message(number))
                names += try await reports.next().map { [$0.message.name] } ?? []
                // The channel is free meanwhile.
                #expect(try await connection.channel.noop().isPositiveCompletion)
            }
            input.finish()
            #expect(try await reports.next() == nil)
            #expect(try await reports.next() == nil)
            return names
        }
        #expect(names == ["accepted", "accepted", "accepted"])
    }

    @Test(
        "A report is there while the next content is waited for",
        arguments: [["PIPELINING", "CHUNKING"], ["CHUNKING"], ["PIPELINING"], []],
        [nil, 1, 40]
    )
    func contentForReport(keywords: [String], capacity: Int?) throws {
        var server = Self.server()
        server.keywords = keywords
        // Also where the answer comes when the waiting has begun.
        for delay in [Duration.zero, .seconds(1)] {
            server.script.on(.content, .reply(250, "ok").after(delay))
            let (names, sink) = try Self.run(server, capacity: capacity) { connection in
                let (chunks, input) = AsyncStream<[UInt8]>.makeStream()
                var second = Content.stream(chunks)
                second.encoding = .sevenBit
                let messages = [try Self.message(0), MailObject(second, envelope: try Self.message(1).envelope)]
                var reports = connection.send(contentsOf: messages).makeAsyncIterator()
                let first = try #require(try await reports.next())
                input.yield(Array("behind \(first.message.name)".utf8))
                input.finish()
                return try [first.message.name, #require(try await reports.next()).message.name]
            }
            #expect(names == ["accepted", "accepted"])
            #expect(sink.messages.last?.text == "behind accepted\r\n")
        }
    }

    @Test("Who gives the next message only when it is asked for is asked as soon as nothing is left to send")
    func rendezvous() throws {
        var server = Self.server("PIPELINING")
        // So that the first report comes by itself.
        server.script.on(.content, .reply(250, "ok").after(.seconds(1)))
        let (names, _) = try Self.run(server) { connection in
            let (messages, input) = AsyncStream<MailObject>.makeStream()
            let (demands, demand) = AsyncStream<Void>.makeStream()
            let asked = AskedMessages(messages, demand)
            // As many as are taken ahead of the reports.
            async let first: Void = Self.give(4, to: input, at: demands)
            var reports = connection.send(contentsOf: asked, window: DeliveryWindow(messages: 1)).makeAsyncIterator()
            var names = [try #require(try await reports.next()).message.name]
            try await first
            for _ in 0..<8 {
                try await Self.give(1, to: input, at: demands)
                names.append(try #require(try await reports.next()).message.name)
            }
            return names
        }
        #expect(names == Array(repeating: "accepted", count: 9))
    }

    private static func give(
        _ count: Int,
        to input: AsyncStream<MailObject>.Continuation,
        at demands: AsyncStream<Void>
    ) async throws {
        for number in 0..<count {
            for await _ in demands { break }
            input.yield(try message(number))
        }
    }

    @Test("A connection that has ended is noticed before the first message is there")
    func closedBefore() throws {
        let (error, _) = try Self.run(Self.server("PIPELINING")) { connection in
            try await connection.hello()
            await connection.channel.disconnect()
            let (messages, _) = AsyncStream<MailObject>.makeStream()
            return await Self.collect(connection.send(contentsOf: messages)).1
        }
        #expect(error?.kind == .closed)
    }

    @Test(
        "Messages that take several transactions each get a report for all their recipients",
        arguments: [["PIPELINING", "CHUNKING"], ["PIPELINING"], []]
    )
    func divided(keywords: [String]) throws {
        var server = Self.server("LIMITS RCPTMAX=1")
        server.keywords += keywords
        let (names, sink) = try Self.run(server) { connection in
            let messages = try (0..<5).map { number in
                let recipients = ["a\(number)@x.example", "b\(number)@x.example", "c@x.example"]
                return MailObject(.text("\(number)"), envelope: try Envelope(from: "", to: recipients))
            }
            let reports = await Self.collect(connection.send(contentsOf: messages)).0
            return reports.map { $0.recipients.map { $0.outcome.name } }
        }
        #expect(names == Array(repeating: ["accepted", "accepted", "accepted"], count: 5))
        #expect(sink.messages.count == 15)
    }

    @Test("A message that is given up between two of its transactions has its report")
    func givenUpBetweenTransactions() throws {
        var server = Self.server("PIPELINING", "CHUNKING", "LIMITS RCPTMAX=1")
        // The second message waits for this before its content, and the rest of the first waits for the second.
        server.script.on(.recipient("c@x.example"), .reply(250, "ok").after(.seconds(10)))
        let (outcomes, sink) = try Self.run(server) { connection in
            let messages = [
                MailObject(.text("1"), envelope: try Envelope(from: "", to: ["a@x.example", "b@x.example"])),
                MailObject(.text("2"), envelope: try Envelope(from: "", to: ["c@x.example"]), policy: .allOrNothing),
            ]
            let executor = connection.channel.executor
            let reading = Task(executorPreference: executor) {
                await Self.collect(connection.send(contentsOf: messages)).0
            }
            _ = executor.schedule(at: executor.now.advanced(by: .seconds(5))) { reading.cancel() }
            return await reading.value.map { $0.recipients.map { $0.outcome.name } }
        }
        #expect(outcomes == [["accepted", "not attempted"], ["not attempted"]])
        #expect(sink.messages.map(\.acceptedRecipients) == [["a@x.example"]])
    }

    @Test("A message that comes while replies are awaited is sent without waiting for them")
    func whileWaiting() throws {
        let gate = Mutex<AsyncStream<MailObject>.Continuation?>(nil)
        var server = Self.server("PIPELINING", "CHUNKING")
        let second = try Self.message(1)
        // The reply to the first message's MAIL takes a second, in which the second message comes.
        server.script.on(.command("MAIL"), occurrence: 1, .reply(250, "ok").after(.seconds(1)))
        let (count, sink) = try Self.run(server) { connection in
            let (messages, input) = AsyncStream<MailObject>.makeStream()
            input.yield(try Self.message(0))
            gate.withLock { $0 = input }
            let executor = connection.channel.executor
            _ = executor.schedule(at: executor.now.advanced(by: .milliseconds(500))) {
                gate.withLock { $0 }?.yield(second)
                gate.withLock { $0 }?.finish()
            }
            return await Self.collect(connection.send(contentsOf: messages)).0.count
        }
        #expect(count == 2)
        // The second began behind the first, not knowing yet what had become of it.
        #expect(try #require(sink.sessions.first).commands.contains("RSET"))
    }

    @Test("Nothing is taken before the first report is asked for, and then no more than the window asks for")
    func bounded() throws {
        let taken = Counter()
        let (counts, sink) = try Self.run(Self.server("PIPELINING", "CHUNKING")) { connection in
            let messages = try EndlessMessages(taken)
            let reports = connection.send(contentsOf: messages, window: DeliveryWindow(messages: 5))
            try await connection.noop()
            var counts = [taken.value]
            var iterator = reports.makeAsyncIterator()
            for _ in 0..<100 { _ = try await iterator.next() }
            counts.append(taken.value)
            return counts
        }
        #expect(counts[0] == 0)
        #expect(counts[1] <= 100 + 2 * 4 * 5)
        // Whoever leaves stops it: what was under way is finished, and QUIT came behind it.
        #expect(sink.messages.count <= counts[1])
        #expect(sink.messages.count >= 100)
        #expect(sink.sessions.first?.ending == .quit)
    }

    @Test("A reader that is cancelled gets the reports of what was taken, and then that it was cancelled")
    func cancelled() throws {
        let taken = Counter()
        var server = Self.server("PIPELINING", "CHUNKING")
        server.script.on(.content, occurrence: 5, .reply(250, "2.0.0 late").after(.seconds(60)))
        let (result, sink) = try Self.run(server) { connection in
            let messages = try EndlessMessages(taken)
            let window = DeliveryWindow(messages: 3)
            let executor = connection.channel.executor
            let reading = Task(executorPreference: executor) {
                await Self.collect(connection.send(contentsOf: messages, window: window))
            }
            _ = executor.schedule(at: executor.now.advanced(by: .seconds(5))) { reading.cancel() }
            return await reading.value
        }
        let (reports, failure) = result
        #expect(failure?.kind == .cancelled)
        #expect(reports.count == taken.value)
        #expect(Self.names(reports).prefix(5) == ["accepted", "accepted", "accepted", "accepted", "unknown"])
        #expect(reports.dropFirst(4).allSatisfy { !$0.isAcceptedForAny })
        #expect(sink.messages.count >= 4)
    }

    @Test("A sequence that fails ends the reports behind those of its messages")
    func failingSource() throws {
        struct Broken: Error {}
        let (result, sink) = try Self.run(Self.server("PIPELINING")) { connection in
            let first = try (0..<3).map { try Self.message($0) }
            let messages = AsyncThrowingStream<MailObject, any Error> { input in
                for message in first { input.yield(message) }
                input.finish(throwing: Broken())
            }
            return await Self.collect(connection.send(contentsOf: messages))
        }
        #expect(Self.names(result.0) == ["accepted", "accepted", "accepted"])
        #expect(result.1?.kind == .content)
        #expect(result.1?.underlying is Broken)
        #expect(sink.messages.count == 3)
    }

    @Test("A connection that cannot be made ready takes no message")
    func notReady() throws {
        var server = Self.server()
        server.script.on(.command("EHLO"), .reply(451, "4.3.0 not now"))
        let taken = Counter()
        let (result, _) = try Self.run(server) { connection in
            await Self.collect(connection.send(contentsOf: try EndlessMessages(taken)))
        }
        #expect(result.0.isEmpty)
        #expect(result.1?.reply?.isTransientNegative == true)
        #expect(taken.value == 0)
    }

    @Test("Progress tells what has been sent of how much, and ends", arguments: [ChunkingPolicy.never, .always])
    func progress(chunking: ChunkingPolicy) throws {
        let text = String(repeating: "A line of some length, to be sent in many pieces.\r\n", count: 20_000)
        let (counts, _) = try Self.run(Self.server("PIPELINING", "CHUNKING"), chunking: chunking) { connection in
            let progress = DeliveryProgress()
            let watching = Task(executorPreference: connection.channel.executor) {
                var counts: [DeliveryProgress.Count] = []
                for await count in progress.updates { counts.append(count) }
                return counts
            }
            let envelope = try Envelope(from: "", to: ["a@x.example"])
            try await connection.send(.text(text), envelope: envelope, progress: progress)
            let counts = await watching.value
            #expect(counts.last == progress.current)
            return counts
        }
        let total = UInt64(text.utf8.count + (chunking == .never ? 3 : 0))
        #expect(counts.count > 2)
        #expect(counts.map(\.sent) == counts.map(\.sent).sorted())
        #expect(counts.last == DeliveryProgress.Count(sent: total, total: total))
    }
}

extension DeliveryProgress.Count {
    fileprivate init(sent: UInt64, total: UInt64?) {
        self.init()
        self.sent = sent
        self.total = total
    }
}

/// Messages that are asked for one by one.
private struct AskedMessages: AsyncSequence, AsyncIteratorProtocol, Sendable {
    private let messages: AsyncStream<MailObject>
    private let demand: AsyncStream<Void>.Continuation

    init(_ messages: AsyncStream<MailObject>, _ demand: AsyncStream<Void>.Continuation) {
        self.messages = messages
        self.demand = demand
    }

    func makeAsyncIterator() -> AskedMessages { self }

    func next() async -> MailObject? {
        demand.yield()
        for await message in messages { return message }
        return nil
    }
}
