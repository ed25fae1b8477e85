import Foundation
import SMTPTesting
import SMTPTransport
import Testing
import ToolSupport
import ToolTesting

@testable import LoadTool

/// One run of the tool, in this process, and all that came of it.
struct LoadRun {
    /// The last line, as a program reads it.
    private struct Outcome: Decodable {
        let messages: Int
        let seconds: Double
    }

    let exitCode: Int32
    let output: String
    let errors: String

    init(_ arguments: [String]) async throws {
        let (input, output, errors) = (try ScratchFile(), try ScratchFile(), try ScratchFile())
        let streams = StandardStreams(
            input: input.descriptor,
            output: output.descriptor,
            error: errors.descriptor
        )
        exitCode = await LoadTool.run(arguments, streams).rawValue
        self.output = try output.text()
        self.errors = try errors.text()
        #expect(self.output.isHarmless && self.errors.isHarmless)
    }

    /// Runs the tool against a server of ours.
    init(_ options: [String] = [], at sink: MailSink) async throws {
        try await self.init(["--host", "127.0.0.1", "--port", "\(sink.port)"] + options)
    }

    /// Checks the exit code and the outcome, which is the only line and has two members in this order.
    func check(_ exitCode: Int32, messages: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(self.exitCode == exitCode, "\(errors)", sourceLocation: sourceLocation)
        #expect(
            output.wholeMatch(of: /\{"messages":\d+,"seconds":\d+\.\d{6}\}\n/) != nil,
            "\(output)",
            sourceLocation: sourceLocation
        )
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(output.utf8))
        #expect(outcome.messages == messages && outcome.seconds > 0, "\(errors)", sourceLocation: sourceLocation)
    }

    /// What the message is to be, spelled out once more.
    static func message(_ size: Int, firstLetter: String = "a", name: String = "bench") -> String {
        let line = firstLetter + "bcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx\r\n"
        var text = """
            From: <sender@bench.example>\r
            To: <rcpt0@bench.example>\r
            Subject: bench\r
            Date: Mon, 23 Nov 2026 12:00:00 +0000\r
            Message-ID: <\(name)@bench.example>\r
            MIME-Version: 1.0\r
            Content-Type: text/plain; charset=us-ascii\r
            \r

            """
        text += String(repeating: line, count: size / 78)
        let rest = size % 78
        return rest < 2 ? text : text + String(repeating: "x", count: rest - 2) + "\r\n"
    }
}

/// A server with a certificate for `mail.example`, and the file of the authority that issued it.
struct SecureServer {
    let configuration: SinkConfiguration
    let options: [String]
    private let folder: ScratchFolder

    init(isImplicit: Bool) throws {
        let authority = try CertificateAuthority()
        var tls = TLSConfiguration()
        tls.identity = try authority.issue(CertificateRequest("mail.example")).identity
        var configuration = SinkConfiguration()
        configuration.keywords = ["PIPELINING", "CHUNKING"] + (isImplicit ? [] : ["STARTTLS"])
        configuration.tls = SinkTLS(tls)
        configuration.tls?.isImplicit = isImplicit
        self.configuration = configuration
        folder = try ScratchFolder()
        let file = try folder.file("ca.pem", authority.certificatePEM)
        options = [
            "--tls", isImplicit ? "implicit" : "starttls", "--ca", file, "--server-name", "mail.example",
        ]
    }
}
