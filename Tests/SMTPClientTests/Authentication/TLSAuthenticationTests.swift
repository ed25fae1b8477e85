import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// Authentication that hangs on the TLS connection, over real TLS and against a server that checks what it is given.
///
/// All that is told of each run is searched for the canary.
@Suite("Authentication bound to TLS")
struct TLSAuthenticationTests {
    static let credentials = Credentials.password(user: "tim", Secret(canary))
    static let both: Set<String> = ["tls-exporter", "tls-server-end-point"]
    static let scramServer = SCRAMServer(.sha256, user: "tim", password: canary)

    /// SCRAM-SHA-256 and its -PLUS form at a server that knows these types.
    private static func server(
        bindingTypes: Set<String>,
        offered: String = "SCRAM-SHA-256 SCRAM-SHA-256-PLUS"
    ) -> TLSAuthenticationRun {
        var run = TLSAuthenticationRun()
        run.mechanisms = [
            .scram(scramServer, bindingTypes: bindingTypes),
            .scram(scramServer, bindingTypes: bindingTypes, isPlus: true),
        ]
        run.offered = offered
        return run
    }

    @Test(
        "SCRAM-PLUS over real TLS: both sides find the same binding",
        arguments: [TLSVersion.tls12, .tls13],
        ["tls-exporter", "tls-server-end-point"]
    )
    func bound(version: TLSVersion, type: String) throws {
        for fragmentation in allFragmentations {
            var run = Self.server(bindingTypes: Self.both)
            run.version = version
            run.fragmentation = fragmentation
            run.usableTypes = [type]
            let result = try run.authenticate(Self.credentials)
            #expect(result.error == nil)
            #expect(result.mechanism == .scramSHA256Plus)
            #expect(result.flags == ["p=\(type)"])
            #expect(result.session.user == "tim")
            #expect(result.session.tls?.version == version)
        }
    }

    @Test("Without a choice of the caller's the exporter is bound to")
    func exporterFirst() throws {
        let result = try Self.server(bindingTypes: Self.both).authenticate(Self.credentials)
        #expect(result.mechanism == .scramSHA256Plus)
        #expect(result.flags == ["p=tls-exporter"])
    }

    @Test("After unsupported-channel-binding-type the other type is tried, over the same TLS")
    func otherType() throws {
        let result = try Self.server(bindingTypes: ["tls-server-end-point"]).authenticate(Self.credentials)
        #expect(result.mechanism == .scramSHA256Plus)
        #expect(result.flags == ["p=tls-exporter", "p=tls-server-end-point"])
        #expect(result.session.user == "tim")
    }

    @Test("A server that knows neither type is told n in the end, not y")
    func neitherType() throws {
        let run = Self.server(bindingTypes: [])
        let result = try run.authenticate(Self.credentials)
        #expect(result.mechanism == .scramSHA256)
        #expect(result.flags == ["p=tls-exporter", "p=tls-server-end-point", "n"])
    }

    @Test("No usable type while -PLUS is offered: flag n, over TLS too")
    func noUsableType() throws {
        var run = Self.server(bindingTypes: Self.both)
        run.usableTypes = []
        let result = try run.authenticate(Self.credentials)
        #expect(result.mechanism == .scramSHA256)
        #expect(result.flags == ["n"])
    }

    @Test("An Ed25519 certificate has no end point to bind to; the exporter is there all the same")
    func noEndPoint() throws {
        var run = Self.server(bindingTypes: ["tls-server-end-point"])
        run.key = .ed25519
        let result = try run.authenticate(Self.credentials)
        #expect(result.mechanism == .scramSHA256)
        #expect(result.flags == ["p=tls-exporter", "n"])
    }

    @Test("-PLUS stripped from the offer is detected by y", arguments: ["SCRAM-SHA-256", "SCRAM-SHA-256 PLAIN"])
    func stripped(offered: String) throws {
        let run = Self.server(bindingTypes: Self.both, offered: offered)
        let result = try run.authenticate(Self.credentials)
        #expect(result.flags == ["y"])
        #expect(result.error?.kind == .credentialsRejected)
        #expect(result.error?.authentication?.serverError == "server-does-support-channel-binding")
        #expect(result.session.user == nil)
        // What the attacker was after: nothing weaker follows.
        #expect(!result.session.commands.contains { $0.hasPrefix("AUTH PLAIN") })
    }

    @Test("Whoever relays the exchange from another TLS connection is refused")
    func relayed() throws {
        let elsewhere = try #require(
            try Self.server(bindingTypes: Self.both).authenticate(Self.credentials).session.tls?.exporterBinding
        )
        var run = Self.server(bindingTypes: [])
        run.mechanisms[1] = SinkMechanism("SCRAM-SHA-256-PLUS") { tls in
            // The server's own connection to the man in the middle.
            var server = Self.scramServer
            server.channelBindings["tls-exporter"] = elsewhere
            #expect(tls?.exporterBinding != elsewhere)
            return RelayedExchange(server: server)
        }
        let result = try run.authenticate(Self.credentials)
        #expect(result.flags == ["p=tls-exporter"])
        #expect(result.error?.authentication?.serverError == "channel-bindings-dont-match")
    }

    // MARK: EXTERNAL

    /// A server at which whoever has a certificate for a name is that user, and may act as `staff` too.
    private static func externalServer(_ certificates: TLSClientCertificates) -> TLSAuthenticationRun {
        var run = TLSAuthenticationRun()
        run.clientCertificates = certificates
        run.offered = "EXTERNAL"
        run.mechanisms = [
            .external { certificate, identity in
                guard certificate.subject == "CN=tim" else { return nil }
                return ["", "staff"].contains(identity) ? identity.isEmpty ? "tim" : identity : nil
            }
        ]
        return run
    }

    @Test(
        "EXTERNAL with a client certificate that the server requires; an empty initial response is =",
        arguments: [TLSVersion.tls12, .tls13],
        [(nil, "AUTH EXTERNAL =", "tim"), ("staff", "AUTH EXTERNAL c3RhZmY=", "staff")] as [(String?, String, String)]
    )
    func external(version: TLSVersion, test: (identity: String?, line: String, user: String)) throws {
        var run = Self.externalServer(.required)
        run.version = version
        run.clientName = "tim"
        let result = try run.authenticate(.external(authorizationIdentity: test.identity))
        #expect(result.error == nil)
        #expect(result.mechanism == .external)
        #expect(result.session.commands.contains(test.line))
        #expect(result.session.user == test.user)
        #expect(result.session.tls?.peerCertificates.first?.subject == "CN=tim")
        #expect(result.session.tls?.verification == .passed)
    }

    @Test("A certificate of somebody else's, or an identity that is not his, is refused by the server")
    func externalRefused() throws {
        for (name, identity) in [("ann", nil), ("tim", "root")] as [(String, String?)] {
            var run = Self.externalServer(.required)
            run.clientName = name
            let result = try run.authenticate(.external(authorizationIdentity: identity))
            #expect(result.error?.kind == .credentialsRejected)
            #expect(result.error?.reply?.code.rawValue == 535)
            #expect(result.session.user == nil)
        }
    }

    @Test("EXTERNAL over TLS without a client certificate is refused before a byte of it is sent")
    func externalWithoutCertificate() throws {
        let result = try Self.externalServer(.requested).authenticate(.external())
        #expect(result.error?.kind == .usage)
        #expect(result.error?.description.contains("certificate") == true)
        #expect(!result.session.commands.contains { $0.hasPrefix("AUTH") })
    }

    @Test(
        "A server that requires a certificate ends TLS with a client that has none",
        arguments: [TLSVersion.tls12, .tls13]
    )
    func certificateRequired(version: TLSVersion) throws {
        var run = Self.externalServer(.required)
        run.version = version
        let result = try run.authenticate(.external())
        // In TLS 1.2 the alert may come as the connection's end, in either case before any command under TLS.
        #expect(result.error?.kind == .tls || result.error?.kind == .closed)
        #expect(!result.session.commands.contains { $0.hasPrefix("AUTH") })
    }

    // MARK: A server that has not proven who it is

    @Test(
        "A password goes to a server that is not verified only if an option named insecure says so",
        arguments: [
            (TLSVerificationMode.insecureSkipVerification, false, true), (.insecureRecordOnly, false, false),
            (.insecureRecordOnly, true, true), (.required, false, true),
        ]
    )
    func unverified(mode: TLSVerificationMode, allows: Bool, isLetIn: Bool) throws {
        for name in ["PLAIN", "CRAM-MD5", "SCRAM-SHA-256"] {
            var run = TLSAuthenticationRun()
            run.offered = name
            run.mechanisms = [Self.mechanism(name, isLetIn: true)]
            run.verification = mode
            run.isTrusted = mode == .required
            run.options.insecureAllowsCredentialsToUnverifiedServer = allows
            let result = try run.authenticate(Self.credentials)
            #expect((result.error == nil) == isLetIn)
            if !isLetIn {
                #expect(result.error?.kind == .tlsRequired)
                #expect(!result.session.commands.contains { $0.hasPrefix("AUTH") })
            }
        }
    }

    // MARK: Leaks

    @Test(
        "Each mechanism over real TLS, let in and kept out: nothing that is told has the secret",
        arguments: [
            "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-256-PLUS",
            "XOAUTH2",
            "OAUTHBEARER",
        ],
        [true, false]
    )
    func leaksNothing(name: String, isLetIn: Bool) throws {
        var run = TLSAuthenticationRun()
        run.offered = name
        run.mechanisms = [Self.mechanism(name, isLetIn: isLetIn)]
        let isBearer = name.hasSuffix("OAUTH2") || name.hasPrefix("OAUTH")
        let result = try run.authenticate(isBearer ? AuthenticateTests.token : Self.credentials)
        #expect((result.error == nil) == isLetIn)
        if !isLetIn { #expect(result.error?.kind == .credentialsRejected) }
        // The search would find it where it is: the server has read it, in base64 or in a proof.
        #expect(result.session.commands.contains { $0.hasPrefix("AUTH \(name)") })
        let isSent = ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"].contains(name)
        #expect(isSent == canaryForms.contains { result.session.receivedText.contains($0) })
    }

    /// A server's side that knows the canary as password and as token.
    private static func mechanism(_ name: String, isLetIn: Bool) -> SinkMechanism {
        let password = isLetIn ? canary : "another"
        switch name {
        case "PLAIN": return .plain { $0 == "tim" && $1 == password }
        case "LOGIN": return .login { $0 == "tim" && $1 == password }
        case "SCRAM-SHA-1": return .scram(SCRAMServer(.sha1, user: "tim", password: password))
        case "SCRAM-SHA-256": return .scram(SCRAMServer(.sha256, user: "tim", password: password))
        case "SCRAM-SHA-512": return .scram(SCRAMServer(.sha512, user: "tim", password: password))
        case "SCRAM-SHA-256-PLUS":
            return .scram(SCRAMServer(.sha256, user: "tim", password: password), bindingTypes: both, isPlus: true)
        case "CRAM-MD5":
            return .scripted(name, challenges: [Array("<1@x>".utf8)], outcome: isLetIn ? .succeed(user: nil) : .fail)
        default:
            let refusal = [Array(#"{"status":"invalid_token"}"#.utf8)]
            return .scripted(name, challenges: isLetIn ? [] : refusal, outcome: isLetIn ? .succeed(user: nil) : .fail)
        }
    }
}

/// SCRAM at a server whose connection is not the client's.
private struct RelayedExchange: SinkExchange {
    var server: SCRAMServer

    mutating func responseReceived(_ response: [UInt8]?) -> SinkExchangeStep {
        switch server.receive(response ?? []) {
        case .challenge(let octets): .challenge(octets)
        case .accepted: .succeed(user: nil)
        case .refused: .fail
        @unknown default: .fail
        }
    }
}
