import SMTPTransport
import Testing

@Suite("Transport errors")
struct TransportErrorTests {
    /// A line feed, an escape sequence and an override of the direction: what could forge a line or hide what it says.
    private static let evil = "x\n\u{1B}[2J\u{202E}y"

    @Test(
        "What the caller gave cannot forge a line of a log",
        arguments: [
            .hostNotFound(host: evil),
            .nameResolutionFailed(host: evil, reason: evil),
            .connectFailed([ConnectFailure(address: evil, errno: 111)]),
            .connectTimedOut(target: "\(Endpoint.unixSocket(path: evil))", after: .seconds(1)),
            .invalidEndpoint(evil),
            .inputOutput(operation: "listening on \(evil)", errno: 5),
        ] as [TransportError]
    )
    func escaped(error: TransportError) {
        #expect(error.description.contains(#"\u{1B}[2J\u{202E}y"#))
        #expect(error.description.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 })
    }

    @Test("A socket path that is too long and a host that is none are named on one line")
    func endpoints() async {
        let path = "/" + String(repeating: "\u{1B}", count: 200)
        await #expect {
            _ = try await TCPTransport.connect(to: .unixSocket(path: path))
        } throws: { error in
            guard case .invalidEndpoint? = error as? TransportError else { return false }
            return !"\(error)".contains("\u{1B}")
        }
    }
}
