import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// REQUIRETLS (RFC 8689): what it may be asked of, over TLS that is real.
@Suite("REQUIRETLS")
struct RequireTLSTests {
    private static let authority = Result { try CertificateAuthority() }

    /// Sends a message with REQUIRETLS to a server that offers these keywords under TLS.
    private func send(
        offering keywords: [String] = ["REQUIRETLS"],
        offeringInClear inClear: [String] = ["STARTTLS"],
        _ change: (inout SMTPConfiguration) -> Void
    ) throws -> (error: SMTPError?, sink: MailSink) {
        var server = SinkConfiguration(offering: [])
        try server.offerTLS(try Self.authority.get(), thenOffering: keywords)
        server.keywords = inClear
        let (error, sink) = try converse(server, change) { connection in
            await errorOf { () async throws(SMTPError) in
                var envelope = try Envelope(from: "", to: ["postmaster"])
                envelope.parameters = [.requireTLS]
                try await connection.send(.text("x"), envelope: envelope)
            }
        }
        return (error, sink)
    }

    private func trusted() throws -> TLSConfiguration { TLSConfiguration(trusting: try Self.authority.get()) }

    @Test(
        "Over TLS with a verified certificate it goes, to a host that is configured or vouched for",
        arguments: [HostOrigin.configuration, .validatedMX]
    )
    func verified(origin: HostOrigin) throws {
        let tls = try trusted()
        let (error, sink) = try send {
            $0.security = .startTLS(tls)
            $0.hostOrigin = origin
        }
        #expect(error == nil)
        #expect(sink.messages.map(\.reversePath.description) == ["<> REQUIRETLS"])
        #expect(sink.messages.first?.isEncrypted == true)
    }

    @Test("A host from an MX record that nothing vouches for is refused before MAIL (RFC 8689 §4.2.1)")
    func unvalidatedMX() throws {
        let tls = try trusted()
        let (error, sink) = try send {
            $0.security = .startTLS(tls)
            $0.hostOrigin = .unvalidatedMX
        }
        #expect(error?.kind == .insecure)
        #expect(error?.description.contains("DNSSEC") == true)
        #expect(sink.sessions.first?.commands.contains { $0.hasPrefix("MAIL") } == false)
    }

    @Test("TLS whose certificate is not verified is not enough")
    func unverified() throws {
        var skipping = TLSConfiguration()
        skipping.verification = .insecureSkipVerification
        for security in [ConnectionSecurity.startTLS(skipping), .insecureStartTLSIfOffered] {
            let (error, sink) = try send { $0.security = security }
            #expect(error?.kind == .insecure)
            #expect(sink.messages.isEmpty)
        }
    }

    @Test("What was offered before STARTTLS, and not after it, does not count")
    func offeredInClearAlone() throws {
        let tls = try trusted()
        let (error, sink) = try send(offering: ["SIZE"], offeringInClear: ["STARTTLS", "REQUIRETLS"]) {
            $0.security = .startTLS(tls)
        }
        #expect(error?.kind == .notOffered)
        #expect(sink.sessions.first?.commands.contains { $0.hasPrefix("MAIL") } == false)
    }

    @Test("Without TLS it goes nowhere, whatever is offered")
    func inClear() throws {
        let (error, sink) = try send(offeringInClear: ["REQUIRETLS"]) { $0.security = .insecurePlain }
        #expect(error?.kind == .insecure)
        #expect(sink.messages.isEmpty)
    }
}
