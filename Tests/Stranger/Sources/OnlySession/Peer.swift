import SMTPTransport

/// A server that says one thing after the other, each when a line has come.
func serve(_ replies: [String], over transport: PipeTransport) async throws {
    let buffer = ReceiveBuffer()
    for reply in replies {
        try await transport.write(Array((reply + "\r\n").utf8).span.bytes)
        guard try await transport.read(into: buffer) else { break }
        buffer.removeAll()
    }
}
