internal import Synchronization

/// One end of a connection in memory: the deterministic network that tests run over.
///
/// What is written at one end is read at the other, in order, within the limits and with the faults of ``PipeOptions``.
/// Once the other end is closed or the connection is cut, writing throws ``TransportError/reset``, and what arrived
/// before stays readable, as over TCP.
public final class PipeTransport: Transport, Sendable {
    /// The executor this end is confined to.
    public let executor: any TransportExecutor

    private let link: PipeLink
    private let side: PipeLink.Side

    private init(executor: any TransportExecutor, link: PipeLink, side: PipeLink.Side) {
        self.executor = executor
        self.link = link
        self.side = side
    }

    /// Creates two connected ends.
    ///
    /// - Parameters:
    ///   - first: The executor of the first end.
    ///   - second: The executor of the second end, the same as the first's by default.
    ///   - outward: The direction from the first to the second end.
    ///   - homeward: The direction from the second to the first end.
    /// - Returns: The two ends.
    public static func pair(
        _ first: any TransportExecutor,
        _ second: (any TransportExecutor)? = nil,
        outward: PipeOptions = PipeOptions(),
        homeward: PipeOptions = PipeOptions()
    ) -> (first: PipeTransport, second: PipeTransport) {
        let link = PipeLink(outward: outward, homeward: homeward)
        return (
            PipeTransport(executor: first, link: link, side: .first),
            PipeTransport(executor: second ?? first, link: link, side: .second)
        )
    }

    /// Waits for the next fragment and appends it to `buffer`; `false` at the end of the stream.
    ///
    /// - Throws: ``TransportError/reset`` where the connection was cut by force, or the reason this end was closed for.
    public func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool {
        while true {
            switch link.receive(at: side, into: buffer) {
            case .received: return true
            case .ended: return false
            case .failed(let error): throw error
            case .mustWait:
                await withCheckedContinuation { link.waitToReceive(at: side, $0) }
            }
        }
    }

    /// Puts `bytes` into the pipe, waiting for room as often as needed.
    ///
    /// - Throws: ``TransportError/reset`` once the other end is gone, or the reason this end was closed for.
    public func write(_ bytes: RawSpan) async throws(TransportError) {
        var offset = 0
        while offset < bytes.byteCount {
            switch link.send(bytes.extracting(offset..<bytes.byteCount), at: side) {
            case .accepted(let count): offset += count
            case .failed(let error): throw error
            case .mustWait:
                await withCheckedContinuation { link.waitToSend(at: side, $0) }
            }
        }
    }

    /// Ends the outgoing direction: the other end reads what was written, then the end of the stream.
    ///
    /// - Throws: The reason this end was closed for, if it was.
    public func shutdownWrite() async throws(TransportError) {
        try link.shutdown(at: side).get()
    }

    /// Closes this end: its waiters throw `reason`, the other end reads what was written and then the end.
    public func close(_ reason: TransportError) {
        link.close(at: side, reason)
    }

    /// Closes this end so that the other one reads what was written and then meets a reset.
    public func abort() {
        link.close(at: side, .closed, .reset)
    }

    /// Whether this end has been closed from here, whatever became of the other.
    package var isClosed: Bool { link.isClosed(at: side) }

    /// Waits until one of the two ends is closed.
    package func waitUntilClosed() async {
        await withCheckedContinuation { link.waitForClose($0) }
    }
}
