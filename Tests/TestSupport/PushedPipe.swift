package import SMTPTransport

/// An end of a pipe that tells of bytes by a call, and takes no more than `room` octets of each write at once.
package final class PushedPipe: DirectTransport, @unchecked Sendable {
    // Confined to the executor, like every transport.
    package let executor: any TransportExecutor
    package var room: Int

    private let pipe: PipeTransport
    private let arrived = ReceiveBuffer()
    private var end: StreamEvent?
    private var receiver: StreamReceiver?
    private var isWriting = false
    private var writing: Task<Void, Never>?
    private var reader: UnsafeContinuation<Void, Never>?

    package init(_ pipe: PipeTransport, room: Int = .max) {
        self.executor = pipe.executor
        self.pipe = pipe
        self.room = room
        Task(executorPreference: pipe.executor) { await self.pump() }
    }

    package func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool {
        while true {
            if moveArrived(to: buffer) { return true }
            switch end {
            case .failed(let error)?: throw error
            case .endOfStream?: return false
            case .bytes?, nil: await withUnsafeContinuation { reader = $0 }
            }
        }
    }

    package func write(_ bytes: RawSpan) async throws(TransportError) {
        if isWriting { await writing?.value }
        try await pipe.write(bytes)
    }

    package func shutdownWrite() async throws(TransportError) { try await pipe.shutdownWrite() }

    package func close(_ reason: TransportError) {
        receiver = nil
        pipe.close(reason)
    }

    package func writeAtOnce(_ bytes: RawSpan) throws(TransportError) -> Int {
        guard !isWriting else { return 0 }
        let first = bytes.withUnsafeBytes { Array($0.prefix(room)) }
        isWriting = true
        // The task begins within this call, and mostly ends in it: then all of it is in the pipe.
        writing = Task.immediate(executorPreference: executor) {
            try? await pipe.write(first.span.bytes)
            isWriting = false
        }
        return first.count
    }

    package func deliver(into buffer: ReceiveBuffer, _ onEvent: @escaping (StreamEvent) -> Void) {
        receiver = StreamReceiver(buffer, onEvent)
        tell()
    }

    package func stopDelivering() { receiver = nil }

    private func pump() async {
        do throws(TransportError) {
            while try await pipe.read(into: arrived) { tell() }
            end = .endOfStream
        } catch {
            end = .failed(error)
        }
        tell()
    }

    private func tell() {
        if let receiver, moveArrived(to: receiver.buffer) { receiver.onEvent(.bytes) }
        if let end { receiver.take()?.onEvent(end) }
        reader.take()?.resume()
    }

    private func moveArrived(to buffer: ReceiveBuffer) -> Bool {
        guard !arrived.isEmpty else { return false }
        arrived.withBytes { buffer.append($0) }
        arrived.removeAll()
        return true
    }
}
