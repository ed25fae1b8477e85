import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Testing

@testable import SMTPClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// TLS and authentication, by the cases of other clients' tests; `Docs/ForeignCases.md` says whose.
@Suite("Other clients' cases: TLS and authentication")
struct ForeignSecurityTests {
    private static let authority = Result { try CertificateAuthority() }

    private static func server(thenOffering keywords: [String] = ["DSN"]) throws -> SinkConfiguration {
        var server = SinkConfiguration(offering: [])
        try server.offerTLS(try authority.get(), thenOffering: keywords)
        return server
    }

    private static func trusting() throws -> TLSConfiguration {
        TLSConfiguration(trusting: try authority.get())
    }

    @Test("STARTTLS under TLS is refused here, though the server offers it again", arguments: [true, false])
    func startTLSAgain(isOffered: Bool) throws {
        let tls = try Self.trusting()
        let (error, sink) = try converse(Self.server(thenOffering: isOffered ? ["STARTTLS"] : [])) {
            $0.security = .startTLS(tls)
        } client: { connection in
            try await connection.prepare()
            let error = await errorOf { () async throws(SMTPError) in try await connection.startTLS(tls) }
            try await connection.noop()
            return error
        }
        #expect(error?.kind == .usage)
        #expect(sink.sessions[0].commands.filter { $0 == "STARTTLS" }.count == 1)
    }

    @Test("A refused STARTTLS leaves the session as it was", arguments: [454, 500, 502])
    func startTLSRefused(code: Int) throws {
        var server = try Self.server()
        server.keywords.append("DSN")
        server.script.on(.command("STARTTLS"), .reply(code, "not now"))
        let (error, _) = try converse(server) { connection in
            let offered = try await connection.hello()
            let error = await errorOf { () async throws(SMTPError) in try await connection.startTLS() }
            #expect(connection.channel.extensions == offered)
            #expect(!connection.channel.state.security.isEncrypted)
            try await connection.noop()
            return error
        }
        #expect(error?.kind == .refused)
        #expect(error?.reply?.code.rawValue == UInt16(code))
    }

    @Test(
        "A server that breaks off around the 220 is told as one, and the connection is closed",
        arguments: [
            SinkReply.close, .reset, .reply(220, "go ahead").unsaid().thenClose(), .raw("220 go ahead\r\n").thenClose(),
        ]
    )
    func startTLSBrokenOff(reply: SinkReply) throws {
        var server = try Self.server()
        server.script.on(.command("STARTTLS"), reply)
        let tls = try Self.trusting()
        let (error, _) = try converse(server) { connection in
            let error = await errorOf { () async throws(SMTPError) in try await connection.startTLS(tls) }
            #expect(!connection.channel.state.isOpen)
            return error
        }
        #expect([.closed, .tls].contains(error?.kind))
    }

    @Test("What the server offered in clear is forgotten under TLS")
    func offerForgotten() throws {
        var server = try Self.server(thenOffering: [])
        server.keywords += ["DSN", "AUTH PLAIN"]
        let tls = try Self.trusting()
        let (offers, _) = try converse(server) { connection -> [Bool] in
            var offers = [try await connection.hello().contains(.dsn)]
            try await connection.startTLS(tls)
            offers.append(connection.channel.extensions.isEmpty)
            return offers
        }
        #expect(offers == [true, true])
    }

    @Test("A message goes under TLS over a socket that is connected already, and over a Unix domain socket")
    func sockets() async throws {
        var server = try Self.server(thenOffering: [])
        server.tls?.isImplicit = true
        var tls = try Self.trusting()
        tls.serverName = "mail.example"
        var configuration = SMTPConfiguration(security: .implicitTLS(tls))
        // These are real sockets, and the other tests may have the processors for long.
        configuration.channel.timeouts.tlsHandshake = .seconds(3600)
        configuration.channel.timeouts.greeting = .seconds(3600)
        let sink = MailSink(server)
        let path = "/tmp/swift-smtp-foreign-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(path) }
        let endpoint = try await sink.listen(on: .unixSocket(path: path))
        try await SMTPConnection.withConnection(to: endpoint, configuration: configuration) { connection in
            #expect(connection.channel.state.security.isVerified)
            try await connection.send("1", from: "", to: ["postmaster"])
        }
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, streamType, 0, &ends) == 0)
        sink.serve(try await TCPTransport.adopt(descriptor: ends[1]))
        let transport = try await TCPTransport.adopt(descriptor: ends[0])
        let connection = try await SMTPConnection.open(
            over: transport,
            host: "mail.example",
            configuration: configuration
        )
        try await connection.send("2", from: "", to: ["postmaster"])
        await connection.quit()
        #expect(try await sink.messages(2).map(\.text).sorted() == ["1\r\n", "2\r\n"])
        await sink.stop()
    }

    private var streamType: Int32 {
        #if canImport(Glibc)
        Int32(SOCK_STREAM.rawValue)
        #else
        Int32(SOCK_STREAM)
        #endif
    }

    @Test("A second authentication is refused here, and the session stays the first user's")
    func authenticatedAgain() throws {
        let (error, lines, _) = try authentication(
            AuthenticationSetting("AUTH PLAIN"),
            server: { try await $0.answers(["235 ok"]) },
            body: { connection -> SMTPError? in
                try await connection.authenticate(AuthenticateTests.password)
                let again = await errorOf { () async throws(SMTPError) in
                    try await connection.authenticate(AuthenticateTests.password)
                }
                try await connection.noop()
                return again
            }
        )
        #expect(error?.kind == .usage)
        #expect(lines.filter { $0.hasPrefix("AUTH") }.count == 1)
        #expect(lines.last == "NOOP")
    }

    @Test("All lines of a refusal are told")
    func linesOfRefusal() throws {
        let result = try authenticate(AuthenticateTests.password, AuthenticationSetting("AUTH LOGIN PLAIN")) {
            try await $0.answers(["535-Invalid credentials\n535 please see www.example.com"])
        }
        #expect(result.error?.kind == .credentialsRejected)
        #expect(result.error?.description.contains("Invalid credentials please see www.example.com") == true)
        #expect(result.lines.count == 1)
        #expect(result.isOpen)
    }

    @Test("A mechanism that the server calls too weak is not followed by a weaker one")
    func tooWeak() throws {
        let result = try authenticate(AuthenticateTests.password, AuthenticationSetting("AUTH LOGIN PLAIN")) {
            try await $0.answers(["534 5.7.9 authentication mechanism too weak"])
        }
        #expect(result.error?.kind == .credentialsRejected)
        #expect(result.error?.reply?.code.rawValue == 534)
        #expect(result.lines.count == 1)
    }
}
