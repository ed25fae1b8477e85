import SMTPTesting
import Testing

@testable import SendTool

/// What the tool says to try: in options of its own, and nothing that cannot help here.
@Suite struct AdviceTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let options: [String]
        let advice: String
        var script = SinkScript()

        init(
            _ what: String,
            _ options: [String] = [],
            _ event: (SinkPoint, SinkReply)? = nil,
            says advice: String
        ) {
            (testDescription, self.options, self.advice) = (what, options, advice)
            if let event { script.on(event.0, event.1) }
        }
    }

    static let cases = [
        Case("no STARTTLS", ["--security", "starttls"], says: "check --host and --port: STARTTLS is usual on 587"),
        Case("no DSN", ["--dsn-notify", "never"], says: "use another server, or send without"),
        Case("silence", ["--timeout", "3"], (.connection, .silence), says: "needs --security tls; or try again"),
        Case("refused", [], (.command("RCPT"), .reply(550, "5.1.1 no")), says: "the same will be refused again"),
        Case("put off", [], (.command("RCPT"), .reply(450, "4.2.0 no")), says: "smtp-send: try again later"),
        Case("login wanted", [], (.command("MAIL"), .reply(530, "5.7.0 no")), says: "give --security starttls or tls"),
    ]

    @Test("The last line says what to try", arguments: cases)
    func advice(_ test: Case) async throws {
        var server = SinkConfiguration()
        server.keywords = []
        server.script = test.script
        try await MailSink.withListening(server) { sink in
            let run = try await SendToolRun(test.options, at: sink)
            let last = run.errors.split(separator: "\n").last ?? ""
            #expect(last.contains(test.advice), "\(run.errors)")
        }
    }
}
