import SMTPTesting
import SMTPTransport
import Testing
import ToolTesting

@testable import LoadTool

@Suite("smtp-load, where something fails")
struct LoadFailureTests {
    @Test(
        "What the server does not offer is not done without",
        arguments: [
            (["--pipeline"], "PIPELINING"), (["--chunking"], "CHUNKING"), (["--tls", "starttls"], "STARTTLS"),
            (["--chunking", "--no-pipeline"], "CHUNKING"),
        ]
    )
    func notOffered(_ options: [String], keyword: String) async throws {
        var configuration = SinkConfiguration()
        configuration.keywords = ["8BITMIME"]
        try await MailSink.withListening(configuration) { sink in
            let run = try await LoadRun(options + ["--messages", "5", "--connections", "2"], at: sink)
            try run.check(3, messages: 0)
            #expect(run.errors.contains("the server does not offer \(keyword)"), "\(run.errors)")
            for session in try await sink.endedSessions(1) {
                #expect(session.commands.allSatisfy { $0.hasPrefix("EHLO") || $0 == "QUIT" })
            }
        }
    }

    @Test("Without PIPELINING, and not insisting on it, messages go in lock-step")
    func plainServer() async throws {
        var configuration = SinkConfiguration()
        configuration.keywords = []
        try await MailSink.withListening(configuration) { sink in
            let run = try await LoadRun(["--messages", "3"], at: sink)
            try run.check(0, messages: 3)
            #expect(try await !sink.endedSessions(1)[0].commands.contains("RSET"))
        }
    }

    @Test("A message that one recipient is refused of is not counted, the others are", arguments: LoadTests.modes)
    func refused(_ mode: [String]) async throws {
        var configuration = SinkConfiguration()
        configuration.script.on(.recipient("rcpt1@bench.example"), occurrence: 2, .reply(550, "5.1.1 no such user"))
        try await MailSink.withListening(configuration) { sink in
            let run = try await LoadRun(mode + ["--messages", "4", "--recipients", "2"], at: sink)
            try run.check(1, messages: 3)
            #expect(run.errors.contains("5.1.1 no such user"))
            #expect(sink.messages.count == 4)
        }
    }

    @Test("A session whose message is refused is followed by another")
    func refusedSessions() async throws {
        let sink = MailSink(SinkConfiguration()) { number in
            var configuration = SinkConfiguration()
            if number == 2 { configuration.script.on(.command("MAIL"), .reply(450, "4.7.1 greylisted")) }
            return configuration
        }
        try await sink.listen()
        let run = try await LoadRun(["--messages", "5", "--messages-per-connection", "1"], at: sink)
        try run.check(1, messages: 4)
        #expect(run.errors.contains("4.7.1 greylisted"))
        #expect(try await sink.endedSessions(5).count == 5)
        await sink.stop()
    }

    @Test("Of the last messages no connection takes all: the others have their share")
    func share() async throws {
        let ledger = LoadLedger(messages: 100)
        let messages = LoadMessages(request: try request(["--messages", "100", "--connections", "10"]), ledger: ledger)
        let taking = Task {
            var iterator = messages.makeAsyncIterator()
            while await iterator.next() != nil {}
        }
        // Less than half of a tenth of what is left.
        while ledger.waiting > 96 { await Task.yield() }
        for _ in 0..<1000 { await Task.yield() }
        #expect(ledger.waiting == 96)
        let reports = Task {
            while !Task.isCancelled {
                messages.pending.removeAll()
                await Task.yield()
            }
        }
        await taking.value
        reports.cancel()
        #expect(ledger.waiting == 0)
    }

    private func request(_ arguments: [String]) throws -> LoadRequest {
        try LoadRequest(try LoadOptions(["--host", "127.0.0.1", "--port", "25"] + arguments))
    }

    /// A server that leaves in its first session before the third message.
    static func leavingServer() -> MailSink {
        MailSink(SinkConfiguration()) { number in
            var configuration = SinkConfiguration()
            let reply = SinkReply.reply(421, "4.3.2 enough").thenClose()
            if number == 0 { configuration.script.on(.command("MAIL"), occurrence: 3, reply) }
            return configuration
        }
    }

    @Test(
        "What a server had not taken when it left goes over another connection",
        arguments: LoadTests.modes
    )
    func serverLeaves(_ mode: [String]) async throws {
        let sink = Self.leavingServer()
        try await sink.listen()
        let run = try await LoadRun(mode + ["--messages", "5"], at: sink)
        try run.check(0, messages: 5)
        #expect(sink.messages.count == 5)
        await sink.stop()
    }

    @Test("A server that takes nothing is not asked for ever")
    func hopeless() async throws {
        var configuration = SinkConfiguration()
        configuration.script.on(.command("MAIL"), .reply(421, "4.3.2 not now").thenClose())
        try await MailSink.withListening(configuration) { sink in
            let run = try await LoadRun(["--messages", "5", "--connections", "2"], at: sink)
            try run.check(1, messages: 0)
            #expect(run.errors.contains("not now"))
            #expect(sink.sessions.count == 2)
        }
    }

    @Test("What to do is said in the options of this tool")
    func advice() async throws {
        var guarded = SinkConfiguration()
        guarded.script.on(.command("MAIL"), .reply(530, "5.7.0 Must issue a STARTTLS command first"))
        let cases: [([String], SinkConfiguration, String)] = [
            (["--tls", "implicit"], SinkConfiguration(), "use --tls starttls here; --tls implicit is for port 465"),
            ([], guarded, "--tls starttls"),
        ]
        for (options, server, advice) in cases {
            try await MailSink.withListening(server) { sink in
                let run = try await LoadRun(options, at: sink)
                #expect(run.exitCode == 1)
                #expect(run.errors.contains(advice) && !run.errors.contains(".startTLS"), "\(run.errors)")
            }
        }
    }

    @Test("An interrupted run says how far it came")
    func interrupted() async throws {
        var configuration = SinkConfiguration()
        configuration.script.on(.command("MAIL"), occurrence: 2, .silence)
        try await MailSink.withListening(configuration) { sink in
            let running = Task { try await LoadRun(["--messages", "5", "--no-pipeline"], at: sink) }
            while sink.sessions.first?.commands.count(where: { $0.hasPrefix("MAIL") }) != 2 { await Task.yield() }
            running.cancel()
            let run = try await running.value
            #expect(run.errors.contains("interrupted; 1 of 5 messages were accepted"), "\(run.errors)")
            try run.check(1, messages: 1)
        }
    }

    @Test("A server that greets badly was connected to, one that is not there was not")
    func unconnected() async throws {
        var configuration = SinkConfiguration()
        configuration.script.on(.connection, .reply(554, "no service"))
        try await MailSink.withListening(configuration) { sink in
            let run = try await LoadRun(at: sink)
            try run.check(1, messages: 0)
            #expect(run.errors.contains("no service"))
        }
        let held = try HeldPort()
        defer { withExtendedLifetime(held) {} }
        let run = try await LoadRun(["--host", "127.0.0.1", "--port", "\(held.port)"])
        #expect(run.exitCode == 1 && run.output.isEmpty && run.errors.hasPrefix("smtp-load: "))
    }

    @Test("A certificate that is not trusted ends it")
    func untrusted() async throws {
        let (server, other) = (try SecureServer(isImplicit: true), try SecureServer(isImplicit: true))
        try await MailSink.withListening(server.configuration) { sink in
            let run = try await LoadRun(other.options, at: sink)
            try run.check(1, messages: 0)
        }
    }

    static let wrong: [([String], String)] = [
        (["--host", "h"], "--port is missing"),
        (["--port", "25"], "--host is missing"),
        (["--host", "h", "--port", "0"], "--port must be"),
        (["--host", "h", "--port", "25", "--messages", "0"], "--messages must be"),
        (["--host", "h", "--port", "25", "--connections", "0"], "--connections must be"),
        (["--host", "h", "--port", "25", "--recipients", "-1"], "--recipients must be"),
        (["--host", "h", "--port", "25", "--messages-per-connection", "0"], "--messages-per-connection must be"),
        (["--host", "h", "--port", "25", "--window", "0"], "--window must be"),
        (["--host", "h", "--port", "25", "--size", "-1"], "--size must"),
        (["--host", "h", "--port", "25", "--ca", "f"], "--ca is of no use"),
        (["--host", "h", "--port", "25", "--user", "u"], "need each other"),
        (["--host", "h", "--port", "25", "--user", "u", "--password-env", "HOME"], "no use without --tls"),
        (["--host", "h", "--port", "25", "--tls", "implicit", "--user", "u", "--password-env", "?"], "not set"),
        (["--host", "h", "--port", "25", "--tls", "implicit", "--ca", "/nonexistent"], "/nonexistent"),
        (["--host", "h", "--port", "25", "--tls", "implicit", "--ca-file", "/nonexistent"], "/nonexistent"),
        (["--host", "h", "--port", "25", "--tls", "maybe"], "--tls must be"),
        (["--host", "h", "--port", "25", "--pipeline", "--no-pipeline"], "exclude"),
        (["--host", "h", "--port", "x"], "--port must be a number, not \"x\""),
        (["--host", "h", "--port"], "--port needs a value"),
        (["--host", "h", "--port", "25", "--dots=1"], "--dots takes no value"),
        (["--hast", "h"], "there is no option --hast"),
        (["h"], "there is no option h"),
    ]

    @Test("A wrong command line is said to be one, and nothing is opened", arguments: wrong)
    func commandLine(_ arguments: [String], _ words: String) async throws {
        let run = try await LoadRun(arguments)
        #expect(run.exitCode == 1 && run.output.isEmpty)
        #expect(run.errors.contains(words), "\(run.errors)")
    }

    @Test("Help and version are no failure")
    func help() async throws {
        let run = try await LoadRun(["--help"])
        #expect(run.exitCode == 0 && run.output.contains("--messages-per-connection") && run.errors.isEmpty)
        let version = try await LoadRun(["--host", "h", "--version"])
        #expect(version.exitCode == 0 && version.output.hasPrefix("smtp-load "))
    }

    @Test("All options are read, whether their values follow or stand behind an equals sign")
    func options() throws {
        var expected = LoadOptions()
        expected.host = "h"
        expected.port = 25
        expected.messages = 2
        expected.size = 3
        expected.connections = 4
        expected.recipients = 5
        expected.messagesPerConnection = 6
        expected.tls = .starttls
        expected.ca = "a=b"
        expected.serverName = "n"
        expected.user = "u"
        expected.passwordEnv = "V"
        expected.pipeline = false
        expected.chunking = true
        expected.dots = true
        expected.unique = true
        expected.window = 7
        let values = [
            ("--host", "h"), ("--port", "25"), ("--messages", "2"), ("--size", "3"), ("--connections", "4"),
            ("--recipients", "5"), ("--messages-per-connection", "6"), ("--tls", "starttls"), ("--ca", "a=b"),
            ("--server-name", "n"), ("--user", "u"), ("--password-env", "V"), ("--window", "7"),
        ]
        let flags = ["--no-pipeline", "--chunking", "--dots", "--unique"]
        #expect(try LoadOptions(values.flatMap { [$0.0, $0.1] } + flags) == expected)
        #expect(try LoadOptions(flags + values.map { "\($0.0)=\($0.1)" }) == expected)
    }
}
