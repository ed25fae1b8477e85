import Benchmark
import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire

/// Whole messages over the pipe on one event loop: all that a message costs but the system calls.
func sessionBenchmarks() {
    send("lock-step", keywords: [])
    send("pipelined", keywords: ["PIPELINING"])
}

private func send(_ name: String, keywords: [String]) {
    Benchmark("Send 1 KiB over the pipe, \(name)", configuration: .init(scalingFactor: .kilo)) { benchmark in
        let executor = EventLoopExecutor.next()
        let (near, far) = PipeTransport.pair(executor)
        let server = Task(executorPreference: executor) { await PipeServer(far, keywords).serve() }
        let connection = try await SMTPConnection.open(
            over: near,
            configuration: SMTPConfiguration(security: .insecurePlain)
        )
        try await connection.hello()
        let line = String(repeating: "a", count: 62) + "\r\n"
        let content = Content.text(String(repeating: line, count: 16))
        let envelope = try Envelope(from: "sender@bench.example", to: ["rcpt0@bench.example"])
        let count = benchmark.scaledIterations.count
        benchmark.startMeasurement()
        try await connection.channel.runOnEventLoop { _ in
            for _ in 0..<count { try await connection.send(content, envelope: envelope) }
        }
        benchmark.stopMeasurement()
        await connection.quit()
        await server.value
    }
}

/// The least that a server can do: it looks at a line's first letter, and at nothing of the content but its end.
private final class PipeServer {
    private let transport: PipeTransport
    private let ehloReply: [UInt8]
    private let buffer = ReceiveBuffer()
    private var isReadingContent = false

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

    private func nextLine() -> (first: UInt8, count: Int)? {
        let line = buffer.withBytes { bytes in
            bytes.withUnsafeBytes { octets in
                octets.firstIndex(of: 0x0A).map { (first: octets[0], count: $0 + 1) }
            }
        }
        if let line { buffer.consume(line.count) }
        return line
    }

    /// Appends what a line is answered, and returns whether the session ends with it.
    private func answer(_ line: (first: UInt8, count: Int), _ output: inout [UInt8]) -> Bool {
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
        }
        output += "250 ok\r\n".utf8
        return line.first == UInt8(ascii: "Q")
    }
}
