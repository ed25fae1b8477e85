import Measure
import SMTPClient
import SMTPSession
import SMTPTransport
import SMTPWire

// Messages through the whole client; as the server offers no extension, command by command.

@main
struct Main {
    static func main() async throws {
        let trial = Trial(modes: ["messages"])
        var tls = TLSConfiguration()
        tls.trust = [.file(trial.authority)]
        tls.serverName = "mail.example"
        tls.sessionCacheCapacity = 0
        try tls.prepare(for: .client(host: "127.0.0.1"))
        let configuration = SMTPConfiguration(security: .implicitTLS(tls))
        let envelope = try Envelope(from: "sender@bench.example", to: ["rcpt0@bench.example"])
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 63) + [UInt8(ascii: "\n")]
        let content = Content.bytes(Array((0..<16).map { _ in line }.joined()))
        let (port, count) = (trial.port, trial.count)
        try await trial.measure {
            let connection = try await SMTPConnection.connect(
                to: .host("127.0.0.1", port: port),
                configuration: configuration
            )
            try await connection.hello()
            try await connection.channel.runOnEventLoop { _ in
                for _ in 0..<count { try await connection.send(content, envelope: envelope) }
            }
            await connection.channel.disconnect()
        }
    }
}
