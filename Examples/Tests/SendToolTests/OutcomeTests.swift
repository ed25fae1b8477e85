import SMTPTesting
import Testing
import ToolTesting

@testable import SendTool

/// What the server does, and the exit code and JSON that follow.
@Suite struct OutcomeTests {
    @Test(
        "Each reply and each end has its exit code",
        arguments: OutcomeCase.greetings + OutcomeCase.envelopes + OutcomeCase.contents
    )
    func outcome(_ test: OutcomeCase) async throws {
        var server = SinkConfiguration()
        server.script = test.script
        // In lock-step and pipelined alike.
        for keywords in [["PIPELINING", "8BITMIME"], ["8BITMIME"]] {
            server.keywords = keywords
            try await MailSink.withListening(server) { sink in
                let run = try await SendToolRun(["--json"], at: sink)
                #expect(run.exitCode == test.exitCode)
                #expect(run.errors.isEmpty)
                let outcome = try run.outcome()
                #expect(outcome.error?.kind == test.kind)
                #expect(outcome.error?.code == test.code)
                if let command = test.command { #expect(outcome.error?.command == command) }
                #expect(outcome.outcome == test.outcome)
                let text = try await SendToolRun(at: sink)
                #expect(text.exitCode == test.exitCode)
                #expect(text.errors.hasPrefix("smtp-send: ") && text.errors.isHarmless)
                let state = try #require(outcome.recipients.first?.outcome)
                #expect(text.output.hasPrefix(state) && text.output.contains("  <b@example.org>"))
                #expect(text.output.count { $0 == "\n" } == 1)
            }
        }
    }

    @Test("HELO follows an EHLO that is not known, and its refusal is told")
    func helo() async throws {
        var server = SinkConfiguration()
        server.script.on(.command("EHLO"), .reply(502, "5.5.1 what?"))
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(at: sink)
            #expect(run.exitCode == 0)
        }
        server.script.on(.command("HELO"), .reply(550, "5.7.1 no"))
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(["--json"], at: sink)
            #expect(run.exitCode == 69)
            #expect(try run.outcome().error?.command == "HELO")
        }
    }

    @Test("Some recipients or all are refused", arguments: RefusalCase.all)
    func refusals(_ test: RefusalCase) async throws {
        var server = SinkConfiguration()
        let addresses = test.codes.indices.map { "r\($0)@example.org" }
        for (address, code) in zip(addresses, test.codes) where code != 250 {
            server.script.on(.recipient(address), .reply(code, "\(code / 100).1.1 no"))
        }
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(["--json"] + test.options, to: addresses, at: sink)
            #expect(run.exitCode == test.exitCode)
            let outcome = try run.outcome()
            #expect(outcome.outcome == test.outcome)
            #expect(outcome.recipients.map(\.address) == addresses)
            #expect(outcome.recipients.map(\.outcome) == test.outcomes)
            for (recipient, code) in zip(outcome.recipients, test.codes) {
                switch recipient.outcome {
                case "accepted": #expect(recipient.command == "DATA" && recipient.code == 250)
                case "rejected":
                    #expect(recipient.command == "RCPT" && recipient.code == code)
                    #expect(recipient.enhanced == "\(code / 100).1.1")
                default: #expect(recipient.command == nil && recipient.code == nil && recipient.message == nil)
                }
            }
            let first = test.codes.first { $0 != 250 }
            #expect(outcome.error?.code == first)
            #expect(sink.messages.count == (test.outcome == "accepted" ? 1 : 0))
        }
    }

    @Test("A reply nobody asked for")
    func unsolicited() async throws {
        var server = SinkConfiguration()
        server.keywords = []
        server.script.on(.command("MAIL"), .raw("250 ok\r\n250 and again\r\n"))
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(["--json"], at: sink)
            #expect(run.exitCode == 76)
            #expect(try run.outcome().error?.kind == "protocol")
            #expect(sink.messages.isEmpty)
        }
    }

    @Test("A permanent refusal outweighs the end that follows it")
    func refusedAndClosed() async throws {
        var server = SinkConfiguration()
        server.keywords = []
        server.script.on(.recipient("a@example.org"), .reply(550, "5.1.1 no"))
        server.script.on(.recipient("b@example.org"), .close)
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(["--json"], to: ["a@example.org", "b@example.org"], at: sink)
            #expect(run.exitCode == 69)
            #expect(try run.outcome().error?.kind == "closed")
            #expect(try run.outcome().recipients.map(\.outcome) == ["rejected", "not-attempted"])
        }
    }

    @Test("What the server does not offer and the message needs: nothing of it is sent")
    func notOffered() async throws {
        var server = SinkConfiguration()
        server.keywords = []
        try await MailSink.withListening(server) { sink in
            let content = try await SendToolRun(["--json"], at: sink, input: "Subject: x\n\ngrüße\n".utf8)
            #expect(content.exitCode == 65)
            #expect(try content.outcome().error?.kind == "content")
            let address = try await SendToolRun(["--json"], to: ["jörg@example.org"], at: sink)
            #expect(address.exitCode == 69)
            #expect(try address.outcome().error?.kind == "not-offered")
            for session in try await sink.endedSessions(2) {
                #expect(session.commands.map { $0.prefix(4) } == ["EHLO", "QUIT"])
            }
        }
    }

    @Test("Where nobody was attempted a line for each recipient says so")
    func notAttempted() async throws {
        let told = "not-attempted  <b@example.org>\nnot-attempted  <c@example.org>\n"
        let recipients = ["b@example.org", "c@example.org"]
        var server = SinkConfiguration()
        server.keywords = []
        server.script.on(.command("MAIL"), .reply(550, "5.7.1 no"))
        try await MailSink.withListening(server) { sink in
            for input in ["Subject: x\n\nhello\n", "Subject: x\n\ngrüße\n"] {
                let run = try await SendToolRun(to: recipients, at: sink, input: input.utf8)
                #expect(run.output == told)
            }
            let run = try await SendToolRun(["/nosuch/file"], to: recipients, at: sink)
            #expect(run.output == told)
        }
    }

    @Test("A server's words are shown, and steer nothing")
    func words() async throws {
        var server = SinkConfiguration()
        server.script.on(.command("RCPT"), .raw("550-5.1.1 \u{1B}[31mr\u{202E}ed\u{9B}\r\n550 5.1.1 \u{0}two\u{7}\r\n"))
        try await MailSink.withListening(server) { sink in
            let text = try await SendToolRun(["--transcript"], at: sink)
            #expect(text.output.contains("rejected") && text.output.contains("\\u{1B}[31mr"))
            #expect(text.output.isHarmless && text.errors.isHarmless)
            let json = try await SendToolRun(["--json"], at: sink)
            let recipient = try json.outcome().recipients[0]
            #expect(recipient.enhanced == "5.1.1")
            #expect(recipient.message?.isHarmless == true && recipient.message?.contains("two") == true)
        }
    }

    @Test("The dialogue goes to standard error, without the content")
    func transcript() async throws {
        try await MailSink.withListening { sink in
            let run = try await SendToolRun(["--transcript", "--json"], at: sink)
            #expect(try run.outcome().ok)
            #expect(run.errors.contains("C: MAIL FROM:<a@example.org>"))
            #expect(run.errors.contains("S: 221"))
            #expect(!run.errors.contains("hello"))
            let text = try await SendToolRun(at: sink)
            #expect(text.output == "accepted       <b@example.org>  250 2.0.0 taken\n")
            #expect(text.errors.isEmpty)
        }
    }
}
