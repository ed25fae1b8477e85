import SMTPTesting
import Testing

@testable import SMTPTransport

@Suite("TLS verification")
struct TLSVerificationTests {
    /// A certificate, the host that is dialled, and the check that must fail, if one must.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var request: CertificateRequest
        var host = "mail.example"
        var failing: TLSVerificationFailure.Check?

        init(
            _ description: String,
            _ names: [TLSCertificateName],
            host: String = "mail.example",
            failing: TLSVerificationFailure.Check? = nil,
            _ change: (inout CertificateRequest) -> Void = { _ in }
        ) {
            testDescription = description
            request = CertificateRequest()
            request.names = names
            change(&request)
            self.host = host
            self.failing = failing
        }
    }

    static func dns(_ names: String...) -> [TLSCertificateName] { names.map { .dns(Array($0.utf8)) } }
    static let good = dns("mail.example")

    static let cases: [Case] = [
        Case("the name", good),
        Case("one name of several", dns("a.example", "mail.example", "b.example")),
        Case("in another case", dns("MAIL.Example"), host: "Mail.eXample"),
        Case("a trailing dot in the host", good, host: "mail.example."),
        Case("RSA", good) { $0.key = .rsa },
        Case("Ed25519", good) { $0.key = .ed25519 },
        Case("any purpose", good) { $0.purpose = .any },
        Case("expired", good, failing: .expired) { $0.notAfter = .seconds(-60) },
        Case("not yet valid", good, failing: .notYetValid) { $0.notBefore = .seconds(3600) },
        Case("another name", dns("other.example"), failing: .name),
        Case("a name above", dns("example"), failing: .name),
        Case("a name below", dns("a.mail.example"), failing: .name),
        Case("for clients only", good, failing: .purpose) { $0.purpose = .client },
        Case("the common name alone", [], failing: .name) { $0.commonName = "mail.example" },
        Case("the common name beside other names", dns("other.example"), failing: .name) {
            $0.commonName = "mail.example"
        },
        Case("a wildcard for the first label", dns("*.mail.example"), host: "mx1.mail.example"),
        Case("a wildcard for no label", dns("*.mail.example"), failing: .name),
        Case("a wildcard for two labels", dns("*.mail.example"), host: "a.b.mail.example", failing: .name),
        Case("a wildcard within a label", dns("m*.mail.example"), host: "mx1.mail.example", failing: .name),
        Case("a wildcard further on", dns("mx1.*.example"), host: "mx1.mail.example", failing: .name),
        Case("a wildcard for all", dns("*"), host: "example", failing: .name),
        Case("a wildcard for a top level", dns("*.example"), failing: .name),
        Case("NUL in the name", dns("mail.example\0.evil.example"), failing: .name),
        Case("NUL behind the name", dns("mail.example\0"), failing: .name),
        Case("an A-label", dns("xn--bcher-kva.example"), host: "xn--bcher-kva.example"),
        Case("a U-label for it", dns("xn--bcher-kva.example"), host: "Bücher.example"),
        Case("the UTF-8 of a U-label", dns("bücher.example"), host: "bücher.example", failing: .name),
        Case("an IPv4 address", [.ipAddress([192, 0, 2, 1])], host: "192.0.2.1"),
        Case("another IPv4 address", [.ipAddress([192, 0, 2, 2])], host: "192.0.2.1", failing: .name),
        Case("an IPv4 address as a name", dns("192.0.2.1"), host: "192.0.2.1", failing: .name),
        Case(
            "an IPv6 address",
            [.ipAddress([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])],
            host: "2001:db8::1"
        ),
        Case(
            "an IPv6 address in brackets",
            [.ipAddress([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])],
            host: "[2001:db8::1]"
        ),
    ]

    @Test("What a certificate says decides", arguments: cases, [TLSVersion.tls12, .tls13])
    func certificate(test: Case, version: TLSVersion) throws {
        var dialogue = try TLSDialogue()
        dialogue.server.identity = try TestCertificates.authority.get().issue(test.request).identity
        dialogue.server.maximumVersion = version
        dialogue.host = test.host
        try expect(test.failing, of: dialogue)
        // The name alone is judged alike.
        let certificate = try TestCertificates.authority.get().issue(test.request).certificate
        #expect(certificate.isFor(test.host) == (test.failing != .name))
    }

    private func expect(_ failing: TLSVerificationFailure.Check?, of dialogue: TLSDialogue) throws {
        let (client, server) = try dialogue.run { ($0.info, $0.security) }
        guard let failing else {
            let (info, security) = try client.get()
            #expect(info.verification == .passed)
            #expect(security.isSecure)
            return
        }
        let error = client.failure?.asTLS
        guard case .verificationFailed(let failure)? = error?.kind else {
            Issue.record("\(client)")
            return
        }
        #expect(failure.check == failing)
        #expect(error?.phase == .handshake)
        #expect(error?.alert?.direction == .sent)
        #expect(failure.openSSLCode != 0)
        // The server is told by an alert, and so it never takes the client for satisfied.
        #expect(server.failure?.asTLS?.alert?.direction == .received)
    }

    @Test("The error names the certificate, its issuer, names and dates")
    func failureSaysWhatItSaw() throws {
        var dialogue = try TLSDialogue()
        var request = CertificateRequest("evil.example\n220 ok", "b.example")
        request.names.append(.ipAddress([192, 0, 2, 7]))
        dialogue.server.identity = try TestCertificates.authority.get().issue(request).identity
        let error = try #require(try dialogue.clientError())
        guard case .verificationFailed(let failure) = error.kind else {
            Issue.record("\(error)")
            return
        }
        #expect(failure.certificate?.subject == #"CN=evil.example\0A220 ok"#)
        #expect(failure.certificate?.issuer == "CN=Test Root")
        #expect(failure.expectedName == "mail.example")
        #expect(failure.peerCertificates.count == 1)
        #expect(failure.certificate?.names.count == 3)
        #expect(!error.description.utf8.contains(0x0A))
        #expect(error.description.contains(#"evil.example\u{A}220 ok, b.example, 192.0.2.7"#))
    }

    @Test("A chain is verified with its intermediates, and not without")
    func intermediates() throws {
        let issued = try TestCertificates.authority.get().makeIntermediate().issue(CertificateRequest("mail.example"))
        var dialogue = try TLSDialogue()
        dialogue.server.identity = issued.identity
        let info = try dialogue.run { $0.info }.client.get()
        #expect(info.peerCertificates.map(\.subject) == ["CN=mail.example", "CN=Test Intermediate"])
        #expect(info.peerCertificates.first == issued.certificate)
        dialogue.server.identity = issued.identityWithoutChain
        try expect(.trust, of: dialogue)
    }

    @Test("Who is not trusted is refused: an unknown authority, a certificate signed by itself")
    func untrusted() throws {
        var dialogue = try TLSDialogue()
        dialogue.server.identity = try CertificateAuthority().issue(CertificateRequest("mail.example")).identity
        try expect(.trust, of: dialogue)
        dialogue.server.identity = try CertificateAuthority.selfSigned(CertificateRequest("mail.example")).identity
        try expect(.selfSigned, of: dialogue)
    }

    @Test("A server's own certificate can be trusted as it is, be it signed by itself or not")
    func trustedAsItIs() throws {
        let issued = try TestCertificates.server.get()
        let selfSigned = try CertificateAuthority.selfSigned(CertificateRequest("mail.example"))
        for certificate in [issued, selfSigned] {
            var dialogue = try TLSDialogue()
            dialogue.server.identity = certificate.identity
            dialogue.client.trust = [.certificates([certificate.certificate])]
            try expect(nil, of: dialogue)
        }
    }

    @Test("Several sources of trust add up")
    func sourcesAddUp() throws {
        var dialogue = try TLSDialogue()
        dialogue.client.trust.insert(try CertificateAuthority().trust, at: 0)
        try expect(nil, of: dialogue)
    }

    @Test("A name of its own is asked for and verified, whatever host was dialled")
    func serverName() throws {
        var dialogue = try TLSDialogue()
        dialogue.host = "192.0.2.99"
        dialogue.client.serverName = "MAIL.example."
        #expect(try dialogue.run { $0.info.serverName }.client.get() == "mail.example")
        dialogue.host = "mail.example"
        dialogue.client.serverName = "other.example"
        try expect(.name, of: dialogue)
    }

    @Test("A host that cannot be verified is not, even where that stops nothing")
    func nameless() throws {
        var dialogue = try TLSDialogue()
        dialogue.host = "not a host"
        dialogue.client.verification = .insecureRecordOnly
        let (info, security) = try dialogue.run { ($0.info, $0.security) }.client.get()
        #expect(!security.isVerified)
        guard case .failed(let failure) = info.verification else {
            Issue.record("\(info)")
            return
        }
        #expect(failure.check == .name)
        #expect(info.serverName == nil)
    }

    @Test("Modes that are called insecure go on, and say what they know", arguments: [true, false])
    func insecure(isGood: Bool) throws {
        var dialogue = try TLSDialogue()
        if !isGood { dialogue.host = "other.example" }
        dialogue.client.verification = .insecureRecordOnly
        let (info, security) = try dialogue.run { ($0.info, $0.security) }.client.get()
        #expect(security == TransportSecurity(isEncrypted: true, isVerified: isGood))
        switch info.verification {
        case .passed: #expect(isGood)
        case .failed(let failure): #expect(!isGood && failure.check == .name)
        case .skipped: Issue.record("nothing was verified")
        }
        dialogue.client.verification = .insecureSkipVerification
        dialogue.client.trust = []
        let (skipped, insecure) = try dialogue.run { ($0.info, $0.security) }.client.get()
        #expect(skipped.verification == .skipped)
        #expect(insecure == TransportSecurity(isEncrypted: true, isVerified: false))
        #expect(!skipped.peerCertificates.isEmpty)
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
