package import SMTPTransport

/// A server written out by hand in a test: it reads lines and says things, over one end of a pipe.
package final class Peer {
    package let transport: PipeTransport
    private let buffer = ReceiveBuffer()

    /// All that the client wrote, as it was read.
    package private(set) var received: [UInt8] = []

    /// The octets that were written and taken.
    package private(set) var saidCount = 0

    package init(_ transport: PipeTransport) {
        self.transport = transport
    }

    package var receivedText: String { String(decoding: received, as: UTF8.self) }

    /// Writes `text`, with CRLF for each LF in it and one at its end.
    package func say(_ text: String) async throws {
        try await write(
            text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n") + "\r\n"
        )
    }

    /// Writes `text` as it is.
    package func write(_ text: String) async throws {
        try await transport.write(Array(text.utf8).span.bytes)
        saidCount += text.utf8.count
    }

    /// Waits for a line and returns it without its CRLF; `nil` at the end of the stream.
    package func line() async throws -> String? {
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
    package func octets(_ count: Int) async throws -> [UInt8] {
        while buffer.count < count {
            guard try await transport.read(into: buffer) else { break }
        }
        let octets = buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0.prefix(count)) } }
        buffer.consume(octets.count)
        received += octets
        return octets
    }

    /// Waits for a line and answers it.
    package func answer(_ reply: String) async throws {
        _ = try await line()
        try await say(reply)
    }

    /// Reads content up to its lone dot and returns it as it came, the dot excluded.
    package func content() async throws -> String {
        var content = ""
        while let line = try await line(), line != "." { content += line + "\r\n" }
        return content
    }

    /// Reads what comes until the client closes.
    package func drain() async throws {
        while try await line() != nil {}
        received += buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
    }

    package func close() {
        transport.close(.closed)
    }
}
