import Foundation
import Synchronization
import ToolSupport

/// Writes to a named pipe in pieces: not before a reader is there, and each piece after the one before was read.
final class LateWriter: Sendable {
    private let isEnded = Mutex(false)

    init(_ pieces: [String], to path: String) {
        // On a thread of its own: it waits, and must not block the tool's.
        Thread.detachNewThread { [self] in
            var number: Int32 = -1
            while number < 0, goesOn() { number = open(path, O_WRONLY | O_NONBLOCK) }
            let pipe = Descriptor(number: number)
            for piece in pieces {
                // Long enough for a reader that does not wait to be gone.
                for _ in 0..<1000 where goesOn() {}
                try? pipe.write(Array(piece.utf8))
                while Self.count(waitingIn: pipe) > 0, goesOn() {}
            }
            pipe.close()
        }
    }

    /// Ends the waiting, for a reader that never comes.
    func end() {
        isEnded.withLock { $0 = true }
    }

    private func goesOn() -> Bool {
        sched_yield()
        return isEnded.withLock { !$0 }
    }

    /// How many octets nobody has read yet.
    private static func count(waitingIn pipe: Descriptor) -> Int32 {
        var count: Int32 = 0
        return ioctl(pipe.number, UInt(FIONREAD), &count) == 0 ? count : 0
    }
}
