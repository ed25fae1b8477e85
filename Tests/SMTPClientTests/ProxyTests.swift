import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// What a proxy says of its client, against a sink that keeps it.
@Suite("SMTPConnection: XCLIENT and XFORWARD")
struct ProxyTests {
    private static func attribute(
        _ name: ClientAttribute.Name,
        _ text: String
    ) throws -> ClientAttribute {
        try ClientAttribute(name, .text(text))
    }

    @Test("XCLIENT: hello before, hello after, and what is offered then", arguments: allFragmentations)
    func xclient(fragmentation: PipeOptions.Fragmentation) throws {
        let attributes = try ClientAttributes([
            Self.attribute(.name, "spike.example"), ClientAttribute(address: "2001:db8::1"),
        ])
        let server = SinkConfiguration(offering: ["XCLIENT NAME ADDR", "SIZE 100"])
        let (extensions, sink) = try converse(server, fragmentation: fragmentation) { connection in
            let extensions = try await connection.xclient(attributes)
            try await connection.send("x", from: "", to: ["postmaster"])
            return extensions
        }
        let session = try #require(sink.sessions.first)
        #expect(extensions.contains(.xclient) && extensions.sizeLimit == 100)
        #expect(session.clientAttributes == ["NAME": "spike.example", "ADDR": "IPV6:2001:db8::1"])
        #expect(
            session.commands.prefix(4) == [
                "EHLO localhost", "XCLIENT NAME=spike.example ADDR=IPV6:2001:db8::1", "EHLO localhost",
                "MAIL FROM:<> SIZE=3",
            ]
        )
        #expect(sink.messages.count == 1)
    }

    @Test("After a low-level XCLIENT the next message says EHLO first")
    func lowLevel() throws {
        let attributes = try ClientAttributes([Self.attribute(.name, "x")])
        let server = SinkConfiguration(offering: ["XCLIENT NAME"])
        let (_, sink) = try converse(server) { connection in
            try await connection.hello()
            let reply = try await connection.channel.xclient(attributes)
            #expect(reply.code == 220)
            #expect(connection.channel.extensions.isEmpty)
            try await connection.send("x", from: "", to: ["postmaster"])
        }
        #expect(sink.sessions.first?.commands.prefix(4).map { $0.prefix(4) } == ["EHLO", "XCLI", "EHLO", "MAIL"])
    }

    @Test("An authentication is forgotten by XCLIENT, unless LOGIN says who it is", arguments: [true, false])
    func login(isGiven: Bool) throws {
        let attributes = try ClientAttributes([try Self.attribute(isGiven ? .login : .name, "tim")])
        var server = SinkConfiguration(offering: ["XCLIENT NAME LOGIN", "AUTH ANONYMOUS"])
        server.enforcement.insert(.authentication)
        server.mechanisms = [.scripted("ANONYMOUS", outcome: .succeed(user: "proxy"))]
        let (_, sink) = try converse(server) {
            $0.credentials = .anonymous(trace: "x")
        } client: { connection in
            try await connection.prepare()
            try await connection.xclient(attributes)
            try await connection.send("x", from: "", to: ["postmaster"])
        }
        #expect(sink.messages.map(\.user) == [isGiven ? "tim" : "proxy"])
        #expect(sink.sessions.first?.commands.count { $0.hasPrefix("AUTH") } == (isGiven ? 1 : 2))
    }

    @Test("XCLIENT comes after STARTTLS, and TLS stays")
    func underTLS() throws {
        let attributes = try ClientAttributes([Self.attribute(.name, "x")])
        let authority = try CertificateAuthority()
        var server = SinkConfiguration(offering: [])
        try server.offerTLS(authority, thenOffering: ["XCLIENT NAME"])
        let (isSecure, sink) = try converse(server) {
            $0.security = .startTLS(TLSConfiguration(trusting: authority))
        } client: { connection in
            try await connection.xclient(attributes)
            return connection.channel.secure
        }
        #expect(isSecure)
        #expect(
            sink.sessions.first?.commands == [
                "EHLO localhost", "STARTTLS", "EHLO localhost", "XCLIENT NAME=x", "EHLO localhost", "QUIT",
            ]
        )
    }

    @Test("XFORWARD stands before the message it is for, in as many commands as it takes")
    func xforward() throws {
        let long = String(repeating: "n", count: 240)
        let attributes = [
            try Self.attribute(.name, long), try Self.attribute(.helo, long), try Self.attribute(.protocol, "ESMTP"),
        ]
        let (_, sink) = try converse(SinkConfiguration(offering: ["XFORWARD NAME PROTO HELO"])) { connection in
            try await connection.xforward(attributes)
            try await connection.send("1", from: "", to: ["postmaster"])
            try await connection.send("2", from: "", to: ["postmaster"])
        }
        #expect(sink.messages.map(\.forwarded) == [["NAME": long, "HELO": long, "PROTO": "ESMTP"], [:]])
        #expect(
            sink.sessions.first?.commands.prefix(4).map { $0.prefix(13) } == [
                "EHLO localhos", "XFORWARD NAME", "XFORWARD PROT", "MAIL FROM:<>",
            ]
        )
    }

    @Test(
        "Not offered, an attribute not offered, or a transaction open: a typed error, and nothing is sent",
        arguments: [([], SMTPError.Kind.notOffered), (["NAME"], .notOffered), (["NAME HELO"], .usage)]
            as [([String], SMTPError.Kind)]
    )
    func refusedHere(taken: [String], kind: SMTPError.Kind) throws {
        let helo = try Self.attribute(.helo, "x")
        let keywords = taken.flatMap { ["XCLIENT \($0)", "XFORWARD \($0)"] }
        let (_, sink) = try converse(SinkConfiguration(offering: keywords)) { connection in
            try await connection.hello()
            if kind == .usage { _ = try await connection.channel.mail(from: .null) }
            let attributes = try ClientAttributes([helo])
            for error in [
                await errorOf { () async throws(SMTPError) in try await connection.xclient(attributes) },
                await errorOf { () async throws(SMTPError) in try await connection.xforward([helo]) },
            ] {
                #expect(error?.kind == kind)
                #expect(error?.advice == .never)
            }
            let empty = await errorOf { () async throws(SMTPError) in try await connection.xforward([]) }
            #expect(empty?.kind == .usage)
        }
        #expect(sink.sessions.first?.commands.contains { $0.hasPrefix("X") } == false)
    }

    @Test("A refusal is told with its reply, and the session stays as it was", arguments: [421, 501, 550, 250])
    func refusedByServer(code: Int) throws {
        let name = try Self.attribute(.name, "x")
        var server = SinkConfiguration(offering: ["XCLIENT NAME", "XFORWARD NAME"])
        server.script.on(.command("XCLIENT"), .reply(code, "5.7.1 so it is").unsettled())
        let (state, _) = try converse(server) { connection in
            let attributes = try ClientAttributes([name])
            let error = await errorOf { () async throws(SMTPError) in try await connection.xclient(attributes) }
            #expect(error?.kind == (code == 250 ? .protocolViolation : .refused))
            #expect(error?.verb == "XCLIENT")
            #expect(error?.reply?.code.rawValue == UInt16(code))
            return connection.channel.state
        }
        #expect(state.isOpen == (code > 421))
        #expect(state.extensions.contains(.xclient))
    }
}

extension SinkReply {
    /// The same words, which change nothing at the server.
    fileprivate func unsettled() -> SinkReply {
        var reply = self
        reply.code = code == 421 ? 421 : nil
        return reply
    }
}
