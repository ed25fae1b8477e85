import Foundation
import SMTPTesting
import SMTPTransport
import Testing
import ToolTesting

@testable import SendTool

/// Authentication of the tool, over TLS on loopback, with nothing of the password in what it prints.
@Suite("smtp-send: authentication")
struct AuthenticationTests {
    static let secret = "cAnary-9-hunter2"

    /// The secret as it is and in base64 at every alignment, without what depends on its neighbours.
    private static let forms: [String] = {
        let octets = Data(secret.utf8)
        return [secret]
            + (0..<3).map { shift in
                let encoded = (Data(count: shift) + octets).base64EncodedString()
                let start = (shift * 8 + 5) / 6
                return String(encoded.dropFirst(start).prefix((shift + octets.count) * 8 / 6 - start))
            }
    }()

    private static let mechanisms: [String: SinkMechanism] = [
        "PLAIN": .plain { $0 == "tim" && $1 == secret }, "LOGIN": .login { $0 == "tim" && $1 == secret },
        "CRAM-MD5": .scripted("CRAM-MD5", challenges: [Array("<1@x>".utf8)], outcome: .succeed(user: "tim")),
        "SCRAM-SHA-1": .scram(SCRAMServer(.sha1, user: "tim", password: secret)),
        "SCRAM-SHA-256": .scram(SCRAMServer(.sha256, user: "tim", password: secret)),
        "SCRAM-SHA-512": .scram(SCRAMServer(.sha512, user: "tim", password: secret)),
        "SCRAM-SHA-256-PLUS": .scram(
            SCRAMServer(.sha256, user: "tim", password: secret),
            bindingTypes: ["tls-exporter"],
            isPlus: true
        ),
        "XOAUTH2": .scripted("XOAUTH2", outcome: .succeed(user: "tim")),
        "OAUTHBEARER": .scripted("OAUTHBEARER", outcome: .succeed(user: "tim")),
        "ANONYMOUS": .scripted("ANONYMOUS", outcome: .succeed(user: "nobody")),
        "EXTERNAL": .external { certificate, _ in certificate.subject == "CN=tim" ? "tim" : nil },
    ]

    private static func server(_ names: [String], _ authority: CertificateAuthority) throws -> SinkConfiguration {
        var tls = TLSConfiguration()
        tls.identity = try authority.issue(CertificateRequest("mail.example")).identity
        tls.clientCertificates = .requested
        tls.trust = [authority.trust]
        var server = SinkConfiguration()
        server.keywords = ["STARTTLS"]
        server.keywordsAfterTLS = ["AUTH \(names.joined(separator: " "))"]
        server.tls = SinkTLS(tls)
        server.mechanisms = names.compactMap { mechanisms[$0] }
        server.enforcement = [.strict, .encryption, .authentication]
        return server
    }

    /// Runs the tool at a server with these mechanisms, with the password in a file, and searches what it prints.
    private func run(
        _ options: [String],
        _ names: [String],
        password: String = secret,
        inPieces pieces: [String] = [],
        script: SinkScript = SinkScript(),
        with certificate: Bool = false
    ) async throws -> (run: SendToolRun, session: SinkSession?) {
        let authority = try CertificateAuthority()
        let folder = try ScratchFolder()
        var arguments = ["--security", "starttls", "--ca-file", try folder.file("ca.pem", authority.certificatePEM)]
        arguments += ["--server-name", "mail.example", "--transcript"]
        if certificate {
            var request = CertificateRequest("tim")
            request.purpose = .client
            let issued = try authority.issue(request)
            let file = try folder.file("tim.pem", issued.certificatePEM + issued.keyPEM)
            arguments += ["--client-cert", file]
        }
        let writer = pieces.isEmpty ? nil : LateWriter(pieces, to: try folder.fifo("pipe"))
        defer { writer?.end() }
        if writer != nil {
            arguments += ["--password-file", folder.path(of: "pipe")]
        } else if options.contains("--user") {
            arguments += ["--password-file", try folder.file("password", Array("\(password)\n".utf8))]
        }
        var server = try Self.server(names, authority)
        server.script = script
        return try await MailSink.withListening(server) { [arguments] sink in
            let run = try await SendToolRun(arguments + options, at: sink)
            for text in [run.output, run.errors] {
                #expect(Self.forms.allSatisfy { !text.contains($0) }, "\(text)")
            }
            return (run, try await sink.endedSessions(1).first)
        }
    }

    @Test(
        "Each value of --auth logs in by the mechanism it names, and prints nothing of the password",
        arguments: [
            ("plain", "PLAIN"), ("login", "LOGIN"), ("cram-md5", "CRAM-MD5"), ("scram-sha-1", "SCRAM-SHA-1"),
            ("scram-sha-256", "SCRAM-SHA-256"), ("scram-sha-512", "SCRAM-SHA-512"), ("xoauth2", "XOAUTH2"),
            ("oauthbearer", "OAUTHBEARER"),
        ]
    )
    func each(option: String, name: String) async throws {
        let others = Self.mechanisms.keys.filter { !$0.hasSuffix("-PLUS") }.sorted()
        let (run, session) = try await run(["--user", "tim", "--auth", option], others)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(session?.user == "tim")
        #expect(session?.commands.contains { $0.hasPrefix("AUTH \(name)") } == true)
        #expect(run.errors.contains("AUTH \(name)"))
    }

    @Test("Without --auth the strongest is used, bound to TLS if that can be")
    func strongest() async throws {
        let (run, session) = try await run(["--user", "tim"], Self.mechanisms.keys.sorted())
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(session?.commands.contains { $0.hasPrefix("AUTH SCRAM-SHA-256-PLUS ") } == true)
    }

    @Test("External by a client certificate, and anonymous, need no password")
    func withoutPassword() async throws {
        let external = try await run(["--auth", "external"], ["EXTERNAL"], with: true)
        #expect(external.run.exitCode == 0, "\(external.run.errors)")
        #expect(external.session?.user == "tim")
        #expect(external.session?.commands.contains("AUTH EXTERNAL =") == true)
        let anonymous = try await run(["--auth", "anonymous"], ["ANONYMOUS"])
        #expect(anonymous.run.exitCode == 0, "\(anonymous.run.errors)")
        #expect(anonymous.session?.user == "nobody")
        let nobody = try await run(["--auth", "external"], ["EXTERNAL"])
        #expect(nobody.run.exitCode != 0)
        #expect(nobody.session?.commands.contains { $0.hasPrefix("AUTH") } == false)
    }

    @Test("A wrong password, and nothing in common, are exit code 77 with the server's words")
    func refused() async throws {
        let wrong = try await run(["--user", "tim", "--json"], ["PLAIN", "LOGIN"], password: "wrong")
        #expect(wrong.run.exitCode == 77)
        #expect(try wrong.run.outcome().error?.kind == "authentication")
        #expect(try wrong.run.outcome().error?.code == 535)
        #expect(wrong.session?.commands.count { $0.hasPrefix("AUTH") } == 1)
        let none = try await run(["--user", "tim", "--json"], ["EXTERNAL"])
        #expect(none.run.exitCode == 77)
        #expect(try none.run.outcome().error?.message.contains("EXTERNAL") == true)
        // The server has said nothing of the password, and the port is what is wrong.
        let unasked = try await run(["--user", "tim"], []).run
        #expect(unasked.exitCode == 77 && unasked.errors.contains("a login is usual on 587 and 465"))
        #expect(!unasked.errors.contains("check --user"))
    }

    @Test(
        "A password from a named pipe that is opened late, and written in pieces",
        arguments: [["\(secret)\n"], ["cAnary", "-9-hunter2\n"], ["cAnary-9-", "hunter2"]]
    )
    func pipe(_ pieces: [String]) async throws {
        let (run, session) = try await run(["--user", "tim"], ["PLAIN"], inPieces: pieces)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(session?.user == "tim")
    }

    @Test("A password that does not come: the deadline ends it, and nobody is connected to")
    func endlessPipe() async throws {
        let folder = try ScratchFolder()
        let file = try folder.fifo("pipe")
        try await MailSink.withListening { sink in
            let options = ["--json", "--deadline", "0.1", "--security", "tls", "--user", "tim"]
            let run = try await SendToolRun(options + ["--password-file", file], at: sink)
            #expect(run.exitCode == 75)
            #expect(try run.outcome().error?.kind == "timeout")
            #expect(sink.sessions.isEmpty)
        }
    }

    @Test(
        "A refusal in the midst of AUTH is a failed login, whatever its code",
        arguments: [
            (SinkPoint.authenticationResponse, 501, "login", Int32(77)),
            (.authenticationResponse, 503, "login", 77),
            (.command("AUTH"), 503, "plain", 77),
            (.authenticationResponse, 421, "login", 75),
        ]
    )
    func refusedInExchange(_ point: SinkPoint, _ code: Int, _ mechanism: String, _ exitCode: Int32) async throws {
        var script = SinkScript()
        script.on(point, .reply(code, "no"))
        let options = ["--json", "--user", "tim", "--auth", mechanism]
        let run = try await run(options, ["PLAIN", "LOGIN"], script: script).run
        #expect(run.exitCode == exitCode)
        #expect(try run.outcome().error?.kind == "authentication")
        #expect(try run.outcome().error?.code == code)
    }

    @Test("--user without TLS is exit code 77, and nobody is connected to")
    func inClear() async throws {
        var server = SinkConfiguration()
        server.keywords = ["AUTH PLAIN"]
        server.mechanisms = [.plain { _, _ in true }]
        let folder = try ScratchFolder()
        let file = try folder.file("password", Array("\(Self.secret)\n".utf8))
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(["--json", "--user", "tim", "--password-file", file], at: sink)
            #expect(run.exitCode == 77)
            #expect(try run.outcome().error?.kind == "authentication")
            #expect(sink.sessions.isEmpty)
        }
    }
}
