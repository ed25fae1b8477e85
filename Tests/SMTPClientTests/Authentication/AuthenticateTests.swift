import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

@Suite("SMTPConnection: authenticate")
struct AuthenticateTests {
    static let password = Credentials.password(user: "tim", Secret(canary))
    static let token = Credentials.bearer(user: "tim", token: Secret(String(canary.unicodeScalars.filter(\.isASCII))))

    /// What is offered, with what credentials, what the server says, and what it must read.
    ///
    /// Tests are given their numbers: arguments are printed, and nothing that is printed may have the canary in it.
    static let exchanges: [(offered: String, credentials: Credentials, replies: [String], lines: [String])] = [
        ("AUTH PLAIN", password, ["235 ok"], ["AUTH PLAIN \(base64("\u{0}tim\u{0}\(canary)"))"]),
        ("AUTH=PLAIN", password, ["235 ok"], ["AUTH PLAIN \(base64("\u{0}tim\u{0}\(canary)"))"]),
        (
            "AUTH LOGIN", password, ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok"],
            ["AUTH LOGIN", base64("tim"), base64(canary)]
        ),
        (
            "AUTH XOAUTH2", token, ["235 ok"],
            ["AUTH XOAUTH2 \(base64("user=tim\u{1}auth=Bearer cAnary-9hunter2\u{1}\u{1}"))"]
        ),
        (
            "AUTH OAUTHBEARER XOAUTH2", token, ["235 ok"],
            ["AUTH OAUTHBEARER \(base64("n,a=tim,\u{1}auth=Bearer cAnary-9hunter2\u{1}\u{1}"))"]
        ),
        ("AUTH EXTERNAL", .external(), ["235 ok"], ["AUTH EXTERNAL ="]),
        (
            "AUTH EXTERNAL", .external(authorizationIdentity: "fred"), ["235 ok"],
            ["AUTH EXTERNAL \(base64("fred"))"]
        ),
        ("AUTH ANONYMOUS", .anonymous(trace: "sirhc"), ["235 ok"], ["AUTH ANONYMOUS \(base64("sirhc"))"]),
    ]

    @Test("Each mechanism, its lines, and hello again", arguments: allFragmentations, exchanges.indices)
    func mechanisms(fragmentation: PipeOptions.Fragmentation, number: Int) throws {
        let exchange = Self.exchanges[number]
        var setting = AuthenticationSetting(exchange.offered)
        setting.fragmentation = fragmentation
        let result = try authenticate(exchange.credentials, setting) { try await $0.answers(exchange.replies) }
        #expect(result.error == nil)
        #expect(result.lines == exchange.lines + ["EHLO me.example"])
        #expect(result.extensions.keywords.map(\.name) == ["AFTER"])
    }

    @Test(
        "The strongest mechanism that both have",
        arguments: [
            ("AUTH LOGIN PLAIN CRAM-MD5", "CRAM-MD5"), ("AUTH LOGIN PLAIN", "PLAIN"),
            ("AUTH LOGIN NTLM GSSAPI", "LOGIN"), ("AUTH PLAIN SCRAM-SHA-1 CRAM-MD5", "SCRAM-SHA-1"),
            ("AUTH SCRAM-SHA-1 scram-sha-256", "SCRAM-SHA-256"), ("AUTH SCRAM-SHA-256 SCRAM-SHA-512", "SCRAM-SHA-512"),
            // There is nothing to bind to.
            ("AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256", "SCRAM-SHA-256"),
        ]
    )
    func strongest(offered: String, expected: String) throws {
        let result = try authenticate(Self.password, AuthenticationSetting(offered)) {
            try await $0.answers(["535 no"])
        }
        #expect(result.lines.first?.hasPrefix("AUTH \(expected)") == true)
        #expect(result.error?.authentication?.mechanism?.name == expected)
    }

    @Test("The caller's choice and order of mechanisms")
    func chosenMechanisms() throws {
        var setting = AuthenticationSetting("AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1")
        setting.options.mechanisms = [.login, .plain]
        let result = try authenticate(Self.password, setting) {
            try await $0.answers(["504 5.5.4 what?", "235 ok"])
        }
        #expect(result.lines.first == "AUTH LOGIN")
        #expect(result.mechanism == .plain)
    }

    @Test("A name for another identity is not lost in a mechanism that cannot say it")
    func authorizationIdentity() throws {
        let credentials = Credentials.password(user: "tim", Secret(canary), authorizationIdentity: "ann")
        let result = try authenticate(credentials, AuthenticationSetting("AUTH LOGIN CRAM-MD5 PLAIN")) {
            try await $0.answers(["235 ok"])
        }
        #expect(result.lines.first == "AUTH PLAIN \(base64("ann\u{0}tim\u{0}\(canary)"))")
    }

    @Test(
        "Nothing in common: both lists are told, and nothing is sent",
        arguments: ["AUTH GSSAPI NTLM", "SIZE", "AUTH"]
    )
    func nothingInCommon(offered: String) throws {
        let result = try authenticate(Self.password, AuthenticationSetting(offered)) { _ in }
        let error = try #require(result.error)
        #expect(error.kind == .mechanismNotOffered)
        #expect(error.authentication?.offered == (offered == "AUTH GSSAPI NTLM" ? ["GSSAPI", "NTLM"] : []))
        #expect(error.authentication?.acceptable.contains("PLAIN") == true)
        #expect(error.description.contains("PLAIN"))
        #expect(result.lines.isEmpty)
        #expect(result.isOpen)
    }

    @Test("The next mechanism follows replies that do not know the first", arguments: [500, 501, 502, 504])
    func nextMechanism(code: Int) throws {
        let result = try authenticate(Self.password, AuthenticationSetting("AUTH CRAM-MD5 PLAIN LOGIN")) {
            try await $0.answers(["\(code) 5.5.4 no", "\(code) 5.5.4 no", "334 ", "334 ", "235 ok"])
        }
        #expect(result.mechanism == .login)
        #expect(result.lines.count == 6)
    }

    @Test("When the server knows none of those it offers, that is told")
    func noneKnown() throws {
        let result = try authenticate(Self.password, AuthenticationSetting("AUTH PLAIN LOGIN")) {
            try await $0.answers(["504 5.5.4 no", "504 5.5.4 neither"])
        }
        #expect(result.error?.kind == .mechanismNotOffered)
        #expect(result.error?.reply?.code.rawValue == 504)
        #expect(result.isOpen)
    }

    @Test(
        "Any other refusal is final, and tells what else is offered",
        arguments: [
            (432, SMTPError.Kind.credentialsRejected, SMTPError.Advice.sendAgainLater),
            (454, .credentialsRejected, .sendAgainLater), (534, .credentialsRejected, .never),
            (535, .credentialsRejected, .never), (525, .credentialsRejected, .never), (538, .tlsRequired, .never),
            (530, .authenticationRequired, .never), (503, .refused, .never),
        ]
    )
    func finalRefusal(code: Int, kind: SMTPError.Kind, advice: SMTPError.Advice) throws {
        let result = try authenticate(Self.password, AuthenticationSetting("AUTH PLAIN LOGIN")) {
            try await $0.answers(["\(code) 5.7.9 Application-specific password required. See https://example.org"])
        }
        let error = try #require(result.error)
        #expect(error.kind == kind)
        #expect(error.advice == advice)
        #expect(error.reply?.code.rawValue == UInt16(code))
        #expect(error.description.contains("Application-specific password required"))
        if kind == .credentialsRejected { #expect(error.description.contains("also offers LOGIN")) }
        #expect(error.authentication?.offered == ["PLAIN", "LOGIN"])
        #expect(result.lines.count == 1)
        #expect(result.isOpen)
    }

    @Test("A refusal in the midst of an exchange is final too", arguments: [454, 501, 535])
    func refusalInTheMidst(code: Int) throws {
        let result = try authenticate(Self.password, AuthenticationSetting("AUTH CRAM-MD5 PLAIN")) {
            try await $0.answers(["334 \(base64("<1@x>"))", "\(code) no"])
        }
        #expect(result.error?.kind == (code == 501 ? .refused : .credentialsRejected))
        #expect(result.lines.count == 2)
        #expect(result.isOpen)
    }

    @Test("530 in clear asks for TLS, to any command")
    func tlsRequired() throws {
        var setting = AuthenticationSetting("AUTH PLAIN")
        setting.security = .none
        setting.options.insecureAllowsCredentialsInClear = true
        let result = try authenticate(Self.password, setting) {
            try await $0.answers(["530 5.7.0 STARTTLS first"])
        }
        #expect(result.error?.kind == .tlsRequired)
        for (security, kind) in [
            (TransportSecurity.none, SMTPError.Kind.tlsRequired),
            (TransportSecurity(isEncrypted: true, isVerified: true), .authenticationRequired),
        ] {
            setting.security = security
            let (error, _, _) = try authentication(
                setting,
                server: { try await $0.answers(["530 5.7.0 no", "250 ok"]) }
            ) {
                connection in
                await errorOf { () async throws(SMTPError) in
                    try await connection.send("x", from: "a@b.example", to: ["c@d.example"])
                }
            }
            #expect(error?.kind == kind)
            #expect(error?.report != nil)
        }
    }

    @Test(
        "No credential goes over a channel that is not secure, and nothing else is sent",
        arguments: [
            TransportSecurity.none, TransportSecurity(isEncrypted: true, isVerified: false),
            TransportSecurity(isEncrypted: false, isVerified: true),
        ],
        [password, token, .bearer(user: "x", tokens: BearerTokenSource { _ in throw CancellationError() })]
    )
    func insecure(security: TransportSecurity, credentials: Credentials) throws {
        var setting = AuthenticationSetting("AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER")
        setting.security = security
        let result = try authenticate(credentials, setting) { _ in }
        #expect(result.error?.kind == .tlsRequired)
        #expect(result.error?.initiator == .caller)
        #expect(result.lines.isEmpty)
        #expect(result.isOpen)
    }

    @Test("The insecure options allow what they say")
    func insecureOptions() throws {
        var setting = AuthenticationSetting("AUTH PLAIN")
        setting.security = TransportSecurity(isEncrypted: true, isVerified: false)
        setting.options.insecureAllowsCredentialsToUnverifiedServer = true
        #expect(try authenticate(Self.password, setting) { try await $0.answers(["235 ok"]) }.mechanism == .plain)
        setting.security = .none
        #expect(try authenticate(Self.password, setting) { _ in }.error?.kind == .tlsRequired)
        setting.options.insecureAllowsCredentialsInClear = true
        #expect(try authenticate(Self.password, setting) { try await $0.answers(["235 ok"]) }.mechanism == .plain)
        // What has no secret needs no secrecy.
        setting = AuthenticationSetting("AUTH EXTERNAL")
        setting.security = .none
        #expect(
            try authenticate(.external(), setting) { try await $0.answers(["235 ok"]) }.mechanism == .external
        )
    }

    @Test(
        "A line of more than 512 octets goes without its initial response (RFC 4954 §4)",
        arguments: [371, 372, 373, 3000]
    )
    func longInitialResponse(length: Int) throws {
        let identity = String(repeating: "x", count: length)
        let line = "AUTH EXTERNAL \(base64(identity))"
        let isLong = line.utf8.count + 2 > 512
        let result = try authenticate(
            .external(authorizationIdentity: identity),
            AuthenticationSetting("AUTH EXTERNAL")
        ) {
            try await $0.answers(isLong ? ["334 ", "235 ok"] : ["235 ok"])
        }
        #expect(result.mechanism == .external)
        #expect(result.lines.dropLast() == (isLong ? ["AUTH EXTERNAL", base64(identity)] : [line]))
        #expect(isLong == (length > 372))
    }

    @Test("A server that has something else to say than an empty challenge is misbehaving")
    func challengeBeforeInitialResponse() throws {
        let identity = String(repeating: "x", count: 3000)
        let result = try authenticate(
            .external(authorizationIdentity: identity),
            AuthenticationSetting("AUTH EXTERNAL")
        ) {
            try await $0.answers(["334 eA==", "501 cancelled"])
        }
        #expect(result.error?.kind == .serverMisbehaved)
        #expect(result.lines == ["AUTH EXTERNAL", "*"])
    }

    @Test("Success before the initial response was asked for is not believed")
    func successBeforeInitialResponse() throws {
        let identity = String(repeating: "x", count: 3000)
        let result = try authenticate(
            .external(authorizationIdentity: identity),
            AuthenticationSetting("AUTH EXTERNAL")
        ) { try await $0.answers(["235 welcome"]) }
        #expect(result.error?.kind == .serverMisbehaved)
        #expect(!result.isOpen)
    }

    @Test("A server that says 421 has left")
    func goodbye() throws {
        let result = try authenticate(Self.password, AuthenticationSetting("AUTH PLAIN")) {
            try await $0.answers(["421 4.7.0 too many tries"])
        }
        #expect(result.error?.kind == .refused)
        #expect(result.error?.reply?.code.rawValue == 421)
        #expect(!result.isOpen)
    }

    @Test("If the second hello is refused, the former extensions stay", arguments: [421, 451, 500, 502, 550])
    func secondHelloRefused(code: Int) throws {
        let result = try authenticate(Self.password, AuthenticationSetting("AUTH PLAIN")) {
            try await $0.answers(["235 ok", "\(code) no"])
        }
        #expect(result.mechanism == .plain)
        #expect(result.lines.suffix(1) == ["EHLO me.example"])
        #expect(result.extensions.keywords.map(\.name) == ["AUTH"])
    }

    @Test("Not in a mail transaction (RFC 4954 §4)")
    func inTransaction() throws {
        let (kind, lines, _) = try authentication(
            AuthenticationSetting("AUTH PLAIN"),
            server: { try await $0.answers(["250 ok"]) },
            body: { connection in
                _ = try await connection.channel.mail(from: .null)
                return await errorOf { () async throws(SMTPError) in try await connection.authenticate(Self.password) }?
                    .kind
            }
        )
        #expect(kind == .usage)
        #expect(lines == ["MAIL FROM:<>"])
    }

    @Test("SCRAM passes over a password that it cannot carry, and PLAIN carries it")
    func unusablePassword() throws {
        let credentials = Credentials.password(user: "tim", Secret("\(canary)🔑"))
        let result = try authenticate(credentials, AuthenticationSetting("AUTH PLAIN SCRAM-SHA-256")) {
            try await $0.answers(["235 ok"])
        }
        #expect(result.mechanism == .plain)
        let alone = try authenticate(credentials, AuthenticationSetting("AUTH SCRAM-SHA-256")) { _ in }
        #expect(alone.error?.kind == .usage)
        #expect(alone.error?.description.contains("Unicode 3.2") == true)
        #expect(alone.lines.isEmpty)
    }

    @Test("Credentials that are provided when needed, and a provider that fails")
    func providedCredentials() throws {
        let provided = Credentials.provided { .provided { Self.password } }
        let result = try authenticate(provided, AuthenticationSetting("AUTH PLAIN")) {
            try await $0.answers(["235 ok"])
        }
        #expect(result.mechanism == .plain)
        struct NoKeychain: Error {}
        let failed = try authenticate(.provided { throw NoKeychain() }, AuthenticationSetting("AUTH PLAIN")) {
            _ in
        }
        #expect(failed.error?.kind == .credentialsNotProvided)
        #expect(failed.error?.underlying is NoKeychain)
        #expect(failed.lines.isEmpty)
        let endless = Credentials.provided { Endless.credentials() }
        #expect(try authenticate(endless, AuthenticationSetting("AUTH PLAIN")) { _ in }.error?.kind == .usage)
    }

    private enum Endless {
        static func credentials() -> Credentials { .provided { credentials() } }
    }

    @Test("A mechanism of the user's own")
    func ownMechanism() throws {
        let result = try authenticate(
            .mechanisms([Rot13Mechanism(), PlainMechanism(user: "tim", password: Secret(canary))]),
            AuthenticationSetting("AUTH PLAIN X-ROT13")
        ) { try await $0.answers(["334 \(base64("hello"))", "235 ok"]) }
        #expect(result.mechanism?.name == "X-ROT13")
        #expect(result.lines.first == "AUTH X-ROT13")
        #expect(result.lines.dropFirst().first == base64("uryyb"))
    }

    @Test("A step that may take long, as SCRAM's do, is taken off the event loop, and a short one on it")
    func placement() async throws {
        var server = SinkConfiguration()
        server.keywords = ["AUTH X-LONG X-SHORT"]
        server.mechanisms = ["X-LONG", "X-SHORT"].map { .scripted($0, challenges: [[1]]) }
        for mayTakeLong in [true, false] {
            let places = Collected()
            try await MailSink.withListening(server) { sink in
                let endpoint = try #require(sink.endpoint)
                let configuration = SMTPConfiguration(security: .insecurePlain)
                try await SMTPConnection.withConnection(to: endpoint, configuration: configuration) { connection in
                    let mechanism = PlacedMechanism(
                        mayTakeLong: mayTakeLong,
                        loop: connection.channel.executor,
                        places: places
                    )
                    try await connection.authenticate(.mechanisms([mechanism]))
                }
            }
            #expect(places.all == Array(repeating: mayTakeLong ? "elsewhere" : "loop", count: 3))
        }
        #expect(SCRAMMechanism(.sha256, user: "x", password: Secret("x")).mayTakeLong)
    }

    private struct PlacedMechanism: SASLMechanism {
        let mayTakeLong: Bool
        let loop: any TransportExecutor
        let places: Collected

        var name: AuthenticationMechanism { .known(mayTakeLong ? "X-LONG" : "X-SHORT") }
        var needsSecureChannel: Bool { false }

        private func note() {
            places.add(loop.isIsolatingCurrentContext() == true ? "loop" : "elsewhere")
        }

        mutating func initialResponse() throws(SASLError) -> [UInt8]? {
            note()
            return []
        }

        mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
            note()
            return []
        }

        mutating func succeeded() throws(SASLError) { note() }
    }

    private struct Rot13Mechanism: SASLMechanism {
        let name = AuthenticationMechanism.known("X-ROT13")

        mutating func initialResponse() throws(SASLError) -> [UInt8]? { nil }

        mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
            challenge.map { ($0 - 97 + 13) % 26 + 97 }
        }

        mutating func succeeded() throws(SASLError) {}
    }
}
