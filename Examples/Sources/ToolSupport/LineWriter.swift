import Dispatch
import Synchronization

/// Writes lines in order and on a thread of its own: who tells one never waits for who should read it.
final class LineWriter: Sendable {
    private struct State {
        var waitingOctets = 0
        var leftOut = 0
        var isGivenUp = false
    }

    /// The most octets that wait for who reads slowly; lines beyond are counted and left out.
    private static let limit = 4 << 20

    /// A pipe that is writable takes as much without a wait, by POSIX.
    private static let pieceSize = 512

    /// What a reader may still take once there is no more time.
    private static let grace = DispatchTimeInterval.milliseconds(500)

    private let descriptor: Descriptor
    private let queue = DispatchQueue(label: "lines")
    private let unwritten = DispatchGroup()
    private let state = Mutex(State())

    init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// Has a line written, with its end.
    func write(_ line: [UInt8]) {
        state.withLock { state in
            guard !state.isGivenUp else { return }
            guard state.waitingOctets + line.count <= Self.limit else {
                state.leftOut += 1
                return
            }
            let note = state.leftOut > 0 ? "(\(state.leftOut) lines left out, as nobody read them)\n" : ""
            state.leftOut = 0
            let octets = Array(note.utf8) + line
            state.waitingOctets += octets.count
            // Inside the lock, so that the order is that of the calls.
            queue.async(group: unwritten) { self.put(octets) }
        }
    }

    /// Waits until all is written; gives it up soon after `patience` ends.
    func finish(_ patience: Patience) {
        while !isGivenUp, unwritten.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
            guard patience.isOver else { continue }
            guard unwritten.wait(timeout: .now() + Self.grace) == .timedOut else { return }
            state.withLock { $0.isGivenUp = true }
        }
    }

    private func put(_ octets: [UInt8]) {
        var rest = octets[...]
        while !rest.isEmpty, !isGivenUp {
            // In short waits, and no more at once than is taken at once, so that giving up is noticed.
            guard descriptor.isWritable(within: 100) else { continue }
            let piece = rest.prefix(Self.pieceSize)
            // That nobody listens is no failure.
            guard (try? descriptor.write(Array(piece))) != nil else { break }
            rest = rest.dropFirst(piece.count)
        }
        state.withLock { $0.waitingOctets -= octets.count }
    }

    private var isGivenUp: Bool { state.withLock { $0.isGivenUp } }
}
