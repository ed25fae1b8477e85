import Foundation
import SMTPTesting
import SMTPTransport
import Testing
import ToolSupport
import ToolTesting

@testable import SendTool

/// Where the message comes from, and where the server is.
@Suite struct InputTests {
    /// Messages as they are given, with LF or CRLF.
    static let messages: [[UInt8]] = [
        [],
        Array("Subject: x\n\nhello\n".utf8),
        Array("Subject: x\r\n\r\nhello\r\n".utf8),
        Array("Subject: x\n\n.\n..\n.a\n\n.".utf8),
        Array("Subject: x\n\nlast".utf8),
        Array("Subject: x\n\ngrüße\n".utf8) + [0xFF, 0xFE, 0x0A],
        Array("\n\n\n".utf8),
        Array("Subject: x\n\n".utf8) + Array(repeating: UInt8(0x79), count: 998) + [0x0A],
    ]

    @Test("The message arrives as it is, from a file and from standard input", arguments: messages)
    func message(_ message: [UInt8]) async throws {
        let folder = try ScratchFolder()
        let path = try folder.file("message", message)
        try await MailSink.withListening { sink in
            for (options, input) in [([path], []), ([], message), (["-"], message), (["--", path], [])] {
                let run = try await SendToolRun(["--json"] + options, at: sink, input: input)
                #expect(run.exitCode == 0)
            }
            for held in try await sink.messages(4) { #expect(held.content == Self.stored(message)) }
        }
    }

    /// Each line ends in CRLF, the last too unless there is none.
    private static func stored(_ message: [UInt8]) -> [UInt8] {
        let lines = message.filter { $0 != 0x0D }.split(separator: 0x0A, omittingEmptySubsequences: false)
        let isComplete = lines.last?.isEmpty ?? true
        return Array((isComplete ? lines.dropLast() : lines[...]).map { $0 + [0x0D, 0x0A] }.joined())
    }

    @Test("More on standard input than is kept in memory")
    func large() async throws {
        let line = Array(".line of a large message\r\n".utf8)
        let message = Array(repeatElement(line, count: Message.memoryLimit / line.count + 10_000).joined())
        try await MailSink.withListening { sink in
            let run = try await SendToolRun(at: sink, input: message)
            #expect(run.exitCode == 0)
            let held = try await sink.messages(1)[0]
            #expect(held.content == message)
        }
    }

    @Test("A named pipe is read once and to its end, also where the server has no 8BITMIME")
    func fifo() async throws {
        let folder = try ScratchFolder()
        let path = try folder.fifo("pipe")
        var server = SinkConfiguration()
        server.keywords = []
        try await MailSink.withListening(server) { sink in
            // On a thread of its own: opening waits for the reader, and must not block the tool's.
            Thread.detachNewThread {
                let writer = Descriptor(number: open(path, O_WRONLY))
                try? writer.write(Array(SendToolRun.message.utf8))
                writer.close()
            }
            let run = try await SendToolRun([path], at: sink)
            #expect(run.exitCode == 0)
            let message = try await sink.messages(1)[0]
            #expect(message.text == "Subject: x\r\n\r\nhello\r\n")
        }
    }

    @Test(
        "A message that cannot be read: exit code 66, and nothing is opened",
        arguments: ["/nosuch/file", "/", "/tmp/."]
    )
    func unreadable(_ path: String) async throws {
        try await MailSink.withListening { sink in
            let run = try await SendToolRun(["--json", path], at: sink)
            #expect(run.exitCode == 66)
            let error = try run.outcome().error
            #expect(error?.kind == "no-input")
            #expect(error?.message.contains("cannot read \(path): ") == true)
            #expect(sink.sessions.isEmpty)
        }
    }

    @Test("A file for TLS that is not there is no input, and one that is no certificate is a wrong command line")
    func filesForTLS() async throws {
        let folder = try ScratchFolder()
        let other = try folder.file("other", Array("no certificate\n".utf8))
        for option in ["--ca-file", "--client-cert"] {
            let arguments = WrongArguments.addressed + ["--json", option]
            let missing = try await SendToolRun(arguments + ["/nosuch/file"])
            #expect(missing.exitCode == 66)
            #expect(try missing.outcome().error?.kind == "no-input")
            #expect(try missing.outcome().error?.message.contains("/nosuch/file") == true)
            let wrong = try await SendToolRun(arguments + [other])
            #expect(wrong.exitCode == 64)
            #expect(try wrong.outcome().error?.kind == "tls")
        }
    }

    @Test("Standard input that is closed is no empty message")
    func closedInput() async throws {
        try await MailSink.withListening { sink in
            // What the tool puts in the place of a number 0 that its caller has closed.
            let number = open("/dev/null", O_WRONLY)
            defer { close(number) }
            let arguments = ["--json", "--security", "plain", "--port", "\(sink.port)"] + WrongArguments.addressed
            let run = try await SendToolRun(arguments, inputDescriptor: Descriptor(number: number))
            #expect(run.exitCode == 66)
            #expect(sink.sessions.isEmpty)
        }
    }

    @Test("The outcome stays what it is if nobody can be told")
    func closedOutput() async throws {
        try await MailSink.withListening { sink in
            let input = try ScratchFile()
            let (pipe, errors) = (try Pipe(), try ScratchFile())
            let streams = StandardStreams(
                input: input.descriptor,
                output: pipe.reading,
                error: errors.descriptor
            )
            let arguments = ["--json", "--security", "plain", "--port", "\(sink.port)"] + WrongArguments.addressed
            #expect(await SendTool.run(arguments, streams) == .ok)
            #expect(try errors.text().contains("cannot write the outcome"))
        }
    }

    @Test("A port nobody listens on, and a socket that is not there: 75")
    func deadPort() async throws {
        let held = try HeldPort()
        defer { withExtendedLifetime(held) {} }
        let folder = try ScratchFolder()
        for server in [["--host", "127.0.0.1", "--port", "\(held.port)"], ["--socket", folder.path(of: "socket")]] {
            let arguments = ["--security", "plain", "--timeout", "30"] + server + WrongArguments.addressed
            let text = try await SendToolRun(arguments)
            #expect(text.output == "not-attempted  <b@example.org>\n")
            #expect(text.errors.contains("check \(server.count == 2 ? "--socket" : "--host and --port"),"))
            let run = try await SendToolRun(["--json"] + arguments)
            #expect(run.exitCode == 75)
            #expect(try run.outcome().error?.kind == "connect")
            #expect(try run.outcome().recipients.map(\.outcome) == ["not-attempted"])
        }
    }

    @Test("A host that cannot exist: 68")
    func unknownHost() async throws {
        // A label of more than 63 octets: no name server needs to be asked.
        let host = String(repeating: "x", count: 64) + ".invalid"
        let run = try await SendToolRun(
            ["--json", "--security", "plain", "--timeout", "30", "--host", host] + WrongArguments.addressed
        )
        #expect(run.exitCode == 68)
        #expect(try run.outcome().error?.kind == "host-not-found")
    }

    @Test("A Unix domain socket")
    func socket() async throws {
        let folder = try ScratchFolder()
        let path = folder.path(of: "socket")
        let sink = MailSink()
        try await sink.listen(on: .unixSocket(path: path))
        let run = try await SendToolRun(["--security", "plain", "--socket", path] + WrongArguments.addressed)
        #expect(run.exitCode == 0)
        #expect(sink.messages.count == 1)
        await sink.stop()
    }
}
