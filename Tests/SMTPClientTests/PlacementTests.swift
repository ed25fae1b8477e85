import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Synchronization
import Testing

/// Where code runs, through whole messages over TCP: ours on the connection's event loop, the caller's never.
@Suite("Placement", .timeLimit(.minutes(1)))
struct PlacementTests {
    /// Notes, at each call, whether it came on the event loop.
    private final class Places: Sendable {
        private let notes = Mutex((ours: [Bool](), callers: [Bool]()))
        private let executor: EventLoopExecutor

        init(_ executor: EventLoopExecutor) {
            self.executor = executor
        }

        private var isOnLoop: Bool { executor.isIsolatingCurrentContext() ?? false }

        func noteOurs() {
            notes.withLock { $0.ours.append(isOnLoop) }
        }

        func noteCallers() {
            notes.withLock { $0.callers.append(isOnLoop) }
        }

        var ours: [Bool] { notes.withLock { $0.ours } }
        var callers: [Bool] { notes.withLock { $0.callers } }
    }

    /// A user's transport around another, which has no way to be used without waiting.
    private final class NotingTransport: Transport {
        private let base: any Transport
        private let places: Places

        init(_ base: sending any Transport, _ places: Places) {
            self.base = base
            self.places = places
        }

        var executor: any TransportExecutor { base.executor }

        func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool {
            places.noteOurs()
            defer { places.noteOurs() }
            return try await base.read(into: buffer)
        }

        func write(_ bytes: RawSpan) async throws(TransportError) {
            places.noteOurs()
            try await base.write(bytes)
            places.noteOurs()
        }

        func shutdownWrite() async throws(TransportError) {
            try await base.shutdownWrite()
        }

        func close(_ reason: TransportError) {
            places.noteOurs()
            base.close(reason)
        }
    }

    /// A caller's content, which may block.
    private struct NotingChunks: AsyncSequence, Sendable {
        let places: Places

        struct AsyncIterator: AsyncIteratorProtocol {
            let places: Places
            var left = 3

            mutating func next() async -> [UInt8]? {
                places.noteCallers()
                left -= 1
                return left < 0 ? nil : Array("line \(left)\r\n".utf8)
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(places: places) }
    }

    @Test(
        "Ours runs on the event loop and the caller's does not, over a transport of ours and a user's",
        arguments: [false, true]
    )
    func wholeMessage(isUsersTransport: Bool) async throws {
        let executor = EventLoopExecutor.next()
        let places = Places(executor)
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.channel.transcript = TranscriptObserver { _ in places.noteOurs() }
        var content = Content.stream(NotingChunks(places: places))
        content.encoding = .sevenBit
        try await MailSink.withListening { sink in
            let tcp = try await TCPTransport.connect(to: try #require(sink.endpoint), executor: executor)
            places.noteCallers()
            let connection =
                isUsersTransport
                ? try await SMTPConnection.open(over: NotingTransport(tcp, places), configuration: configuration)
                : try await SMTPConnection.open(over: tcp, configuration: configuration)
            places.noteCallers()
            try await connection.send(content, envelope: try Envelope(from: "", to: ["a@b.example"]))
            places.noteCallers()
            await connection.quit()
            places.noteCallers()
        }
        #expect(places.ours.count >= 12 && places.ours.allSatisfy { $0 })
        #expect(places.callers.count == 8 && !places.callers.contains(true))
    }
}
