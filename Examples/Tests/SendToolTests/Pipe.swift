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
final class Pipe {
    let reading: Descriptor
    let writing: Descriptor

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        reading = Descriptor(number: ends[0])
        writing = Descriptor(number: ends[1])
    }

    deinit {
        reading.close()
        writing.close()
    }
}
