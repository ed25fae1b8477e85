import COpenSSL
import SMTPTesting
import Testing

@testable import SMTPTransport

@Suite("TLS handshake")
struct TLSHandshakeTests {
    @Test("Versions and suites are agreed on within the bounds", arguments: [TLSVersion.tls12, .tls13])
    func versions(version: TLSVersion) throws {
        for bounded in [\TLSDialogue.client, \.server] {
            var dialogue = try TLSDialogue()
            dialogue[keyPath: bounded].minimumVersion = version
            dialogue[keyPath: bounded].maximumVersion = version
            dialogue.client.cipherList = "ECDHE-ECDSA-AES128-GCM-SHA256"
            dialogue.client.cipherSuites = "TLS_CHACHA20_POLY1305_SHA256"
            let (client, server) = try dialogue.run { $0.info }
            let info = try client.get()
            #expect(info.version == version)
            let suite12 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
            #expect(info.cipher == (version == .tls12 ? suite12 : "TLS_CHACHA20_POLY1305_SHA256"))
            #expect(try server.get().cipher == info.cipher)
        }
    }

    @Test("No version in common: both sides say so, with the alert", arguments: [true, false])
    func noCommonVersion(clientIsOld: Bool) throws {
        var dialogue = try TLSDialogue()
        dialogue.client.maximumVersion = clientIsOld ? .tls12 : nil
        dialogue.client.minimumVersion = clientIsOld ? .tls12 : .tls13
        dialogue.server.minimumVersion = clientIsOld ? .tls13 : .tls12
        dialogue.server.maximumVersion = clientIsOld ? nil : .tls12
        let (client, server) = try dialogue.run { _ in }
        for error in [client.failure?.asTLS, server.failure?.asTLS] {
            #expect(error?.kind == .noCommonVersion)
            #expect(error?.phase == .handshake)
            #expect(error?.alert?.name == "protocol_version")
        }
        #expect(client.failure?.asTLS?.alert?.direction != server.failure?.asTLS?.alert?.direction)
    }

    @Test("No suite in common: both sides say so", arguments: [TLSVersion.tls12, .tls13])
    func noCommonCipher(version: TLSVersion) throws {
        var dialogue = try TLSDialogue()
        dialogue.client.maximumVersion = version
        dialogue.client.cipherList = "ECDHE-ECDSA-AES128-GCM-SHA256"
        dialogue.client.cipherSuites = "TLS_AES_128_GCM_SHA256"
        dialogue.server.cipherList = "ECDHE-ECDSA-AES256-GCM-SHA384"
        dialogue.server.cipherSuites = "TLS_AES_256_GCM_SHA384"
        let (client, server) = try dialogue.run { _ in }
        #expect(client.failure?.asTLS?.kind == .noCommonCipher)
        #expect(client.failure?.asTLS?.alert == TLSAlert(code: 40, direction: .received))
        #expect(server.failure?.asTLS?.kind == .noCommonCipher)
    }

    @Test("A client's certificate is shown when it is asked for, and verified", arguments: [TLSVersion.tls12, .tls13])
    func clientCertificate(version: TLSVersion) throws {
        var request = CertificateRequest("someone")
        request.purpose = .client
        let certificate = try TestCertificates.authority.get().issue(request)
        var dialogue = try TLSDialogue()
        dialogue.client.maximumVersion = version
        dialogue.server.trust = [try TestCertificates.authority.get().trust]
        for policy in [TLSClientCertificates.notRequested, .requested, .required] {
            dialogue.server.clientCertificates = policy
            dialogue.client.identity = certificate.identity
            let info = try dialogue.run { _ in }.server.get()
            #expect(info.peerCertificates == (policy == .notRequested ? [] : [certificate.certificate]))
            #expect(info.verification == (policy == .notRequested ? .skipped : .passed))
        }
        dialogue.client.identity = nil
        dialogue.server.clientCertificates = .requested
        #expect(try dialogue.run { _ in }.server.get().verification == .skipped)
    }

    @Test("A client without a good certificate learns it from the alert", arguments: [TLSVersion.tls12, .tls13])
    func clientCertificateRefused(version: TLSVersion) throws {
        var dialogue = try TLSDialogue()
        dialogue.client.maximumVersion = version
        dialogue.server.trust = [try TestCertificates.authority.get().trust]
        dialogue.server.clientCertificates = .required
        // For servers only, and so of the wrong purpose.
        for identity in [nil, try TestCertificates.server.get().identity] {
            dialogue.client.identity = identity
            // In TLS 1.3 the client's handshake is done before the server has seen the certificate.
            let (client, server) = try dialogue.run { try await $0.read(into: ReceiveBuffer()) }
            let error = client.failure?.asTLS
            #expect(error?.kind == .certificateRefusedByPeer)
            #expect(error?.phase == (version == .tls13 ? .established : .handshake))
            #expect(error?.alert?.direction == .received)
            guard case .verificationFailed(let failure)? = server.failure?.asTLS?.kind else {
                Issue.record("\(server)")
                return
            }
            #expect(failure.check == (identity == nil ? .presence : .purpose))
        }
    }

    @Test("Channel bindings are the same on both sides", arguments: [TLSVersion.tls12, .tls13])
    func channelBindings(version: TLSVersion) throws {
        var dialogue = try TLSDialogue()
        dialogue.client.maximumVersion = version
        var seen: Set<[UInt8]> = []
        for key in [CertificateRequest.Key.ecdsa, .rsa, .ed25519] {
            // The hash is that of the issuer's signature.
            let authority = try CertificateAuthority(key: key)
            let certificate = try authority.issue(CertificateRequest("mail.example"))
            dialogue.client.trust = [authority.trust]
            dialogue.server.identity = certificate.identity
            let (client, server) = try dialogue.run { $0.info }
            let exporter = try #require(try client.get().exporterBinding)
            #expect(exporter.count == 32)
            #expect(seen.insert(exporter).inserted)
            #expect(try server.get().exporterBinding == exporter)
            let endPoint = try client.get().serverEndPointBinding
            #expect(endPoint == (key == .ed25519 ? nil : certificate.certificate.sha256))
            #expect(try server.get().serverEndPointBinding == endPoint)
        }
    }

    @Test("The key log is written where it is asked for, and readable by its owner alone")
    func keyLog() throws {
        let folder = try TemporaryFolder()
        var dialogue = try TLSDialogue()
        dialogue.client.dangerousKeyLogFile = "\(folder.path)/keys"
        _ = try dialogue.run { _ in }.client.get()
        _ = try dialogue.run { _ in }.client.get()
        let lines = try #require(folder.read("keys")).split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("CLIENT_HANDSHAKE_TRAFFIC_SECRET ") } == 2)
        #expect(TemporaryFolder.mode(of: "\(folder.path)/keys") == 0o600)
    }

    @Test("Nothing of a failure is left in OpenSSL's queue, and none found there is blamed on a connection")
    func errorQueue() throws {
        var dialogue = try TLSDialogue()
        dialogue.host = "other.example"
        let first = try #require(try dialogue.clientError())
        #expect(!first.details.isEmpty)
        #expect(OpenSSLErrorQueue.drain().isEmpty)
        // Left behind by somebody else on this thread.
        leaveError()
        dialogue.host = "mail.example"
        #expect(try dialogue.clientError() == nil)
        leaveError()
        dialogue.host = "other.example"
        #expect(try dialogue.clientError()?.details == first.details)
    }

    private func leaveError() {
        #expect(SSL_CTX_new(nil) == nil)
    }
}
