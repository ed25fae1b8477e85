import SMTPTesting
import SMTPTransport
import TestSupport

/// Over it each write takes two minutes, and the peer takes 64 KiB, or less, each six seconds, as often as it likes.
final class SlowTransport: DirectTransport, @unchecked Sendable {
    // Confined to the executor, like every transport.
    let executor: any TransportExecutor
    private(set) var takenCount: Int? = 0

    private let pipe: PushedPipe
    private let mostTaken: Int
    private let block: Int
    private var isClosed = false

    init(_ pipe: PipeTransport, taking mostTaken: Int, by block: Int) {
        executor = pipe.executor
        self.pipe = PushedPipe(pipe)
        self.mostTaken = mostTaken
        self.block = block
    }

    func writeAtOnce(_ bytes: RawSpan) throws(TransportError) -> Int { 0 }

    func write(_ bytes: RawSpan) async throws(TransportError) {
        for step in 0..<20 where !isClosed {
            if step < mostTaken { takenCount = (step + 1) * block }
            try? await executor.sleep(for: .seconds(6))
        }
        try await pipe.write(bytes)
    }

    func close(_ reason: TransportError) {
        isClosed = true
        pipe.close(reason)
    }

    func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool { try await pipe.read(into: buffer) }

    func shutdownWrite() async throws(TransportError) { try await pipe.shutdownWrite() }

    func deliver(into buffer: ReceiveBuffer, _ onEvent: @escaping (StreamEvent) -> Void) {
        pipe.deliver(into: buffer, onEvent)
    }

    func stopDelivering() { pipe.stopDelivering() }
}
