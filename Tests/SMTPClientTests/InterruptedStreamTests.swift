import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// Streams that are slow, endless or broken off; on an event loop, since a stream is pulled elsewhere.
@Suite("SMTPConnection: streams that are broken off")
struct InterruptedStreamTests {
    /// Sends `chunks` to a server that answers as `server` does, and returns the error with all that the server read.
    private func failure(
        of chunks: AsyncStream<[UInt8]>,
        server: @escaping @Sendable (Peer) async throws -> Void,
        onceAsked: (CommandChannel, Task<SMTPError?, Never>) async -> Void = { _, _ in }
    ) async throws -> (error: SMTPError?, received: String) {
        let executor = EventLoopExecutor.next()
        let (near, far) = PipeTransport.pair(executor)
        let serving = Task(executorPreference: executor) {
            let peer = Peer(far)
            do {
                try await peer.say("220 ready")
                try await server(peer)
            } catch is TransportError {
                // The client has left, which is its right.
            }
            try? await peer.drain()
            return peer.receivedText
        }
        let configuration = SMTPConfiguration(security: .insecurePlain)
        let connection = try await SMTPConnection.open(over: near, configuration: configuration)
        try await connection.hello()
        var content = Content.stream(chunks)
        content.encoding = .sevenBit
        let sending = Task { [content] () -> SMTPError? in
            do throws(SMTPError) {
                try await connection.send(content, envelope: try Envelope(from: "", to: ["postmaster"]))
                return nil
            } catch {
                return error
            }
        }
        while connection.channel.state.isOpen, connection.channel.state.transaction.stage != .contentExpected {
            await Task.yield()
        }
        await onceAsked(connection.channel, sending)
        let error = await sending.value
        #expect(!connection.channel.state.isOpen)
        return (error, try await serving.value)
    }

    @Test("A stream that ends because the task was cancelled is no message")
    func cancelled() async throws {
        // Asked by hand: that the end gets to the event loop before the cancellation is a matter of luck.
        guard case .stream(let makeIterator) = Content.stream(CancelledStream()).source else {
            Issue.record("no stream")
            return
        }
        let iterator = makeIterator()
        let results = await Task { [await iterator.next(), await iterator.next()] }.value
        #expect((try? results[0].get())?.isEmpty == false)
        #expect { try results[1].get() } throws: { ($0 as? SMTPError)?.kind == .cancelled }
    }

    @Test("A stream that gives nothing does not outlive the channel, nor the task", arguments: [true, false])
    func nothing(isCancelled: Bool) async throws {
        let (chunks, source) = AsyncStream<[UInt8]>.makeStream()
        let (error, received) = try await failure(of: chunks, server: { try await $0.serve() }) { channel, task in
            if isCancelled { task.cancel() } else { await channel.disconnect() }
        }
        #expect(error?.kind == (isCancelled ? .cancelled : .closed))
        #expect(error?.report?.recipients.map(\.outcome) == [.notAttempted])
        #expect(!received.contains("\r\n.\r\n"))
        source.finish()
    }

    @Test("A stream that gives nothing does not keep the news from the sender", arguments: ["", "552 5.3.4 too long"])
    func refused(reply: String) async throws {
        let (chunks, source) = AsyncStream<[UInt8]>.makeStream()
        source.yield(Array("Subject: x\r\n".utf8))
        let (error, received) = try await failure(
            of: chunks,
            server: { peer in
                for reply in ["250 hello", "250 mail", "250 rcpt", "354 go"] { try await peer.answer(reply) }
                if reply.isEmpty { peer.close() } else { try await peer.say(reply) }
            }
        )
        #expect(error?.kind == (reply.isEmpty ? .closed : .refused))
        #expect(error?.report?.isUncertain == false)
        #expect(!received.contains("\r\n.\r\n"))
        source.finish()
    }

    @Test(
        "A stream in chunks that gives nothing does not keep the news from the sender",
        arguments: [
            (SinkPoint.command("MAIL"), SinkReply.reply(550, "5.7.1 not you"), SMTPError.Kind.refused, "not attempted"),
            (.recipient("a@x.example"), .reply(550, "5.1.1 no"), .refused, "rejected RCPT"),
            (.command("MAIL"), .reply(550, "5.7.1 not you").thenClose(), .refused, "not attempted"),
            (.recipient("a@x.example"), .reply(250, "ok").thenClose(), .closed, "not attempted"),
            (.contentOctets(65_000), .reply(552, "5.3.4 too long"), .refused, "rejected BDAT"),
            (.contentOctets(65_000), .close, .closed, "not attempted"),
        ],
        [nil, 1000]
    )
    func chunks(case: (SinkPoint, SinkReply, SMTPError.Kind, String), capacity: Int?) throws {
        let (trigger, reply, kind, outcome) = `case`
        var server = SendManyTests.server("PIPELINING", "CHUNKING")
        server.script.on(trigger, reply)
        let (error, sink) = try SendManyTests.run(server, chunking: .always, capacity: capacity) { connection in
            var first: [UInt8] = []
            if case .contentOctets = trigger { first = [UInt8](repeating: 0x78, count: 70_000) }
            return await Self.sendUnended(first, over: connection)
        }
        #expect(error?.kind == kind)
        #expect(error?.initiator != .caller)
        #expect(error?.report?.recipients.map(\.outcome.name) == [outcome])
        #expect(sink.messages.isEmpty)
    }

    @Test("A chunk refused while it is written is noticed before the next is waited for")
    func refusedWhileWriting() throws {
        var outward = PipeOptions()
        outward.capacity = 1000
        let (kind, _) = try dialogue(
            outward: outward,
            server: { peer in
                try await peer.say("220 ready")
                try await peer.answer("250-hello\n250-PIPELINING\n250 CHUNKING")
                for _ in 0..<2 { _ = try await peer.line() }
                try await peer.say("250 mail\n250 rcpt")
                // It knows from the announced size that the chunk is too long, and says no more than that.
                _ = try await peer.line()
                try await peer.say("552 5.3.4 too long")
                try await peer.drain()
            },
            client: { transport in
                var configuration = SMTPConfiguration(security: .insecurePlain)
                configuration.chunking = .always
                let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
                let error = await Self.sendUnended([UInt8](repeating: 0x78, count: 70_000), over: connection)
                await connection.channel.disconnect()
                return error?.kind
            }
        )
        #expect(kind == .refused)
    }

    @Test("A stream that goes on when it is cancelled is not waited for again")
    func stubborn() throws {
        var server = SendManyTests.server("PIPELINING", "CHUNKING")
        server.script.on(.command("MAIL"), .reply(550, "5.7.1 not you").after(.seconds(1)))
        let (kind, _) = try SendManyTests.run(server, chunking: .always) { connection in
            let pulls = Counter()
            var content = Content.stream(StubbornStream(pulls: pulls))
            content.encoding = .sevenBit
            var kind: SMTPError.Kind?
            do throws(SMTPError) {
                try await connection.send(content, envelope: try Envelope(from: "", to: ["a@x.example"]))
            } catch {
                kind = error.kind
            }
            #expect(pulls.value == 1)
            return kind
        }
        #expect(kind == .refused)
    }

    @Test("421 while a chunk is waited for leaves no connection that seems open")
    func goodbye() throws {
        let (isOpen, received) = try dialogue(
            server: { peer in
                try await peer.say("220 ready")
                try await peer.answer("250-hello\n250-PIPELINING\n250 CHUNKING")
                for _ in 0..<2 { _ = try await peer.line() }
                try await peer.say("421 4.3.2 closing\n503 no")
                // It says that it closes, and takes its time.
                try await peer.drain()
            },
            client: { transport in
                var configuration = SMTPConfiguration(security: .insecurePlain)
                configuration.chunking = .always
                let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
                let error = await Self.sendUnended([], over: connection)
                #expect(error?.kind == .refused && error?.advice == .sendAgainNow)
                return connection.channel.state.isOpen
            }
        )
        #expect(!isOpen)
        #expect(received.hasSuffix("RCPT TO:<a@x.example>\r\n"))
    }

    /// Sends content that begins with `first` and has no end, and returns why not.
    private static func sendUnended(_ first: [UInt8], over connection: SMTPConnection) async -> SMTPError? {
        let (chunks, source) = AsyncStream<[UInt8]>.makeStream()
        source.yield(first)
        var content = Content.stream(chunks)
        content.encoding = .sevenBit
        do throws(SMTPError) {
            try await connection.send(content, envelope: try Envelope(from: "", to: ["a@x.example"]))
            return nil
        } catch {
            return error
        }
    }

    @Test("A stream of nothing but empty chunks does not outlive the channel, nor the task", arguments: [true, false])
    func emptyChunks(isCancelled: Bool) async throws {
        let chunks = AsyncStream<[UInt8]> { [] }
        let (error, received) = try await failure(of: chunks, server: { try await $0.serve() }) { channel, task in
            if isCancelled { task.cancel() } else { await channel.disconnect() }
        }
        #expect(error?.kind == (isCancelled ? .cancelled : .closed))
        #expect(error?.report?.recipients.map(\.outcome) == [.notAttempted])
        #expect(!received.contains("\r\n.\r\n"))
    }
}

/// A stream whose task is cancelled after the first chunk, and which then ends in order, as `AsyncStream` does.
private struct CancelledStream: AsyncSequence, AsyncIteratorProtocol, Sendable {
    private var isStarted = false

    func makeAsyncIterator() -> CancelledStream { self }

    mutating func next() async -> [UInt8]? {
        if !isStarted {
            isStarted = true
            return Array("Subject: half\r\n\r\nPay Bob 1".utf8)
        }
        withUnsafeCurrentTask { $0?.cancel() }
        return nil
    }
}

/// A stream that waits without end, and has an octet where the waiting is cancelled.
private struct StubbornStream: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let pulls: Counter

    func makeAsyncIterator() -> StubbornStream { self }

    func next() async -> [UInt8]? {
        pulls.increment()
        let (never, _) = AsyncStream<Void>.makeStream()
        for await _ in never {}
        return [0x78]
    }
}
