import SMTPTransport

/// The least that a server can do: it looks at a line's first letter, and at nothing of the content but its end.
final class PipeServer {
    private let transport: PipeTransport
    private let ehloReply: [UInt8]
    private let buffer = ReceiveBuffer()
    private var isReadingContent = false

    /// The octets of a chunk that are still to come.
    private var chunkCount = 0

    init(_ transport: PipeTransport, _ keywords: [String]) {
        self.transport = transport
        let lines = ["bench"] + keywords
        ehloReply = Array(
            lines.enumerated().map { "250\($0.offset == lines.count - 1 ? " " : "-")\($0.element)\r\n" }.joined().utf8
        )
    }

    func serve() async {
        var output = Array("220 bench\r\n".utf8)
        var isOver = false
        do {
            while true {
                try await transport.write(output.span.bytes)
                output.removeAll(keepingCapacity: true)
                if isOver { break }
                guard try await transport.read(into: buffer) else { break }
                while let line = nextLine() { isOver = answer(line, &output) || isOver }
            }
        } catch {}
        transport.close(.closed)
    }

    /// The next line, behind what is left of a chunk, as its first octet, its length and the number in it.
    private func nextLine() -> (first: UInt8, count: Int, number: Int)? {
        let skipped = min(chunkCount, buffer.count)
        buffer.consume(skipped)
        chunkCount -= skipped
        let line = buffer.withBytes { bytes in
            bytes.withUnsafeBytes { octets in
                octets.firstIndex(of: 0x0A).map { end in
                    let digits = octets[..<end].drop { $0 != 0x20 }.dropFirst().prefix { (0x30...0x39).contains($0) }
                    return (first: octets[0], count: end + 1, number: digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
                }
            }
        }
        if let line { buffer.consume(line.count) }
        return line
    }

    /// Appends what a line is answered, and returns whether the session ends with it.
    private func answer(_ line: (first: UInt8, count: Int, number: Int), _ output: inout [UInt8]) -> Bool {
        if isReadingContent {
            guard line.first == 0x2E, line.count == 3 else { return false }
            isReadingContent = false
        } else if line.first == UInt8(ascii: "E") {
            output += ehloReply
            return false
        } else if line.first == UInt8(ascii: "D") {
            isReadingContent = true
            output += "354 go\r\n".utf8
            return false
        } else if line.first == UInt8(ascii: "B") {
            chunkCount = line.number
        }
        output += "250 ok\r\n".utf8
        return line.first == UInt8(ascii: "Q")
    }
}
