import SMTPTesting
import Testing

@testable import SMTPTransport

@Suite("TLS pinning")
struct TLSPinningTests {
    private func pins(_ certificate: TLSCertificate) throws -> [TLSPin] {
        [
            try #require(TLSPin(.certificate, sha256: certificate.sha256)),
            try #require(TLSPin(.publicKey, sha256: certificate.publicKeySHA256)),
        ]
    }

    private func check(_ dialogue: TLSDialogue) throws -> TLSVerificationFailure.Check? {
        guard case .verificationFailed(let failure)? = try dialogue.clientError()?.kind else { return nil }
        return failure.check
    }

    @Test("Instead of the chain: only the pin counts")
    func insteadOfChain() throws {
        let selfSigned = try CertificateAuthority.selfSigned(CertificateRequest("elsewhere.example"))
        let other = try CertificateAuthority.selfSigned(CertificateRequest("mail.example"))
        var dialogue = try TLSDialogue()
        for pin in try pins(selfSigned.certificate) {
            dialogue.client.pinning = .insteadOfChain([pin])
            dialogue.client.trust = []
            dialogue.server.identity = selfSigned.identity
            #expect(try dialogue.run { $0.security.isSecure }.client.get())
            dialogue.server.identity = other.identity
            #expect(try check(dialogue) == .pin)
        }
    }

    @Test("In addition to the chain: both must hold")
    func inAdditionToChain() throws {
        let authority = try TestCertificates.authority.get()
        let issued = try TestCertificates.server.get()
        let root = authority.certificate
        var dialogue = try TLSDialogue()
        for pin in try pins(issued.certificate) + pins(root) {
            dialogue.client.pinning = .inAdditionToChain([pin])
            #expect(try dialogue.run { $0.security.isSecure }.client.get())
            dialogue.host = "other.example"
            #expect(try check(dialogue) == .name)
            dialogue.host = "mail.example"
        }
        dialogue.client.pinning = .inAdditionToChain(try pins(CertificateAuthority.selfSigned(.init("x")).certificate))
        #expect(try check(dialogue) == .pin)
        dialogue.client.pinning = .inAdditionToChain([])
        #expect(try check(dialogue) == .pin)
    }

    @Test("A pin is 32 octets, or 64 digits with or without colons")
    func reading() {
        let octets = (0..<32).map { UInt8($0 * 7) }
        let digits = Hexadecimal.text(octets)
        let colons = octets.map { Hexadecimal.text([$0]) }.joined(separator: ":")
        let expected = TLSPin(.publicKey, sha256: octets)
        #expect(expected != nil)
        #expect(TLSPin(.publicKey, hexadecimal: digits) == expected)
        #expect(TLSPin(.publicKey, hexadecimal: digits.lowercased()) == expected)
        #expect(TLSPin(.publicKey, hexadecimal: colons) == expected)
        for wrong in ["", "00", digits + "00", digits + "0", String(digits.dropLast()) + "g", "é" + digits] {
            #expect(TLSPin(.certificate, hexadecimal: wrong) == nil, "\(wrong)")
        }
        #expect(TLSPin(.certificate, sha256: [1, 2, 3]) == nil)
    }
}
