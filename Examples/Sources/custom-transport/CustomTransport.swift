import ArgumentParser
import SMTPClient
import SMTPTransport

/// Sends a mail through a transport that the library does not know.
@main
struct CustomTransport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "custom-transport",
        abstract: "Sends a short mail through a transport that counts, over a connection in clear.",
        discussion: "The transport is in MeteredTransport.swift: it wraps any other, here TCP."
    )

    @Flag(help: "Send one command at a time, also where the server offers PIPELINING.")
    var lockStep = false

    @Argument(help: "The server's name or address.")
    var host: String

    @Argument(help: "Its port.")
    var port: Int

    @Argument(help: "The sender's address.")
    var from: String

    @Argument(help: "The recipients' addresses.")
    var to: [String]

    func run() async throws {
        let meter = Meter { print($0) }
        let tcp = try await TCPTransport.connect(to: .host(host, port: port))
        var configuration = SMTPConfiguration(security: .insecurePlain)
        configuration.isPipeliningAllowed = !lockStep
        let connection = try await SMTPConnection.open(
            over: MeteredTransport(tcp, meter),
            configuration: configuration
        )
        do {
            let text = "From: <\(from)>\nSubject: Hello\n\nSent over a transport of my own.\n"
            let report = try await connection.send(text, from: from, to: to)
            await connection.quit()
            for recipient in report.recipients { print(recipient.forwardPath, recipient.outcome) }
        } catch {
            await connection.quit()
            throw error
        }
        let (sent, received) = (meter.count(.outward), meter.count(.inward))
        print("\(sent.octets) octets sent in \(sent.segments) pieces,", terminator: " ")
        print("\(received.octets) received in \(received.segments)")
    }
}
