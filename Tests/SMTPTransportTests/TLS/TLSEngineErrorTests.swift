import COpenSSL
import SMTPTesting
import Testing

@testable import SMTPTransport

/// What OpenSSL's reasons and the peer's alerts are called, by the engine alone.
@Suite("TLSEngine: errors")
struct TLSEngineErrorTests {
    private func client(_ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> TLSEngine {
        var configuration = try TestCertificates.client()
        change(&configuration)
        let context = try configuration.contexts.context(for: .client(host: "mail.example"), configuration)
        return try TLSEngine(
            context,
            client: ("mail.example", try context.serverName(for: "mail.example", configuration))
        )
    }

    private func server(_ clientCertificates: TLSClientCertificates) throws -> TLSEngine {
        var configuration = try TestCertificates.serving()
        configuration.trust = [try TestCertificates.authority.get().trust]
        configuration.clientCertificates = clientCertificates
        return try TLSEngine(try configuration.contexts.context(for: .server, configuration), client: nil)
    }

    private func taken(_ engine: TLSEngine) -> [UInt8] {
        var output: [UInt8] = []
        engine.takeOutput(&output)
        return output
    }

    private func buffer(_ bytes: [UInt8]) -> ReceiveBuffer {
        let buffer = ReceiveBuffer()
        buffer.append(bytes.span.bytes)
        return buffer
    }

    @Test("A key of the peer's that is too short is no cipher suite in common, and OpenSSL's word for it is told")
    func shortKey() throws {
        let entry = OpenSSLErrorQueue.Entry(
            library: Int32(ERR_LIB_SSL),
            reason: Int32(SSL_R_DH_KEY_TOO_SMALL),
            text: "dh key too small"
        )
        let error = try client().makeError([entry], .handshake)
        #expect(error.kind == .noCommonCipher && error.description.contains("dh key too small"))
    }

    @Test("An alert that calls itself a warning is what ended the connection where OpenSSL says so")
    func warning() throws {
        let engine = try client()
        engine.warning = TLSAlert(code: 116, direction: .received)
        let entry = OpenSSLErrorQueue.Entry(library: Int32(ERR_LIB_SSL), reason: 1116, text: "certificate required")
        let error = engine.makeError([entry], .established)
        #expect(error.kind == .certificateRefusedByPeer && error.alert == engine.warning)
        let other = try client()
        other.warning = TLSAlert(code: 116, direction: .received)
        #expect(other.makeError([], .established).alert == nil)
    }

    @Test("handshake_failure behind the server's part is not about cipher suites", arguments: [false, true])
    func lateFailure(isCertificateRequested: Bool) throws {
        let client = try client { $0.maximumVersion = .tls12 }
        let server = try server(isCertificateRequested ? .required : .notRequested)
        #expect(try !client.handshake(buffer([])))
        #expect(try !server.handshake(buffer(taken(client))))
        #expect(try !client.handshake(buffer(taken(server))))
        let error = #expect(throws: TLSError.self) { try client.handshake(buffer([0x15, 3, 3, 0, 2, 2, 40])) }
        #expect(error?.kind == (isCertificateRequested ? .certificateRefusedByPeer : .refusedByPeer))
    }
}
