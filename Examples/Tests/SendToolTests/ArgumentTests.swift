import SMTPTesting
import Testing
import ToolTesting

@testable import SendTool

/// What the command line may say, and what becomes of one that is wrong.
@Suite struct ArgumentTests {
    @Test("A wrong command line: exit code 64, and JSON if asked for", arguments: WrongArguments.alone)
    func wrong(_ wrong: WrongArguments) async throws {
        try await check(wrong.arguments, wrong)
    }

    @Test("A wrong option behind right ones", arguments: WrongArguments.behindRightOnes)
    func wrongInAddition(_ wrong: WrongArguments) async throws {
        // The last one counts of those that can be given once.
        try await check(WrongArguments.plain + wrong.arguments, wrong)
    }

    private func check(_ arguments: [String], _ wrong: WrongArguments) async throws {
        let text = try await SendToolRun(arguments)
        #expect(text.exitCode == 64)
        #expect(text.output.isEmpty)
        #expect(text.errors.contains(wrong.reason))
        #expect(text.errors.isHarmless)

        let json = try await SendToolRun(["--json"] + arguments)
        #expect(json.exitCode == 64)
        #expect(json.errors.isEmpty)
        let outcome = try json.outcome()
        #expect(outcome.error?.kind == wrong.kind)
        #expect(outcome.error?.message.contains(wrong.reason) == true)
        #expect(outcome.outcome == "rejected")
    }

    @Test("The default is STARTTLS, never less")
    func defaultSecurity() async throws {
        try await MailSink.withListening { sink in
            let run = try await SendToolRun(WrongArguments.addressed + ["--json", "--port", "\(sink.port)"])
            #expect(run.exitCode == 69)
            #expect(try run.outcome().error?.kind == "not-offered")
            #expect(try await sink.endedSessions(1).first?.commands.contains { $0.hasPrefix("MAIL") } == false)
        }
        for (security, port) in [(SendOptions.Security.plain, 25), (.starttls, 587), (.tls, 465)] {
            #expect(security.defaultPort == port)
        }
    }

    @Test("Help and version go to standard output, with no JSON", arguments: ["--help", "-h", "--version"])
    func help(_ option: String) async throws {
        let run = try await SendToolRun(["--json", option])
        #expect(run.exitCode == 0)
        #expect(run.output.contains("smtp-send") && !run.output.contains("{"))
        #expect(run.errors.isEmpty)
    }

    @Test("Values may begin with a dash")
    func dashes() async throws {
        try await MailSink.withListening { sink in
            let run = try await SendToolRun(["--from", "-x@y", "--json"], to: ["--to@y", "-z@w"], at: sink)
            #expect(run.exitCode == 0)
            #expect(try run.outcome().recipients.map(\.address) == ["--to@y", "-z@w"])
            let message = try await sink.messages(1)[0]
            #expect(message.reversePath.address == "-x@y")
            #expect(message.acceptedRecipients == ["--to@y", "-z@w"])
        }
    }

    @Test("An empty --from is the null reverse-path", arguments: ["", "<>"])
    func nullReversePath(_ from: String) async throws {
        try await MailSink.withListening { sink in
            let run = try await SendToolRun(["--from", from], at: sink)
            #expect(run.exitCode == 0)
            let message = try await sink.messages(1)[0]
            #expect(message.reversePath.address.isEmpty)
        }
    }

    @Test("Addresses as they are met in the wild", arguments: ["a..b@example.org", "a.@example.org", "a@b_c.example"])
    func wild(_ address: String) async throws {
        try await MailSink.withListening { sink in
            let run = try await SendToolRun(["--json"], to: [address], at: sink)
            #expect(run.exitCode == 0)
            #expect(try run.outcome().recipients.map(\.address) == [address])
        }
    }

    @Test("The hello name, and the host in brackets")
    func helo() async throws {
        try await MailSink.withListening { sink in
            _ = try await SendToolRun(["--helo", "client_1.example.org", "--host", "[127.0.0.1]"], at: sink)
            let session = try await sink.endedSessions(1)[0]
            #expect(session.hello == "EHLO client_1.example.org")
        }
    }

    @Test("A control character in an argument never reaches a terminal")
    func control() async throws {
        for arguments in [["--bogus\u{1B}[31m"], WrongArguments.plain + ["/nosuch/\u{1B}[31m\u{9B}\u{202E}"]] {
            let text = try await SendToolRun(arguments)
            #expect(text.errors.isHarmless)
            let json = try await SendToolRun(arguments + ["--json"])
            #expect(try json.outcome().error?.message.isHarmless == true)
        }
    }
}
