import SMTPTesting
import SMTPTransport
import Testing
import ToolSupport
import ToolTesting

@testable import interactive

/// Whole conversations, with answers from a file: a terminal has a suite of its own.
@Suite("interactive")
struct InteractiveTests {
    private static let letter = ["a@example.org", "b@example.org, c@example.org", "Greeting", "Hello", ".dotted", "."]

    @Test("A mail in clear", arguments: [["plain"], ["nothing", "plain"]])
    func plain(security: [String]) async throws {
        try await MailSink.withListening { sink in
            let run = try await Conversation(["127.0.0.1"] + security + ["\(sink.port)"] + Self.letter)
            #expect(run.exitCode == 0)
            #expect(run.output.contains("This cannot be: it is one of") == (security.count > 1))
            #expect(run.output.contains("b@example.org: the server has taken it\n"))
            let message = try await sink.messages(1)[0]
            #expect(message.text.hasSuffix("Subject: Greeting\r\n\r\nHello\r\n.dotted\r\n"))
            #expect(message.acceptedRecipients == ["b@example.org", "c@example.org"])
        }
    }

    @Test("STARTTLS and TLS from the first byte, with a login", arguments: [("starttls", false), ("tls", true)])
    func login(security: String, isImplicit: Bool) async throws {
        let server = try TestServer(isImplicit: isImplicit)
        try await MailSink.withListening(server.configuration) { sink in
            let run = try await Conversation(
                ["127.0.0.1", security, "\(sink.port)", "/nowhere/ca.pem", server.authority, "alice", "", "s3cret"]
                    + Self.letter
            )
            #expect(run.exitCode == 0, "\(run.output)")
            #expect(run.output.contains("there is no such file"))
            #expect(run.output.contains("C: AUTH PLAIN"))
            #expect(!run.output.contains("s3cret") && !run.output.contains("AGFsaWNlAHMzY3JldA"))
            #expect(try await sink.endedSessions(1)[0].user == "alice")
        }
    }

    @Test("A wrong password: the server's words, and no second try")
    func wrongPassword() async throws {
        let server = try TestServer(isImplicit: true)
        try await MailSink.withListening(server.configuration) { sink in
            let run = try await Conversation(
                ["127.0.0.1", "tls", "\(sink.port)", server.authority, "alice", "", "guess"] + Self.letter
            )
            #expect(run.exitCode == 77)
            #expect(run.output.contains("Not sent: PLAIN rejected: 535"))
            #expect(!run.output.contains("guess"))
            #expect(sink.messages.isEmpty)
        }
    }

    @Test("A connection that ends behind the content: nobody knows, and so it is said")
    func uncertain() async throws {
        var server = SinkConfiguration()
        server.script.on(.content, .close)
        try await MailSink.withListening(server) { sink in
            let run = try await Conversation(["127.0.0.1", "plain", "\(sink.port)"] + Self.letter)
            #expect(run.exitCode == 75)
            #expect(run.output.contains("It is not known whether it was sent: "))
            #expect(!run.output.contains("Not sent"))
            for recipient in ["b@example.org", "c@example.org"] {
                #expect(run.output.contains("\(recipient): unknown: look for it before you send it again\n"))
            }
        }
    }

    @Test("Refused recipients: each with the server's words for it")
    func refused() async throws {
        var server = SinkConfiguration()
        server.script.on(.recipient("b@example.org"), .reply(550, "5.1.1 nobody"))
        server.script.on(.recipient("c@example.org"), .reply(450, "4.2.1 full"))
        try await MailSink.withListening(server) { sink in
            let run = try await Conversation(["127.0.0.1", "plain", "\(sink.port)"] + Self.letter)
            #expect(run.exitCode == 69)
            #expect(run.output.contains("Not sent: RCPT refused: 550"))
            #expect(run.output.contains("b@example.org: refused: 550 5.1.1 nobody\n"))
            #expect(run.output.contains("c@example.org: refused: 450 4.2.1 full\n"))
        }
    }

    @Test("A certificate that nobody trusts: what it is, and what may help")
    func untrusted() async throws {
        let server = try TestServer(isImplicit: true)
        let other = try TestServer(isImplicit: true)
        try await MailSink.withListening(server.configuration) { sink in
            let run = try await Conversation(
                ["127.0.0.1", "tls", "\(sink.port)", other.authority, ""] + Self.letter
            )
            #expect(run.exitCode == 77)
            #expect(run.output.contains("Not sent: TLS verification failed"))
            #expect(run.output.contains("What may help: "))
        }
    }

    @Test("Answers that end too early", arguments: 0..<6)
    func ended(count: Int) async throws {
        let answers = ["127.0.0.1", "plain", "1", "a@example.org", "b@example.org", "x"]
        #expect(try await Conversation(Array(answers.prefix(count))).exitCode == 64)
    }
}

/// One run of the program, in this process, with its answers in a file.
struct Conversation {
    let exitCode: Int32
    let output: String

    init(_ answers: [String]) async throws {
        let (input, output) = (try ScratchFile(), try ScratchFile())
        try input.descriptor.write(answers.flatMap { Array($0.utf8) + [0x0A] })
        input.rewind()
        let streams = StandardStreams(input: input.descriptor, output: output.descriptor, error: output.descriptor)
        exitCode = await Interactive.run(Interview(streams)).rawValue
        self.output = try output.text()
    }
}

/// A server with a certificate for 127.0.0.1, that knows one user.
struct TestServer {
    let configuration: SinkConfiguration

    /// The file of the authority's certificate.
    let authority: String

    private let folder: ScratchFolder

    init(isImplicit: Bool) throws {
        folder = try ScratchFolder()
        let certificates = try CertificateAuthority()
        authority = try folder.file("ca.pem", certificates.certificatePEM)
        var request = CertificateRequest()
        request.names = [.ipAddress([127, 0, 0, 1])]
        var tls = TLSConfiguration()
        tls.identity = try certificates.issue(request).identity
        var configuration = SinkConfiguration()
        configuration.tls = SinkTLS(tls)
        configuration.tls?.isImplicit = isImplicit
        configuration.keywords = ["PIPELINING", "STARTTLS"]
        configuration.keywordsAfterTLS = ["PIPELINING", "AUTH PLAIN"]
        configuration.mechanisms = [.plain { $0 == "alice" && $1 == "s3cret" }]
        self.configuration = configuration
    }
}
