import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// What a security mode promises of each call, not of the sending of mail alone.
@Suite("SMTPConnection: security modes")
struct SecurityModeTests {
    private static let authority = Result { try CertificateAuthority() }

    private static func server(_ keywords: [String] = []) throws -> SinkConfiguration {
        var server = SinkConfiguration(offering: [])
        try server.offerTLS(try authority.get(), thenOffering: keywords)
        server.mechanisms = [.plain { $0 == "user" && $1 == "secret" }]
        return server
    }

    private static func security() throws -> ConnectionSecurity {
        .startTLS(TLSConfiguration(trusting: try authority.get()))
    }

    @Test(
        "STARTTLS that is required comes before each command, whoever asks for it",
        arguments: ["reset", "verify", "expand", "noop", "authenticate", "anonymous", "plan", "prepare"]
    )
    func nothingInClear(call: String) throws {
        let security = try Self.security()
        let (_, sink) = try converse(try Self.server(["AUTH PLAIN ANONYMOUS"])) {
            $0.security = security
        } client: { connection in
            switch call {
            case "reset": try await connection.reset()
            case "verify": _ = try? await connection.verify(try CommandArgument("boss"))
            case "expand": _ = try? await connection.expand(try CommandArgument("staff"))
            case "noop": try await connection.noop()
            case "authenticate": try await connection.authenticate(.password(user: "user", Secret("secret")))
            case "anonymous": _ = try? await connection.authenticate(.anonymous(trace: "me"))
            case "plan": _ = try await connection.plan(.text("x"), envelope: Envelope(from: "", to: ["postmaster"]))
            default: try await connection.prepare()
            }
        }
        let session = try #require(sink.sessions.first)
        #expect(session.commands.prefix(3) == ["EHLO localhost", "STARTTLS", "EHLO localhost"])
        #expect(session.commands.count > (["plan", "prepare"].contains(call) ? 3 : 4))
    }

    @Test("Where nothing asks for TLS, commands go as they are")
    func plain() throws {
        let (_, sink) = try converse(SinkConfiguration(offering: [])) { try await $0.noop() }
        #expect(sink.sessions.first?.commands == ["NOOP", "QUIT"])
    }

    @Test("Opportunistic STARTTLS that was refused is not asked for again with each message")
    func refusedOnce() throws {
        var server = try Self.server()
        server.script.on(.command("STARTTLS"), .reply(454, "not now"))
        let (_, sink) = try converse(server) {
            $0.security = .insecureStartTLSIfOffered
        } client: { connection in
            for _ in 0..<3 { try await connection.send("x", from: "", to: ["postmaster"]) }
        }
        #expect(sink.messages.count == 3)
        #expect(sink.sessions.first?.commands.count { $0 == "STARTTLS" } == 1)
    }

    @Test("STARTTLS is not asked for in a transaction that the low level has begun, nor held to be refused by a 503")
    func inTransaction() throws {
        var server = try Self.server()
        server.script.on(.command("STARTTLS"), occurrence: 1, .reply(503, "5.5.1 not now"))
        let (_, sink) = try converse(server) {
            $0.security = .insecureStartTLSIfOffered
        } client: { connection in
            _ = try await connection.channel.ehlo(.localhost)
            _ = try await connection.channel.mail(from: .null)
            try await connection.reset()
            for _ in 0..<2 { try await connection.send("x", from: "", to: ["postmaster"]) }
        }
        let commands = try #require(sink.sessions.first).commands.map { String($0.prefix { $0 != " " }) }
        #expect(commands.prefix(4) == ["EHLO", "MAIL", "RSET", "STARTTLS"])
        #expect(commands.count { $0 == "STARTTLS" } == 2)
        #expect(sink.messages.map(\.isEncrypted) == [false, true])
    }

    @Test("A session that begins anew is greeted by the name that was said before")
    func sameName() throws {
        let security = try Self.security()
        let (_, sink) = try converse(try Self.server(["XCLIENT NAME"])) {
            $0.security = security
        } client: { connection in
            try await connection.hello(as: HelloName("relay.example"))
            try await connection.startTLS()
            try await connection.xclient(ClientAttributes([ClientAttribute(.name, .text("client.example"))]))
        }
        let commands = try #require(sink.sessions.first).commands
        #expect(commands.filter { $0.hasPrefix("EHLO") } == Array(repeating: "EHLO relay.example", count: 3))
    }
}
