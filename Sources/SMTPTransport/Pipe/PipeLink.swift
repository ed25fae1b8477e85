internal import Synchronization

/// What two ends of a pipe share: both directions under one lock, since a cut or a close concerns both.
///
/// The ends may live on different executors. Nothing is resumed under the lock.
final class PipeLink: Sendable {
    enum Side {
        case first
        case second

        var other: Side { self == .first ? .second : .first }
    }

    enum Receipt {
        case received
        case ended
        case failed(TransportError)
        case mustWait
    }

    enum Acceptance {
        case accepted(Int)
        case failed(TransportError)
        case mustWait
    }

    typealias Waiter = CheckedContinuation<Void, Never>

    private struct State {
        /// The direction each side writes into.
        var outward: PipeDirection
        var homeward: PipeDirection
        var closeReasons: [Side: TransportError] = [:]

        /// Who waits for the connection to be over.
        var closeWaiters: [Waiter] = []

        subscript(writtenBy side: Side) -> PipeDirection {
            get { side == .first ? outward : homeward }
            _modify {
                if side == .first { yield &outward } else { yield &homeward }
            }
        }

        mutating func takeAllWaiters() -> [Waiter] {
            outward.takeWaiters() + homeward.takeWaiters()
        }
    }

    private let state: Mutex<State>

    init(outward: PipeOptions, homeward: PipeOptions) {
        state = Mutex(State(outward: PipeDirection(outward), homeward: PipeDirection(homeward)))
    }

    func receive(at side: Side, into buffer: ReceiveBuffer) -> Receipt {
        let (receipt, fragment, writer) = state.withLock { state -> (Receipt, [UInt8], Waiter?) in
            if let reason = state.closeReasons[side] { return (.failed(reason), [], nil) }
            if let fragment = state[writtenBy: side.other].takeFragment() {
                return (.received, fragment, state[writtenBy: side.other].writer.take())
            }
            return switch state[writtenBy: side.other].end {
            case .endOfStream?: (.ended, [], nil)
            case .reset?: (.failed(.reset), [], nil)
            case nil: (.mustWait, [], nil)
            }
        }
        if !fragment.isEmpty { buffer.append(fragment.span.bytes) }
        writer?.resume()
        return receipt
    }

    func send(_ bytes: RawSpan, at side: Side) -> Acceptance {
        let (acceptance, waiters) = state.withLock { state -> (Acceptance, [Waiter]) in
            if let reason = state.closeReasons[side] { return (.failed(reason), []) }
            if state[writtenBy: side].isDead { return (.failed(.reset), []) }
            if state[writtenBy: side].ending != nil { return (.failed(.closed), []) }
            let count = state[writtenBy: side].accept(bytes)
            guard count > 0 || state[writtenBy: side].isCut else { return (.mustWait, []) }
            if state[writtenBy: side].isCut, let end = state[writtenBy: side].options.cut?.end {
                state.outward.die(end)
                state.homeward.die(end)
                return (.accepted(bytes.byteCount), state.takeAllWaiters())
            }
            return (.accepted(count), state[writtenBy: side].reader.take().map { [$0] } ?? [])
        }
        for waiter in waiters { waiter.resume() }
        return acceptance
    }

    func shutdown(at side: Side) -> Result<Void, TransportError> {
        let (result, waiter) = state.withLock { state -> (Result<Void, TransportError>, Waiter?) in
            if let reason = state.closeReasons[side] { return (.failure(reason), nil) }
            state[writtenBy: side].finish()
            return (.success(()), state[writtenBy: side].reader.take())
        }
        waiter?.resume()
        return result
    }

    /// Closes one side; `end` is what the other one reads behind what was written.
    func close(at side: Side, _ reason: TransportError, _ end: PipeOptions.End = .endOfStream) {
        let waiters = state.withLock { state -> [Waiter] in
            guard state.closeReasons[side] == nil else { return [] }
            state.closeReasons[side] = reason
            state[writtenBy: side].die(end)
            state[writtenBy: side.other].die(.endOfStream)
            defer { state.closeWaiters = [] }
            return state.takeAllWaiters() + state.closeWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until there may be something to receive.
    ///
    /// The caller looks again, so resuming for nothing does no harm.
    func waitToReceive(at side: Side, _ continuation: Waiter) {
        let resumesNow = state.withLock { state -> Bool in
            let direction = state[writtenBy: side.other]
            let mayReceive = direction.deliverableCount > 0 || direction.end != nil || state.closeReasons[side] != nil
            guard !mayReceive else { return true }
            precondition(direction.reader == nil, "a second read is outstanding")
            state[writtenBy: side.other].reader = continuation
            return false
        }
        if resumesNow { continuation.resume() }
    }

    /// Waits until there may be room to send.
    func waitToSend(at side: Side, _ continuation: Waiter) {
        let resumesNow = state.withLock { state -> Bool in
            let direction = state[writtenBy: side]
            guard direction.room == 0, !direction.isDead, state.closeReasons[side] == nil else { return true }
            precondition(direction.writer == nil, "a second write is outstanding")
            state[writtenBy: side].writer = continuation
            return false
        }
        if resumesNow { continuation.resume() }
    }

    func isClosed(at side: Side) -> Bool { state.withLock { $0.closeReasons[side] != nil } }

    /// Waits until one of the sides is closed.
    func waitForClose(_ continuation: Waiter) {
        let resumesNow = state.withLock { state -> Bool in
            guard state.closeReasons.isEmpty else { return true }
            state.closeWaiters.append(continuation)
            return false
        }
        if resumesNow { continuation.resume() }
    }
}
