import SMTPTesting
import SMTPTransport
import Testing
import ToolTesting

@testable import SendTool

/// The options that need an extension of the server's, and `--plan`.
@Suite struct ExtensionOptionTests {
    struct Case: CustomTestStringConvertible {
        let options: [String]
        let keyword: String
        var mail = ""
        var recipient = ""

        var testDescription: String { options.joined(separator: " ") }
    }

    static let cases = [
        Case(options: ["--dsn-notify", "success,delay"], keyword: "DSN", recipient: " NOTIFY=SUCCESS,DELAY"),
        Case(options: ["--dsn-notify", "FAILURE"], keyword: "DSN", recipient: " NOTIFY=FAILURE"),
        Case(options: ["--dsn-notify", "never"], keyword: "DSN", recipient: " NOTIFY=NEVER"),
        Case(options: ["--dsn-ret", "full"], keyword: "DSN", mail: " RET=FULL"),
        Case(options: ["--dsn-ret", "hdrs"], keyword: "DSN", mail: " RET=HDRS"),
        Case(options: ["--dsn-envid", "-a b+c"], keyword: "DSN", mail: " ENVID=-a+20b+2Bc"),
        Case(options: ["--smtputf8"], keyword: "SMTPUTF8", mail: " SMTPUTF8"),
        Case(options: ["--deliver-by", "3600"], keyword: "DELIVERBY", mail: " BY=3600;R"),
        Case(options: ["--deliver-by", "3600,nt"], keyword: "DELIVERBY 60", mail: " BY=3600;NT"),
        Case(options: ["--deliver-by", "-5;N"], keyword: "DELIVERBY 60", mail: " BY=-5;N"),
        Case(options: ["--hold-for", "60"], keyword: "FUTURERELEASE 60 2030-01-01T00:00:00Z", mail: " HOLDFOR=60"),
        Case(options: ["--priority", "-9"], keyword: "MT-PRIORITY", mail: " MT-PRIORITY=-9"),
        Case(options: ["--body", "8bitmime"], keyword: "8BITMIME", mail: " BODY=8BITMIME"),
    ]

    @Test("An option goes where its extension is offered", arguments: cases)
    func offered(_ test: Case) async throws {
        var server = SinkConfiguration()
        server.keywords = [test.keyword]
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(["--json"] + test.options, at: sink)
            #expect(run.exitCode == 0)
            let message = try await sink.messages(1)[0]
            #expect(message.reversePath.description == "<a@example.org>\(test.mail)")
            #expect(message.recipients.map(\.forwardPath.description) == ["<b@example.org>\(test.recipient)"])
        }
    }

    @Test("Elsewhere nothing of the message is sent, and the exit code is 69", arguments: cases)
    func notOffered(_ test: Case) async throws {
        var server = SinkConfiguration()
        server.keywords = []
        let text = "Subject: x\n\ngrüße\n"
        try await MailSink.withListening(server) { sink in
            let is8Bit = test.options.first == "--body"
            let run = try await SendToolRun(
                ["--json"] + test.options,
                at: sink,
                input: is8Bit ? text.utf8 : SendToolRun.message.utf8
            )
            // What cannot be sent for its octets' sake is an error of the content's.
            #expect(run.exitCode == (is8Bit ? 65 : 69))
            #expect(try run.outcome().error?.kind == (is8Bit ? "content" : "not-offered"))
            let session = try await sink.endedSessions(1)[0]
            #expect(session.commands.map { $0.prefix(4) } == ["EHLO", "QUIT"])
        }
    }

    @Test("A proxy says whom it speaks for: of the session by --xclient, of the message by --xforward")
    func proxy() async throws {
        var server = SinkConfiguration()
        server.keywords = ["XCLIENT NAME ADDR", "XFORWARD NAME ADDR HELO"]
        let options = [
            "--xclient", "ADDR=2001:db8::1", "--xclient", "name=[UNAVAILABLE]",
            "--xforward", "ADDR=192.0.2.1", "--xforward", "HELO=a b",
        ]
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(["--json"] + options, at: sink)
            #expect(run.exitCode == 0)
            let commands = try await sink.endedSessions(1)[0].commands
            #expect(commands.contains("XCLIENT ADDR=IPV6:2001:db8::1 NAME=[UNAVAILABLE]"))
            #expect(commands.contains("XFORWARD ADDR=192.0.2.1 HELO=a+20b"))
            let beyond = try await SendToolRun(["--json", "--xclient", "PORT=25"], at: sink)
            #expect(beyond.exitCode == 69)
        }
    }

    @Test("Beyond what the server has stated: 69")
    func limits() async throws {
        var server = SinkConfiguration()
        server.keywords = ["DELIVERBY 60", "FUTURERELEASE 60 2030-01-01T00:00:00Z"]
        try await MailSink.withListening(server) { sink in
            for options in [["--deliver-by", "59"], ["--hold-for", "61"]] {
                let run = try await SendToolRun(["--json"] + options, at: sink)
                #expect(run.exitCode == 69)
                #expect(try run.outcome().error?.message.contains("60 seconds") == true)
            }
            #expect(sink.transactions.isEmpty)
        }
    }

    @Test("--body 7bit is no way to send 8-bit octets: 65")
    func falseStatement() async throws {
        try await MailSink.withListening { sink in
            let run = try await SendToolRun(["--json", "--body", "7bit"], at: sink, input: "x: y\n\nü".utf8)
            #expect(run.exitCode == 65)
            #expect(sink.transactions.isEmpty)
        }
    }

    @Test("--chunking sends by BDAT where it can, --no-chunking never, --body binarymime octet by octet")
    func chunking() async throws {
        var server = SinkConfiguration()
        try await MailSink.withListening(server) { sink in
            for (options, chunks) in [(["--chunking"], [21]), (["--no-chunking"], []), ([], [])] {
                let run = try await SendToolRun(options, at: sink)
                #expect(run.exitCode == 0)
                #expect(sink.messages.last?.chunks == chunks)
            }
            let run = try await SendToolRun(["--body", "binarymime"], at: sink, input: "a\nb\0\r".utf8)
            #expect(run.exitCode == 0)
            #expect(sink.messages.last?.text == "a\nb\0\r")
            #expect(sink.messages.last?.reversePath.value(of: "BODY") == "BINARYMIME")
        }
        server.keywords = []
        try await MailSink.withListening(server) { sink in
            let fallback = try await SendToolRun(["--chunking"], at: sink)
            #expect(fallback.exitCode == 0)
            let refused = try await SendToolRun(["--body", "binarymime"], at: sink)
            #expect(refused.exitCode == 69)
        }
    }

    @Test("--require-tls goes over TLS with a verified certificate, where it is offered there")
    func requireTLS() async throws {
        let authority = try CertificateAuthority()
        let folder = try ScratchFolder()
        let file = try folder.file("ca.pem", authority.certificatePEM)
        var tls = TLSConfiguration()
        tls.identity = try authority.issue(CertificateRequest("mail.example")).identity
        var server = SinkConfiguration()
        server.keywords = ["STARTTLS"]
        server.tls = SinkTLS(tls)
        let verified = ["--json", "--security", "starttls", "--ca-file", file, "--server-name", "mail.example"]
        for isOffered in [true, false] {
            server.keywordsAfterTLS = isOffered ? ["REQUIRETLS"] : []
            try await MailSink.withListening(server) { sink in
                let run = try await SendToolRun(verified + ["--require-tls"], at: sink)
                #expect(run.exitCode == (isOffered ? 0 : 69), "\(run.output)")
                #expect(
                    sink.messages.map(\.reversePath.description) == (isOffered ? ["<a@example.org> REQUIRETLS"] : [])
                )
                guard isOffered else { return }
                let insecure = ["--json", "--security", "starttls", "--insecure-skip-verify", "--require-tls"]
                let refused = try await SendToolRun(insecure, at: sink)
                #expect(refused.exitCode == 77)
                #expect(try refused.outcome().error?.kind == "tls")
                #expect(sink.messages.count == 1)
            }
        }
    }

    @Test("--plan shows what would be sent, and sends nothing of it")
    func plan() async throws {
        var server = SinkConfiguration()
        server.keywords = ["PIPELINING", "SIZE 1000", "LIMITS RCPTMAX=1", "8BITMIME"]
        try await MailSink.withListening(server) { sink in
            let addresses = ["b@example.org", "c@bücher.example"]
            let run = try await SendToolRun(["--plan"], to: addresses, at: sink)
            #expect(run.exitCode == 0 && run.errors.isEmpty)
            #expect(
                run.output == """
                    C: MAIL FROM:<a@example.org> SIZE=21
                    C: RCPT TO:<b@example.org>
                    C: DATA
                    C: (24 octets of content)
                    C: MAIL FROM:<a@example.org> SIZE=21
                    C: RCPT TO:<c@xn--bcher-kva.example>
                    C: DATA
                    C: (24 octets of content)
                    plan: 21 octets, 24 on the wire, by DATA, pipelined, in 2 transactions
                    warning: the domain is sent as xn--bcher-kva.example: the server does not offer SMTPUTF8

                    """
            )
            let json = try await SendToolRun(["--plan", "--json"], to: addresses, at: sink)
            #expect(json.exitCode == 0 && json.errors.isEmpty)
            #expect(
                json.output == #"{"ok":true,"outcome":"planned","error":null,"recipients":["#
                    + #"{"address":"b@example.org","outcome":"not-attempted","command":null,"code":null,"#
                    + #""enhanced":null,"message":null},"#
                    + #"{"address":"c@b\u00fccher.example","outcome":"not-attempted","command":null,"code":null,"#
                    + #""enhanced":null,"message":null}],"plan":{"transfer":"DATA","pipelined":true,"size":21,"#
                    + #""wireSize":24,"transactions":[{"mail":"MAIL FROM:<a@example.org> SIZE=21","#
                    + #""recipients":["RCPT TO:<b@example.org>"]},{"mail":"MAIL FROM:<a@example.org> SIZE=21","#
                    + #""recipients":["RCPT TO:<c@xn--bcher-kva.example>"]}],"dropped":[],"warnings":["#
                    + #""the domain is sent as xn--bcher-kva.example: the server does not offer SMTPUTF8"]}}"#
                    + "\n"
            )
            for session in try await sink.endedSessions(2) {
                #expect(session.commands.map { $0.prefix(4) } == ["EHLO", "QUIT"])
            }
        }
    }

    @Test("--plan for a message in many chunks says so in a few lines")
    func planOfChunks() async throws {
        try await MailSink.withListening { sink in
            let line = Array("a line of a large message\r\n".utf8)
            let run = try await SendToolRun(
                ["--plan", "--chunking"],
                at: sink,
                input: repeatElement(line, count: 10_000).joined()
            )
            #expect(
                run.output == """
                    C: MAIL FROM:<a@example.org> SIZE=270000
                    C: RCPT TO:<b@example.org>
                    C: BDAT 65536
                    C: (65536 octets of content)
                    C: (and 3 chunks like this)
                    C: BDAT 7856 LAST
                    C: (7856 octets of content)
                    plan: 270000 octets, 270000 on the wire, by BDAT, pipelined

                    """
            )
            #expect(sink.transactions.isEmpty)
        }
    }

    @Test("What --plan finds cannot be sent has its usual exit code and JSON")
    func planRefused() async throws {
        var server = SinkConfiguration()
        server.keywords = ["SIZE 5"]
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(["--plan", "--json"], at: sink)
            #expect(run.exitCode == 65)
            #expect(try run.outcome().error?.kind == "content")
            #expect(sink.transactions.isEmpty)
        }
    }
}
