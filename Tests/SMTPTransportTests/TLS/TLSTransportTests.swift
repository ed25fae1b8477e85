import SMTPTesting
import Testing

@testable import SMTPTransport

@Suite("TLSTransport")
struct TLSTransportTests {
    @Test("Bytes pass both ways, however the ciphertext is divided", arguments: allFragmentations, [1, 100, 65_536])
    func exchange(fragmentation: PipeOptions.Fragmentation, capacity: Int) throws {
        var dialogue = try TLSDialogue()
        dialogue.fragmentation = fragmentation
        dialogue.capacity = capacity
        let sent = noise(20_000)
        let (client, server) = try dialogue.run { transport in
            try await transport.write(sent)
            #expect(try await transport.readAll() == sent)
        } client: { transport in
            let received = try await transport.readAll(upTo: sent.count)
            try await transport.write(received)
            try await transport.shutdownWrite()
            return (received, transport.security)
        }
        let (received, security) = try client.get()
        #expect(received == sent)
        #expect(security == TransportSecurity(isEncrypted: true, isVerified: true))
        #expect(try server.get().version == .tls13)
    }
}
