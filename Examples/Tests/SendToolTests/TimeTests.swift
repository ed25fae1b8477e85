import SMTPTesting
import SMTPTransport
import Synchronization
import Testing
import ToolSupport

@testable import SendTool

/// Nothing is waited for longer than `--timeout`, and all of it no longer than `--deadline`; an interrupt ends either.
@Suite struct TimeTests {
    static let points: [(SinkPoint, outcome: String)] = [
        (.connection, "rejected"), (.command("EHLO"), "rejected"), (.command("MAIL"), "rejected"),
        (.command("RCPT"), "rejected"), (.command("DATA"), "rejected"), (.content, "unknown"),
    ]

    @Test("A server that says nothing", arguments: points)
    func silence(_ point: SinkPoint, _ outcome: String) async throws {
        for option in ["--timeout", "--deadline"] {
            try await expectTimeout(by: option, at: point, outcome) { _ in .silence }
        }
    }

    @Test("A server whose reply drips, each octet of it in time", arguments: points)
    func drip(_ point: SinkPoint, _ outcome: String) async throws {
        let line = String(repeating: "x", count: 400)
        try await expectTimeout(by: "--timeout", at: point, outcome) { seconds in
            .reply(250, line).split(every: 1, pause: .seconds(seconds) / 100)
        }
    }

    /// Sends with ever more time until the server comes to `point`: how long a busy machine needs for that, nobody
    /// knows.
    private func expectTimeout(
        by option: String,
        at point: SinkPoint,
        _ expected: String,
        reply: (Int) -> SinkReply
    ) async throws {
        for seconds in [1, 2, 4, 8, 16, 32] {
            let isReached = Mutex(false)
            var server = SinkConfiguration()
            // In lock-step: in a group the next command's reply would take the place of the one that does not come.
            server.keywords = []
            server.script.on(point, reply(seconds))
            server.script.decide = { moment, _ in
                if moment.matches(point) { isReached.withLock { $0 = true } }
                return nil
            }
            let run = try await MailSink.withListening(server) { sink in
                try await SendToolRun(["--json", option, "\(seconds)"], at: sink)
            }
            #expect(run.exitCode == 75)
            #expect(try run.outcome().error?.kind == "timeout")
            let message = try run.outcome().error?.message
            #expect((message?.hasPrefix("the deadline passed") == true) == (option == "--deadline"), "\(message ?? "")")
            if isReached.withLock({ $0 }) {
                #expect(try run.outcome().outcome == expected)
                return
            }
            #expect(try run.outcome().outcome == "rejected")
        }
        Issue.record("the server never came to \(point)")
    }

    @Test("A server that takes no more of the content")
    func stall() async throws {
        let listener = try await TCPListener.bind()
        let port = try #require(listener.port)
        let server = Task {
            let transport = try #require(try await listener.accept())
            try await withTaskExecutorPreference(transport.executor) { @concurrent in
                // Said in advance, and then nothing is read any more.
                let greetings = "220 x\r\n250 x\r\n250 x\r\n250 x\r\n354 x\r\n"
                let input = ReceiveBuffer()
                for reply in greetings.split(separator: "\r\n") {
                    try await transport.write(Array((reply + "\r\n").utf8).span.bytes)
                    if reply != "354 x" { _ = try await transport.read(into: input) }
                }
            }
            // It is closed when nobody holds it any more.
            return transport
        }
        let line = Array("a line of what the server does not read\r\n".utf8)
        let message = repeatElement(line, count: (16 << 20) / line.count).joined()
        let run = try await SendToolRun(
            ["--json", "--security", "plain", "--port", "\(port)", "--timeout", "3"] + WrongArguments.addressed,
            input: message
        )
        #expect(run.exitCode == 75)
        #expect(try run.outcome().error?.kind == "timeout")
        #expect(try run.outcome().outcome == "rejected")
        _ = try await server.value
    }

    @Test("Standard input that does not end")
    func endlessInput() async throws {
        let pipe = try Pipe()
        let arguments = ["--json", "--security", "plain"] + WrongArguments.addressed
        let run = try await SendToolRun(arguments + ["--deadline", "0.1"], inputDescriptor: pipe.reading)
        #expect(run.exitCode == 75)
        #expect(try run.outcome().error?.kind == "timeout")

        let interrupted = Task { try await SendToolRun(arguments, inputDescriptor: pipe.reading) }
        interrupted.cancel()
        #expect(try await interrupted.value.exitCode == 75)
        #expect(try await interrupted.value.outcome().error?.kind == "cancelled")
    }

    @Test("An interrupt while the server is waited for", arguments: points)
    func interrupt(_ point: SinkPoint, _ outcome: String) async throws {
        let running = Mutex<Task<SendToolRun, any Error>?>(nil)
        var server = SinkConfiguration()
        server.keywords = []
        server.script.on(point, .silence)
        server.script.decide = { moment, _ in
            if moment.matches(point) { running.withLock { $0?.cancel() } }
            return nil
        }
        try await MailSink.withListening(server) { sink in
            // Begun inside the lock, so that the server finds it there.
            let task = running.withLock { running in
                let task = Task { try await SendToolRun(["--json"], at: sink) }
                running = task
                return task
            }
            let run = try await task.value
            #expect(run.exitCode == 75)
            #expect(try run.outcome().error?.kind == "cancelled")
            #expect(try run.outcome().outcome == outcome)
        }
    }
}

extension SinkMoment {
    /// Whether this is the moment of `point`; those a test of time uses.
    func matches(_ point: SinkPoint) -> Bool {
        switch point {
        case .connection: kind == .connection
        case .command(let verb): kind == .command && self.verb == verb
        case .content: kind == .content
        default: false
        }
    }
}
