import ArgumentParser
import SMTPTesting
import SMTPTransport
import Testing
import ToolTesting

@testable import ProbeTool

/// Servers that stop half-way, and wrong command lines: what was learned is told, with one exit code.
@Suite("smtp-probe: failures")
struct ProbeFailureTests {
    /// Runs the tool, with the JSON and without, and checks the form of both.
    private func check(
        _ exitCode: Int32,
        _ kind: String,
        _ options: [String] = [],
        at server: SinkConfiguration,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> (report: Report, text: ProbeRun) {
        try await MailSink.withListening(server) { sink in
            let run = try await ProbeRun(["--json"] + options, at: sink)
            let report = try run.report(sourceLocation: sourceLocation)
            #expect(report.error?.kind == kind, sourceLocation: sourceLocation)
            let text = try await ProbeRun(options, at: sink)
            #expect(run.exitCode == exitCode && text.exitCode == exitCode, sourceLocation: sourceLocation)
            #expect(text.errors.hasPrefix("smtp-probe: "), sourceLocation: sourceLocation)
            return (report, text)
        }
    }

    @Test("STARTTLS that is not offered, or refused")
    func noStartTLS() async throws {
        var server = try TestServer.good()
        server.script.on(.command("STARTTLS"), .reply(454, "4.7.0 TLS not available"))
        let refused = try await check(75, "refused", at: server).report
        #expect(refused.error?.code == 454 && refused.error?.command == "STARTTLS")
        #expect(refused.extensionsInClear != nil && refused.tls == nil)
        server = SinkConfiguration()
        server.keywords = ["PIPELINING"]
        let (report, text) = try await check(69, "not-offered", at: server)
        #expect(report.extensionsInClear?.map(\.keyword) == ["PIPELINING"])
        #expect(text.output.contains("PIPELINING") && text.errors.contains("--security plain"))
    }

    @Test("A server that greets with a refusal, or refuses hello")
    func refusals() async throws {
        var server = try TestServer.good()
        server.script.on(.connection, .reply(554, "no service"))
        let refused = try await check(69, "refused", at: server).report
        #expect(refused.greeting?.code == 554)
        server = try TestServer.good()
        server.script.on(.command("EHLO"), .reply(421, "4.3.2 busy"))
        let busy = try await check(75, "refused", at: server).report
        #expect(busy.greeting?.code == 220 && busy.error?.code == 421)
    }

    @Test("Versions that do not meet")
    func noCommonVersion() async throws {
        let identity = try TestServer.authority.get().issue(CertificateRequest("mail.example")).identity
        let server = try TestServer.showing(identity) { $0.minimumVersion = .tls13 }
        let (report, text) = try await check(77, "tls", ["--tls-version", "1.2"], at: server)
        #expect(report.extensionsInClear != nil && report.tls == nil)
        #expect(text.errors.contains("protocol_version"))
    }

    @Test("A client certificate that is wanted: what was learned before is told all the same")
    func clientCertificate() async throws {
        let authority = try TestServer.authority.get()
        let identity = try authority.issue(CertificateRequest("mail.example")).identity
        let server = try TestServer.showing(identity) { tls in
            tls.trust = [authority.trust]
            tls.clientCertificates = .required
        }
        let (report, text) = try await check(77, "tls", at: server)
        #expect(report.tls?.certificates.count == 1)
        #expect(text.errors.contains("certificate_required") && text.errors.contains("--client-cert"))
        var request = CertificateRequest("someone")
        request.purpose = .client
        let client = try authority.issue(request)
        let folder = try ScratchFolder()
        let file = try folder.file("client.pem", client.chainPEM + client.keyPEM)
        try await MailSink.withListening(server) { sink in
            let report = try await ProbeRun(["--json", "--client-cert", file], at: sink).report()
            #expect(report.ok)
        }
    }

    @Test("TLS to a port that speaks plaintext is told so")
    func plaintext() async throws {
        let (_, text) = try await check(76, "protocol", ["--security", "tls"], at: try TestServer.good())
        #expect(text.errors.contains("plaintext") && text.errors.contains("--security starttls"))
    }

    @Test("A server that closes in the handshake")
    func closed() async throws {
        var server = try TestServer.good()
        server.tls = SinkTLS { transport, _ in
            transport.close(.closed)
            throw TransportError.closed
        }
        let (report, _) = try await check(75, "closed", at: server)
        #expect(report.extensionsInClear != nil && report.greeting?.code == 220)
    }

    @Test("A port at which nothing greets may be one for TLS from the first byte")
    func silence() async throws {
        var server = try TestServer.good()
        server.script.on(.connection, .silence)
        let (report, text) = try await check(75, "timeout", ["--timeout", "3"], at: server)
        #expect(report.greeting == nil && text.errors.contains("needs --security tls"))
    }

    @Test("A server that sets up TLS and then does not greet: what TLS showed is told")
    func silenceUnderTLS() async throws {
        for (reply, exitCode, kind) in [
            (SinkReply.silence, 75, "timeout"), (.reply(554, "no service"), 69, "refused"), (.close, 75, "closed"),
        ] as [(SinkReply, Int32, String)] {
            var server = try TestServer.good()
            server.tls?.isImplicit = true
            server.script.on(.connection, reply)
            // With ever more time where it is waited for: how long a busy machine needs for a handshake, nobody knows.
            for seconds in kind == "timeout" ? [3, 6, 12, 24] : [60] {
                let options = ["--timeout", "\(seconds)", "--security", "tls"]
                let (report, text) = try await check(exitCode, kind, options, at: server)
                let isSetUp = report.tls != nil && text.output.contains("certificate 0")
                if !isSetUp, kind == "timeout", seconds < 24 { continue }
                #expect(report.tls?.certificates.isEmpty == false && report.address == "127.0.0.1")
                #expect(text.output.contains("certificate 0") && !text.errors.contains("needs --security tls"))
                break
            }
        }
    }

    @Test("Nobody is there")
    func refusedConnection() async throws {
        let held = try HeldPort()
        defer { withExtendedLifetime(held) {} }
        let run = try await ProbeRun(["--json", "127.0.0.1:\(held.port)"])
        #expect(run.exitCode == 75)
        #expect(try run.report().error?.kind == "connect")
    }

    @Test("A server that leaves instead of an answer: what it answered before is told")
    func unanswered() async throws {
        var server = try TestServer.good()
        server.script.on(.command("VRFY"), .reply(252, "2.1.5 perhaps"))
        server.script.on(.command("EXPN"), .close)
        let asked = ["--ask", "VRFY a", "--ask", "EXPN b", "--ask", "HELP"]
        let (report, text) = try await check(75, "closed", asked, at: server)
        #expect(report.answers.map(\.code) == [252] && report.error?.command == "EXPN")
        #expect(text.output.contains("252 2.1.5 perhaps") && text.errors.contains("EXPN"))
    }

    static let wrong: [(arguments: [String], reason: String, exitCode: Int32)] = [
        (["--bogus"], "--bogus", 64), (["a:b"], "no number for a port", 64), (["a:0"], "--port must be", 64),
        (["a:25", "--port", "25"], "excludes", 64), (["a", "--host", "b"], "excludes", 64),
        (["a", "b"], "b", 64), (["--host", ""], "no host name", 64), (["--timeout", "0"], "--timeout", 64),
        (["--socket", "/x", "a"], "excludes", 64), (["--helo", "a b"], "--helo", 64),
        (["--security", "plain", "--ca-file", "x"], "of no use", 64), (["--client-key", "x"], "--client-cert", 64),
        (["--security", "plain", "--tls-version", "1.2"], "of no use", 64), (["--tls-version", "1.1"], "1.1", 64),
        (["--ca-file", "/nonexistent"], "no such file", 66),
        (["--ask", "QUIT"], "neither VRFY", 64), (["--ask", "VRFY"], "neither VRFY", 64),
        (["--ask", ""], "neither VRFY", 64),
        (["--ask", "VRFY a\r\nMAIL FROM:<b@c>"], "--ask", 64),
    ]

    @Test("A wrong command line opens nothing", arguments: wrong)
    func wrongArguments(arguments: [String], reason: String, exitCode: Int32) async throws {
        let json = try await ProbeRun(["--json"] + arguments)
        #expect(json.exitCode == exitCode)
        let error = try json.report().error
        #expect(error?.message.contains(reason) == true)
        let text = try await ProbeRun(arguments)
        #expect(text.exitCode == exitCode)
        #expect(text.output.isEmpty && text.errors.contains(reason))
    }

    @Test("Help and version go to standard output", arguments: ["--help", "--version"])
    func help(_ option: String) async throws {
        let run = try await ProbeRun([option])
        #expect(run.exitCode == 0 && run.errors.isEmpty)
        #expect(run.output.contains("smtp-probe"))
    }

    @Test("Where the server is: a name, an address, a port, brackets")
    func places() throws {
        func endpoint(_ arguments: String...) throws -> String {
            try ProbeRequest(try ProbeOptions.parse(arguments + ["--security", "plain"])).endpoint.description
        }
        #expect(try endpoint() == "localhost:25")
        #expect(try endpoint("mail.example") == "mail.example:25")
        #expect(try endpoint("mail.example:2525") == "mail.example:2525")
        #expect(try endpoint("--host", "mail.example", "--port", "26") == "mail.example:26")
        #expect(try endpoint("::1") == "[::1]:25")
        #expect(try endpoint("[::1]:26") == "[::1]:26")
        #expect(try endpoint("[::1]", "--port", "27") == "[::1]:27")
        #expect(try endpoint("--socket", "/tmp/x") == "/tmp/x")
        let tls = try ProbeRequest(try ProbeOptions.parse(["--server-name", "x", "a:465"]))
        #expect(tls.security == .tls)
    }
}
