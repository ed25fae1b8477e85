import SMTPTransport

// A line there and back, over TCP on the loopback interface.
let listener = try await TCPListener.bind(to: .host("127.0.0.1", port: 0))
let port = listener.port ?? 0
async let serving: Void = {
    if let transport = try await listener.accept() { try await End(transport).echo() }
}()
let client = End(try await TCPTransport.connect(to: .host("127.0.0.1", port: port)))
let answer = try await client.exchange("hello\r\n")
precondition(answer == "hello\r\n")
try await serving
listener.close()

do throws(TransportError) {
    _ = try await TCPTransport.connect(to: .host("127.0.0.1", port: 0))
    preconditionFailure("nobody listens on port 0")
} catch {
    switch error {
    case .invalidEndpoint: break
    default: preconditionFailure("\(error)")
    }
}

var tls = TLSConfiguration()
tls.trust = [.pem([])]
do throws(TLSError) {
    try tls.prepare(for: .client(host: "mail.example.org"))
    preconditionFailure("that trusts nobody")
} catch {
    precondition(error.phase == .configuration)
}
