import SMTPTransport

/// One end of a connection, used where a transport may be used: on its executor.
actor End {
    private let transport: any Transport
    private nonisolated let executor: any TransportExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ transport: sending any Transport) {
        executor = transport.executor
        self.transport = transport
    }

    /// Sends back what comes, until nothing comes.
    func echo() async throws {
        let buffer = ReceiveBuffer()
        while try await transport.read(into: buffer) {
            let octets = buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
            buffer.removeAll()
            try await transport.write(octets.span.bytes)
        }
        transport.close(.closed)
    }

    /// Sends a line, waits for as much, and closes.
    func exchange(_ line: String) async throws -> String {
        let buffer = ReceiveBuffer()
        try await transport.write(Array(line.utf8).span.bytes)
        while buffer.count < line.utf8.count, try await transport.read(into: buffer) {}
        transport.close(.closed)
        return buffer.withBytes { bytes in
            bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
    }
}
