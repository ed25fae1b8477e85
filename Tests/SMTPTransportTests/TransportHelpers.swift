import SMTPTransport
import Testing

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
