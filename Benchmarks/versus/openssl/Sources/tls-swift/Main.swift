import Measure
import SMTPTransport

// Ours, doing what tls-c does, with the same arguments and the same line printed. It is linked with nothing but the
// transport, as the C program is with OpenSSL.

@main
struct Main {
    static func main() async throws {
        let trial = Trial(modes: ["upload", "handshakes", "resumed", "connects", "ping"])
        var configuration = TLSConfiguration()
        configuration.trust = [.file(trial.authority)]
        if trial.mode != "resumed" { configuration.sessionCacheCapacity = 0 }
        try configuration.prepare(for: .client(host: "mail.example"))
        let client = Client(port: trial.port, configuration: configuration)
        let (mode, count) = (trial.mode, trial.count)
        try await trial.measure {
            try await Task(executorPreference: client.executor) {
                switch mode {
                case "upload": try await client.upload(count)
                case "ping": try await client.ping(count)
                case "connects": try await client.connects(count)
                default: try await client.handshakes(count, resumed: mode == "resumed")
                }
            }.value
        }
    }
}

struct Client: Sendable {
    let port: Int
    let configuration: TLSConfiguration
    let executor = EventLoopExecutor.next()

    private func connect() async throws -> TLSTransport {
        let tcp = try await TCPTransport.connect(to: .host("127.0.0.1", port: port), executor: executor)
        return try await TLSTransport.handshake(
            over: tcp,
            as: .client(host: "mail.example"),
            configuration: configuration
        )
    }

    func upload(_ count: Int) async throws {
        let transport = try await connect()
        let buffer = ReceiveBuffer()
        _ = try await transport.read(into: buffer)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 65_536)
        var left = count
        while left > 0 {
            try await transport.write(piece.span.bytes.extracting(0..<min(left, piece.count)))
            left -= piece.count
        }
        try await transport.shutdownWrite()
        _ = try await transport.read(into: buffer)
        transport.close(.closed)
    }

    func handshakes(_ count: Int, resumed: Bool) async throws {
        for index in 0..<count {
            let transport = try await connect()
            _ = try await transport.read(into: ReceiveBuffer())
            // Making the whole record of a connection is not part of the work.
            if resumed, index == count - 1, !transport.info.isResumed { fatalError("not resumed") }
            transport.close(.closed)
        }
    }

    func connects(_ count: Int) async throws {
        for _ in 0..<count {
            let tcp = try await TCPTransport.connect(to: .host("127.0.0.1", port: port), executor: executor)
            tcp.close(.closed)
        }
    }

    func ping(_ count: Int) async throws {
        let transport = try await connect()
        let buffer = ReceiveBuffer()
        _ = try await transport.read(into: buffer)
        let line = Array("NOOP\r\n".utf8)
        for _ in 0..<count {
            buffer.removeAll()
            try await transport.write(line.span.bytes)
            _ = try await transport.read(into: buffer)
        }
        transport.close(.closed)
    }
}
