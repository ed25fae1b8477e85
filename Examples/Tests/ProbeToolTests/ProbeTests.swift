import SMTPTesting
import SMTPTransport
import Testing
import ToolTesting

@testable import ProbeTool

@Suite("smtp-probe")
struct ProbeTests {
    @Test("A good server: what it says in clear and under TLS, and its certificate; nothing but that is sent")
    func good() async throws {
        try await MailSink.withListening(try TestServer.good()) { sink in
            let run = try await ProbeRun(["--json"], at: sink)
            #expect(run.exitCode == 0)
            let report = try run.report()
            #expect(report.server == "127.0.0.1:\(sink.port)" && report.address == "127.0.0.1")
            #expect(report.security == "starttls")
            #expect(report.greeting?.code == 220)
            #expect(report.extensionsInClear?.map(\.keyword) == ["PIPELINING", "SIZE", "STARTTLS"])
            #expect(report.extensionsInClear?[1].parameters == ["1000"])
            #expect(report.extensionsUnderTLS?.map(\.keyword) == ["PIPELINING", "SIZE"])
            let tls = try #require(report.tls)
            #expect(tls.version == "TLS 1.3" && tls.cipher.hasPrefix("TLS_") && tls.serverName == "mail.example")
            #expect(tls.isVerified && tls.failedCheck == nil && tls.reason == nil)
            let certificate = try #require(tls.certificates.first)
            #expect(certificate.subject == "CN=mail.example" && certificate.issuer == "CN=Test Root")
            #expect(certificate.names == ["mail.example"])
            #expect(certificate.key == "EC 256" && certificate.signature == "ecdsa-with-SHA256")
            #expect(certificate.sha256.split(separator: ":").count == 32 && certificate.pem == nil)
            #expect(TLSPin(.publicKey, hexadecimal: certificate.publicKeySHA256) != nil)
            let commands = try await sink.endedSessions(1)[0].commands
            #expect(commands == ["EHLO [127.0.0.1]", "STARTTLS", "EHLO [127.0.0.1]", "QUIT"])

            let text = try await ProbeRun(at: sink)
            #expect(text.exitCode == 0 && text.errors.isEmpty)
            let words = ["greeting          220 ", "SIZE 1000", "TLS 1.3", "passed", "CN=mail.example", "hours left"]
            for words in words { #expect(text.output.contains(words), "\(words)") }
        }
    }

    @Test("TLS from the first byte, and no TLS at all")
    func otherModes() async throws {
        try await MailSink.withListening(try TestServer.good(isImplicit: true)) { sink in
            let report = try await ProbeRun(["--json", "--security", "tls"], at: sink).report()
            #expect(report.ok && report.extensionsInClear == nil && report.tls?.isVerified == true)
            #expect(report.extensionsUnderTLS?.map(\.keyword) == ["PIPELINING", "SIZE"])
        }
        try await MailSink.withListening(try TestServer.good()) { sink in
            let report = try await ProbeRun(["--json", "--security", "plain"], at: sink).report()
            #expect(report.ok && report.tls == nil && report.extensionsUnderTLS == nil)
            #expect(report.extensionsInClear?.count == 3)
        }
    }

    @Test("What is asked is sent behind all else, and the replies are shown whatever they are")
    func questions() async throws {
        var server = try TestServer.good()
        server.script.on(.command("VRFY"), .reply(250, "2.1.5 Jane Doe <jane@example.org>"))
        server.script.on(.command("EXPN"), .reply(250, lines: ["2.1.5 <a@example.org>", "2.1.5 b@example.org"]))
        server.script.on(.command("ETRN"), .reply(458, "not now"))
        let asked = ["vrfy jane", "EXPN staff", "ETRN example.org", "HELP"]
        let options = asked.flatMap { ["--ask", $0] }
        try await MailSink.withListening(server) { sink in
            let report = try await ProbeRun(["--json"] + options, at: sink).report()
            #expect(report.ok && report.answers.map(\.command) == asked)
            #expect(report.answers.map(\.code) == [250, 250, 458, 214])
            #expect(report.answers[0].mailboxes == [.init(name: "Jane Doe", address: "jane@example.org")])
            #expect(report.answers[0].enhanced == "2.1.5" && report.answers[2].text == ["not now"])
            #expect(report.answers[1].mailboxes.map(\.address) == ["a@example.org", "b@example.org"])
            let commands = try await sink.endedSessions(1)[0].commands
            #expect(commands.suffix(5) == ["VRFY jane", "EXPN staff", "ETRN example.org", "HELP", "QUIT"])

            let text = try await ProbeRun(["--security", "plain"] + options, at: sink)
            #expect(text.exitCode == 0 && text.output.contains("asked             ETRN example.org"))
            #expect(text.output.contains("  answer          458 not now"))
        }
    }

    @Test("One version alone is spoken if asked for", arguments: ["1.2", "1.3"])
    func version(_ version: String) async throws {
        try await MailSink.withListening(try TestServer.good()) { sink in
            let report = try await ProbeRun(["--json", "--tls-version", version], at: sink).report()
            #expect(report.tls?.version == "TLS \(version)")
        }
    }

    /// A bad certificate, and what is said of it.
    struct Bad: CustomTestStringConvertible, Sendable {
        let check: String
        let words: String
        let advice: String
        let make: @Sendable (CertificateAuthority) throws -> TLSIdentity

        var testDescription: String { check }
    }

    static let request = CertificateRequest("mail.example")

    static let bad: [Bad] = [
        Bad(check: "expired", words: "EXPIRED ", advice: "renew") { authority in
            var request = request
            request.notAfter = .seconds(-60)
            return try authority.issue(request).identity
        },
        Bad(check: "notYetValid", words: "NOT VALID for another ", advice: "clocks") { authority in
            var request = request
            request.notBefore = .seconds(7000)
            return try authority.issue(request).identity
        },
        Bad(check: "name", words: #"is not for "mail.example", but for other.example"#, advice: "--server-name") {
            try $0.issue(CertificateRequest("other.example")).identity
        },
        Bad(check: "selfSigned", words: "is signed by itself", advice: "--ca-file") { _ in
            try CertificateAuthority.selfSigned(request).identity
        },
        Bad(check: "trust", words: "does not lead to a trusted certificate", advice: "--ca-file") { _ in
            try CertificateAuthority(name: "Nobody").issue(request).identity
        },
        Bad(check: "trust", words: #"issued by "CN=Test Intermediate""#, advice: "intermediate") {
            try $0.makeIntermediate().issue(request).identityWithoutChain
        },
        Bad(check: "purpose", words: "not made for this use", advice: "serverAuth") { authority in
            var request = request
            request.purpose = .client
            return try authority.issue(request).identity
        },
    ]

    @Test("A bad certificate is shown with what is wrong with it, and all the rest too", arguments: bad)
    func badCertificate(_ bad: Bad) async throws {
        let identity = try bad.make(try TestServer.authority.get())
        try await MailSink.withListening(try TestServer.showing(identity)) { sink in
            let run = try await ProbeRun(["--json"], at: sink)
            #expect(run.exitCode == 77)
            let report = try run.report()
            #expect(report.error?.kind == "tls")
            let tls = try #require(report.tls)
            #expect(!tls.isVerified && tls.failedCheck == bad.check && tls.failedCertificate == 0)
            #expect(tls.certificates.count == 1)
            #expect(tls.isForName == (bad.check != "name"))
            #expect(report.extensionsUnderTLS?.count == 2)

            let text = try await ProbeRun(at: sink)
            #expect(text.exitCode == 77)
            #expect(text.output.contains("FAILED: ") && text.output.contains(bad.words), "\(text.output)")
            #expect(text.output.contains("certificate 0") && text.output.contains("under TLS"))
            #expect(text.errors.hasPrefix("smtp-probe: TLS verification failed: "))
            #expect(text.errors.contains(bad.advice))
        }
    }

    @Test("The chain is shown whole, and in PEM if asked for")
    func chain() async throws {
        let issued = try TestServer.authority.get().makeIntermediate().issue(Self.request)
        try await MailSink.withListening(try TestServer.showing(issued.identity)) { sink in
            let report = try await ProbeRun(["--json", "--pem"], at: sink).report()
            #expect(report.tls?.certificates.map(\.subject) == ["CN=mail.example", "CN=Test Intermediate"])
            let pem = report.tls?.certificates.compactMap(\.pem).joined()
            #expect(pem == String(decoding: issued.chainPEM, as: UTF8.self))
            let text = try await ProbeRun(["--pem"], at: sink)
            #expect(text.output.contains(String(decoding: issued.certificatePEM, as: UTF8.self)))
        }
    }

    @Test("All that is wrong with a certificate can be seen, not the first of it alone")
    func manyFaults() async throws {
        var request = CertificateRequest("other.example")
        request.notAfter = .seconds(-60)
        let identity = try CertificateAuthority.selfSigned(request).identity
        try await MailSink.withListening(try TestServer.showing(identity)) { sink in
            let text = try await ProbeRun(at: sink)
            for words in ["is signed by itself", "names           other.example: NOT mail.example", "EXPIRED "] {
                #expect(text.output.contains(words), "\(words)")
            }
        }
    }

    @Test("Names and texts of the server steer no terminal")
    func hostile() async throws {
        var request = CertificateRequest("evil\u{1B}[31m\nverification      passed", "b\u{202E}")
        request.commonName = "a\u{1B}]0;x\u{7}"
        let identity = try TestServer.authority.get().issue(request).identity
        var server = try TestServer.showing(identity)
        server.script.on(.connection, .raw("220 \u{1B}[2J\u{7F}\r\n"))
        try await MailSink.withListening(server) { sink in
            // Whether it is harmless is asked of every run.
            let run = try await ProbeRun(at: sink)
            #expect(run.exitCode == 77)
            #expect(!run.output.contains("\nverification      passed"))
            _ = try await ProbeRun(["--json"], at: sink).report()
        }
    }
}
