public import SMTPTransport

/// A server written out by hand in a test: it reads lines and says things, over one end of a pipe.
public final class Peer {
    public let transport: PipeTransport
    private let buffer = ReceiveBuffer()

    /// All that the client wrote, as it was read.
    public private(set) var received: [UInt8] = []

    public init(_ transport: PipeTransport) {
        self.transport = transport
    }

    public var receivedText: String { String(decoding: received, as: UTF8.self) }

    /// Writes `text`, with CRLF for each LF in it and one at its end.
    public func say(_ text: String) async throws {
        try await write(
            text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n") + "\r\n"
        )
    }

    /// Writes `text` as it is.
    public func write(_ text: String) async throws {
        try await transport.write(Array(text.utf8).span.bytes)
    }

    /// Waits for a line and returns it without its CRLF; `nil` at the end of the stream.
    public func line() async throws -> String? {
        while true {
            let line = buffer.withBytes { bytes -> [UInt8]? in
                bytes.withUnsafeBytes { octets in
                    octets.firstIndex(of: 0x0A).map { Array(octets[...$0]) }
                }
            }
            if let line {
                buffer.consume(line.count)
                received += line
                return String(decoding: line.dropLast(line.suffix(2) == [0x0D, 0x0A] ? 2 : 1), as: UTF8.self)
            }
            guard try await transport.read(into: buffer) else { return nil }
        }
    }

    /// Waits for `count` octets.
    public func octets(_ count: Int) async throws -> [UInt8] {
        while buffer.count < count {
            guard try await transport.read(into: buffer) else { break }
        }
        let octets = buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0.prefix(count)) } }
        buffer.consume(octets.count)
        received += octets
        return octets
    }

    /// Waits for a line and answers it.
    public func answer(_ reply: String) async throws {
        _ = try await line()
        try await say(reply)
    }

    /// Reads content up to its lone dot and returns it as it came, the dot excluded.
    public func content() async throws -> String {
        var content = ""
        while let line = try await line(), line != "." { content += line + "\r\n" }
        return content
    }

    /// Reads what comes until the client closes.
    public func drain() async throws {
        while try await line() != nil {}
        received += buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
    }

    public func close() {
        transport.close(.closed)
    }
}
