#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the process was started with, and what it uses.
enum Environment {
    /// What the process holds.
    struct Footprint: Sendable, CustomStringConvertible {
        /// Memory that is resident.
        var kibibytes = 0

        /// Open files and sockets.
        var descriptors = 0

        var description: String { "\(kibibytes) KiB, \(descriptors) descriptors" }
    }

    /// The value of a variable, if it is set to a number.
    static func number(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }

    /// How many threads can run at once.
    static var processorCount: UInt64 { UInt64(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// What the process holds now; zeros where there is no `/proc`.
    static var footprint: Footprint {
        var footprint = Footprint()
        if let file = fopen("/proc/self/statm", "r") {
            var numbers = [CChar](repeating: 0, count: 128)
            if fgets(&numbers, Int32(numbers.count), file) != nil {
                let text = numbers.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) }
                let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                footprint.kibibytes = pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
            }
            fclose(file)
        }
        if let folder = opendir("/proc/self/fd") {
            while readdir(folder) != nil { footprint.descriptors += 1 }
            closedir(folder)
        }
        return footprint
    }
}
