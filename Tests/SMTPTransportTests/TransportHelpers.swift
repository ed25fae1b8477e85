import SMTPTransport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Runs `body` on `executor`, where transports may be touched.
func run<Value: Sendable>(
    on executor: any TransportExecutor,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await Task(executorPreference: executor, operation: body).value
}

extension Transport {
    /// Reads until the end of the stream, or until `count` bytes are there.
    func readAll(upTo count: Int = .max) async throws(TransportError) -> [UInt8] {
        let buffer = ReceiveBuffer()
        while buffer.count < count, try await read(into: buffer) {}
        return buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
    }

    func write(_ text: String) async throws(TransportError) {
        try await write(Array(text.utf8))
    }

    func write(_ bytes: [UInt8]) async throws(TransportError) {
        try await write(bytes.span.bytes)
    }
}

/// What `body` throws, or `nil`.
func transportError(_ body: () async throws(TransportError) -> Void) async -> TransportError? {
    do throws(TransportError) {
        try await body()
        return nil
    } catch {
        return error
    }
}

/// Bytes without a pattern that a misplaced piece could fit into.
func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}

/// A socket of the system's, which a test holds so that nobody else gets its port.
final class BareSocket {
    let descriptor: Int32

    init(isStream: Bool = true) {
        #if canImport(Glibc)
        descriptor = socket(AF_INET, Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue), 0)
        #else
        descriptor = socket(AF_INET, isStream ? SOCK_STREAM : SOCK_DGRAM, 0)
        #endif
    }

    deinit {
        close(descriptor)
    }

    /// Binds it to a free port of 127.0.0.1, and returns the port.
    func bindToLoopback() throws -> Int {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
