import Synchronization
import Testing
import ToolSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A pipe of the system's; both ends are closed when it goes away.
final class Pipe: Sendable {
    let reading: Descriptor
    let writing: Descriptor
    private let wasDrained = Mutex(false)

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        reading = Descriptor(number: ends[0])
        writing = Descriptor(number: ends[1])
    }

    /// Fills it, so that whoever writes has to wait.
    func fill() throws {
        let flags = fcntl(writing.number, F_GETFL)
        try #require(fcntl(writing.number, F_SETFL, flags | O_NONBLOCK) == 0)
        for piece in [[UInt8](repeating: 0x2E, count: 4096), [0x2E]] {
            while write(writing.number, piece, piece.count) > 0 {}
        }
        try #require(errno == EAGAIN && fcntl(writing.number, F_SETFL, flags) == 0)
    }

    /// Whether ``drain()`` has read anything.
    var isDrained: Bool { wasDrained.withLock { $0 } }

    /// Reads what is there, so that whoever waits can write.
    func drain() {
        wasDrained.withLock { $0 = true }
        while reading.isReadable(within: 1000), let piece = try? reading.read(65_536), !piece.isEmpty {}
    }

    deinit {
        reading.close()
        writing.close()
    }
}
