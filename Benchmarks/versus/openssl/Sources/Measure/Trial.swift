#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// What a run of a client's took, printed as tls-c prints it.
public struct Trial {
    /// The mode to run in.
    public let mode: String

    /// The server's port, on 127.0.0.1.
    public let port: Int

    /// The file of the trusted certificate.
    public let authority: String

    /// How many octets, connections, lines or messages.
    public let count: Int

    /// Reads the arguments, and ends the program if they are no trial in one of `modes`.
    public init(modes: [String]) {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, modes.contains(arguments[1]), let port = Int(arguments[2]),
            let count = Int(arguments[4])
        else {
            print("usage: \(modes.joined(separator: "|")) PORT CA COUNT")
            exit(64)
        }
        (mode, authority) = (arguments[1], arguments[3])
        (self.port, self.count) = (port, count)
    }

    /// Runs `work` and prints seconds, processor's seconds, peak memory, and private memory at the end, both in KiB.
    public func measure(_ work: () async throws -> Void) async throws {
        let start = Self.usage()
        let elapsed = try await ContinuousClock().measure { try await work() }
        let end = Self.usage()
        print(elapsed / .seconds(1), end.cpuSeconds - start.cpuSeconds, end.ru_maxrss, Self.privateMemory())
    }

    private static func usage() -> rusage {
        var value = rusage()
        #if canImport(Darwin)
        getrusage(RUSAGE_SELF, &value)
        #else
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &value)
        #endif
        return value
    }

    /// What is resident and no page of a file; 0 where the system does not tell.
    private static func privateMemory() -> Int {
        guard let status = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(status) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), status) != nil {
            let words = line.prefix { $0 != 0 }.split { $0 == 9 || $0 == 32 }
            let text = words.map { word in String(decoding: word.map(UInt8.init(bitPattern:)), as: UTF8.self) }
            if text.first == "RssAnon:", text.count > 1 { return Int(text[1]) ?? 0 }
        }
        return 0
    }
}

extension rusage {
    fileprivate var cpuSeconds: Double {
        [ru_utime, ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}
