import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

// Ours, doing what tls-c does, with the same arguments and the same line printed; and
//
//   tls-swift certificates FOLDER      makes ca.pem, chain.pem and key.pem

@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "certificates" {
            try makeCertificates(arguments[2])
            return
        }
        guard arguments.count == 5, let port = Int(arguments[2]), let count = Int(arguments[4]) else {
            let modes = "upload|handshakes|resumed|connects|ping|messages"
            print("usage: tls-swift certificates FOLDER | \(modes) PORT CA COUNT")
            exit(64)
        }
        var configuration = TLSConfiguration()
        configuration.trust = [.file(arguments[3])]
        if arguments[1] != "resumed" { configuration.sessionCacheCapacity = 0 }
        try configuration.prepare(for: .client(host: "mail.example"))
        let client = Client(port: port, configuration: configuration)
        let mode = arguments[1]
        let start = usage()
        let elapsed = try await ContinuousClock().measure {
            try await Task(executorPreference: client.executor) {
                switch mode {
                case "upload": try await client.upload(count)
                case "handshakes": try await client.handshakes(count, resumed: false)
                case "resumed": try await client.handshakes(count, resumed: true)
                case "connects": try await client.connects(count)
                case "ping": try await client.ping(count)
                case "messages": try await client.messages(count)
                default: exit(64)
                }
            }.value
        }
        let end = usage()
        print(elapsed / .seconds(1), end.cpuSeconds - start.cpuSeconds, end.value.ru_maxrss)
    }

    private static func usage() -> Usage {
        var value = rusage()
        #if canImport(Darwin)
        getrusage(RUSAGE_SELF, &value)
        #else
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &value)
        #endif
        return Usage(value: value)
    }

    private static func makeCertificates(_ folder: String) throws {
        let authority = try CertificateAuthority()
        let server = try authority.issue(CertificateRequest("mail.example"))
        for (name, text) in [
            ("ca.pem", authority.certificatePEM), ("chain.pem", server.chainPEM), ("key.pem", server.keyPEM),
        ] {
            guard let file = fopen("\(folder)/\(name)", "w") else { exit(73) }
            fwrite(text, 1, text.count, file)
            fclose(file)
        }
    }
}

struct Usage {
    let value: rusage

    var cpuSeconds: Double {
        [value.ru_utime, value.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
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

    /// Through the whole client, and as the server offers no extension: command by command.
    func messages(_ count: Int) async throws {
        var tls = configuration
        tls.serverName = "mail.example"
        let connection = try await SMTPConnection.connect(
            to: .host("127.0.0.1", port: port),
            configuration: SMTPConfiguration(security: .implicitTLS(tls))
        )
        try await connection.hello()
        let envelope = try Envelope(from: "sender@bench.example", to: ["rcpt0@bench.example"])
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 63) + [UInt8(ascii: "\n")]
        let content = Content.bytes(Array((0..<16).map { _ in line }.joined()))
        try await connection.channel.runOnEventLoop { _ in
            for _ in 0..<count { try await connection.send(content, envelope: envelope) }
        }
        await connection.channel.disconnect()
    }
}
