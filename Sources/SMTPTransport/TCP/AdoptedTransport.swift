internal import NIOCore
internal import Synchronization

/// Carries a transport from the loop it was made on to the task that waits for it.
final class AdoptedTransport: Sendable {
    private let transport = Mutex<TCPTransport?>(nil)

    func set(_ value: TCPTransport) {
        transport.withLock { $0 = value }
    }

    /// Waits until `channel` is set up, and returns the transport that was made of it.
    func value(after channel: EventLoopFuture<any Channel>) async throws(TransportError) -> TCPTransport {
        let result = await withCheckedContinuation { continuation in
            channel.whenComplete { continuation.resume(returning: $0) }
        }
        if case .failure(let error) = result { throw TransportError(error, during: "adopting the socket") }
        guard let transport = transport.withLock({ $0.take() }) else { throw .closed }
        return transport
    }
}
