import Foundation
import SMTPTesting
import Synchronization
import Testing
import ToolSupport
import ToolTesting

@testable import SendTool

/// The dialogue on a standard error that nobody reads: what bounds the run bounds it all the same.
@Suite struct TranscriptTests {
    /// Runs the tool with a full pipe as standard error, and gives it up if it does not end by itself.
    private func run(_ options: [String], at sink: MailSink) async throws -> (exitCode: Int32, output: String) {
        let (input, output, pipe) = (try ScratchFile(), try ScratchFile(), try Pipe())
        try pipe.fill()
        try input.descriptor.write(Array(SendToolRun.message.utf8))
        input.rewind()
        let streams = StandardStreams(input: input.descriptor, output: output.descriptor, error: pipe.writing)
        let arguments = ["--transcript", "--security", "plain", "--host", "127.0.0.1", "--port", "\(sink.port)"]
        // Whoever is stuck at the pipe is so freed, and the test fails instead of lasting for ever.
        let rescue = DispatchWorkItem { pipe.drain() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: rescue)
        let exitCode = await SendTool.run(arguments + options + WrongArguments.addressed, streams).rawValue
        #expect(!pipe.isDrained, "it ended only once its standard error was read")
        rescue.cancel()
        return (exitCode, try output.text())
    }

    @Test("A deadline, with a server that says nothing")
    func silence() async throws {
        var server = SinkConfiguration()
        server.script.on(.command("EHLO"), .silence)
        try await MailSink.withListening(server) { sink in
            let run = try await run(["--deadline", "2"], at: sink)
            #expect(run.exitCode == 75)
            #expect(run.output == "not-attempted  <b@example.org>\n")
        }
    }

    @Test("A deadline, with a server that takes the message: that the lines are lost is no failure")
    func taken() async throws {
        try await MailSink.withListening { sink in
            // With ever more time: how long a busy machine needs, nobody knows.
            var exitCode: Int32 = 75
            for seconds in [2, 4, 8, 16] where exitCode == 75 {
                let run = try await run(["--deadline", "\(seconds)"], at: sink)
                exitCode = run.exitCode
                #expect(run.output.hasPrefix("accepted") == (exitCode == 0))
            }
            #expect(exitCode == 0)
        }
    }

    @Test("An interrupt")
    func interrupt() async throws {
        let running = Mutex<Task<(exitCode: Int32, output: String), any Error>?>(nil)
        var server = SinkConfiguration()
        server.keywords = []
        server.script.on(.command("RCPT"), .silence)
        server.script.decide = { moment, _ in
            if moment.matches(.command("RCPT")) { running.withLock { $0?.cancel() } }
            return nil
        }
        try await MailSink.withListening(server) { sink in
            // Begun inside the lock, so that the server finds it there.
            let task = running.withLock { running in
                let task = Task { try await run(["--json"], at: sink) }
                running = task
                return task
            }
            let result = try await task.value
            #expect(result.exitCode == 75)
            #expect(result.output.contains("\"kind\":\"cancelled\""))
        }
    }

    @Test("One that is read: all lines, in order, and the complaint behind them")
    func order() async throws {
        var server = SinkConfiguration()
        server.script.on(.command("MAIL"), .reply(550, "5.7.1 no"))
        try await MailSink.withListening(server) { sink in
            let lines = try await SendToolRun(["--transcript"], at: sink).errors.split(separator: "\n")
            #expect(lines.first?.hasPrefix("S: 220") == true)
            #expect(lines.dropLast(2).allSatisfy { $0.hasPrefix("C: ") || $0.hasPrefix("S: ") })
            #expect(lines.dropLast(2).last?.hasPrefix("S: 221") == true)
            #expect(lines.suffix(2).allSatisfy { $0.hasPrefix("smtp-send: ") })
        }
    }
}
