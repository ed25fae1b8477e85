import SMTPTesting
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

@Suite("Channel binding")
struct ChannelBindingTests {
    static let credentials = Credentials.password(user: "tim", Secret(canary))
    static let exporter: [UInt8] = Array(repeating: 7, count: 32)
    static let endPoint: [UInt8] = Array(repeating: 9, count: 32)
    static let both = ChannelBindings(exporter: exporter, serverEndPoint: endPoint)

    private static func server(_ bindings: [String: [UInt8]], _ hash: SCRAMServer.Hash = .sha256) -> SCRAMServer {
        var server = SCRAMServer(hash, user: "tim", password: canary)
        server.channelBindings = bindings
        return server
    }

    private func run(
        _ offered: String,
        _ bindings: ChannelBindings,
        servers: [SCRAMServer]
    ) throws -> AuthenticationResult {
        var setting = AuthenticationSetting(offered)
        setting.bindings = bindings
        return try authenticate(Self.credentials, setting) { peer in
            for server in servers { try await peer.serve(server) }
        }
    }

    /// The flags of all first messages sent.
    private func flags(_ result: AuthenticationResult) -> [String] {
        result.lines.filter { $0.hasPrefix("AUTH ") }.compactMap { line in
            line.split(separator: " ").last.map { decoded(String($0)) }?.split(separator: ",").first.map(String.init)
        }
    }

    static let offered = "AUTH PLAIN SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS SCRAM-SHA-512"

    @Test("The channel is bound to by what there is, the exporter first")
    func bound() throws {
        let all = ["tls-exporter": Self.exporter, "tls-server-end-point": Self.endPoint]
        for (bindings, type) in [
            (Self.both, "tls-exporter"), (ChannelBindings(exporter: Self.exporter), "tls-exporter"),
            (ChannelBindings(serverEndPoint: Self.endPoint), "tls-server-end-point"),
        ] {
            let result = try run(Self.offered, bindings, servers: [Self.server(all)])
            #expect(result.mechanism == .scramSHA256Plus)
            #expect(flags(result) == ["p=\(type)"])
        }
    }

    @Test("The other type is tried once when the server does not know the first (RFC 5802 §7)")
    func otherType() throws {
        let server = Self.server(["tls-server-end-point": Self.endPoint])
        let result = try run(Self.offered, Self.both, servers: [server, server])
        #expect(result.mechanism == .scramSHA256Plus)
        #expect(flags(result) == ["p=tls-exporter", "p=tls-server-end-point"])
    }

    @Test("A server that knows neither type is told that there is nothing to bind to, not that it has not offered")
    func noType() throws {
        let server = Self.server(["tls-unique": [1]])
        let last = Self.server(["tls-unique": [1]], .sha512)
        let result = try run(Self.offered, Self.both, servers: [server, server, last])
        #expect(result.mechanism == .scramSHA512)
        #expect(flags(result) == ["p=tls-exporter", "p=tls-server-end-point", "n"])
    }

    @Test("No usable type while -PLUS is offered: flag n")
    func nothingToBindTo() throws {
        let result = try run(
            Self.offered,
            .none,
            servers: [Self.server(["tls-exporter": Self.exporter], .sha512)]
        )
        #expect(result.mechanism == .scramSHA512)
        #expect(flags(result) == ["n"])
    }

    @Test("-PLUS not offered: flag y")
    func notOffered() throws {
        let result = try run("AUTH SCRAM-SHA-256", Self.both, servers: [Self.server([:])])
        #expect(result.mechanism == .scramSHA256)
        #expect(flags(result) == ["y"])
    }

    @Test("An offer whose -PLUS was stripped on the way is detected by the server")
    func stripped() throws {
        let result = try run(
            "AUTH SCRAM-SHA-256 PLAIN",
            Self.both,
            servers: [Self.server(["tls-exporter": Self.exporter])]
        )
        #expect(result.error?.kind == .credentialsRejected)
        #expect(result.error?.authentication?.serverError == "server-does-support-channel-binding")
        #expect(flags(result) == ["y"])
    }

    @Test("-PLUS that is offered and then not known is told back by y, so that nobody between can talk it away")
    func takenBack() throws {
        var setting = AuthenticationSetting("AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256")
        setting.bindings = Self.both
        let result = try authenticate(Self.credentials, setting) { peer in
            try await peer.answer("504 5.5.4 no such mechanism")
            try await peer.serve(Self.server(["tls-exporter": Self.exporter]))
        }
        #expect(result.error?.authentication?.serverError == "server-does-support-channel-binding")
        #expect(flags(result) == ["p=tls-exporter", "y"])
    }

    @Test("A man in the middle, whose channel is another, does not get through")
    func otherChannel() throws {
        let result = try run(Self.offered, Self.both, servers: [Self.server(["tls-exporter": [1, 2, 3]])])
        #expect(result.error?.kind == .credentialsRejected)
        #expect(result.error?.authentication?.serverError == "channel-bindings-dont-match")
        #expect(result.lines.filter { $0.hasPrefix("AUTH") }.count == 1)
    }
}
