import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

@Suite("Authenticating to a server that misbehaves")
struct MaliciousServerTests {
    static let credentials = Credentials.password(user: "tim", Secret(canary))

    @Test(
        "A challenge that is no base64 is cancelled, and the connection stays in sync (RFC 4954 §4)",
        arguments: [
            "334 Username:", "334 %%%%", "334 =AAA", "334 AAA=BBB=", "334 QR==", "334 Q", "334 QQ= =",
            "334-QQ==\n334 QQ==",
            "334 \u{E9}\u{E9}", "334 QUJ\u{7}",
        ]
    )
    func noBase64(challenge: String) throws {
        let result = try authenticate(Self.credentials, AuthenticationSetting("AUTH LOGIN")) {
            try await $0.answers([challenge, "501 5.7.0 cancelled"])
        }
        #expect(result.error?.kind == .serverMisbehaved)
        #expect(result.error?.underlying as? SASLError == .challengeNotBase64)
        #expect(result.lines == ["AUTH LOGIN", "*"])
        #expect(result.isOpen)
    }

    @Test(
        "A SCRAM server that is not to be trusted",
        arguments: [
            ("r=evil,s=QSXCR+Q6sek8bf92,i=4096", true), (",s=QSXCR+Q6sek8bf92,i=4096", false),
            ("x,s=QSXCR+Q6sek8bf92,i=1", false), ("x,s=QSXCR+Q6sek8bf92,i=1000000000", false),
            ("x,s=QSXCR+Q6sek8bf92,i=4096,m=1", false),
        ]
    )
    func scram(tail: String, isWhole: Bool) throws {
        let result = try authenticate(Self.credentials, AuthenticationSetting("AUTH SCRAM-SHA-256 PLAIN")) {
            peer in
            let nonce = decoded(String(try await peer.line()?.split(separator: " ").last ?? "")).split(separator: "=")
                .last
            try await peer.say("334 \(base64(isWhole ? tail : "r=\(nonce ?? "")\(tail)"))")
            try await peer.answer("501 cancelled")
        }
        #expect(result.error?.kind == .serverMisbehaved)
        #expect(result.error?.initiator == .server)
        #expect(result.lines.dropFirst() == ["*"])
        #expect(result.isOpen)
    }

    @Test(
        "Credentials that the server repeats are told to nobody, whole, cut, or in clear",
        arguments: [("AUTH PLAIN", false), ("AUTH LOGIN", false), ("AUTH XOAUTH2", true), ("AUTH OAUTHBEARER", true)]
    )
    func repeatedCredentials(keyword: String, isToken: Bool) throws {
        for words in 0..<4 {
            let credentials = isToken ? AuthenticateTests.token : Self.credentials
            let result = try authenticate(credentials, AuthenticationSetting(keyword)) { peer in
                var line = try await peer.line() ?? ""
                if keyword == "AUTH LOGIN" {
                    try await peer.say("334 \(base64("Username:"))")
                    _ = try await peer.line()
                    try await peer.say("334 \(base64("Password:"))")
                    line = try await peer.line() ?? ""
                }
                let clear = isToken ? "cAnary-9hunter2" : canary
                let repeated = ["\"\(line)\"", "\(line.dropLast(3))", "twice \(line) \(line)", "nobody has \(clear)"]
                // A challenge too is shown in the transcript.
                if isToken, words == 0 {
                    try await peer.say("334 \(line.split(separator: " ").last ?? "")")
                    _ = try await peer.line()
                }
                try await peer.say("535-5.7.8 Command unrecognized:\n535 5.7.8 \(repeated[words])")
            }
            #expect(result.error?.reply?.code.rawValue == 535)
            #expect(result.error?.message.contains("(credentials)") == true)
            #expect(result.error?.reply?.lines.count == 2)
        }
    }

    @Test("Success without the server's signature is not believed, and the connection is closed")
    func missingSignature() throws {
        let result = try authenticate(Self.credentials, AuthenticationSetting("AUTH SCRAM-SHA-256")) { peer in
            let nonce = decoded(String(try await peer.line()?.split(separator: " ").last ?? "")).split(separator: "=")
                .last
            try await peer.say("334 \(base64("r=\(nonce ?? "")x,s=QSXCR+Q6sek8bf92,i=4096"))")
            try await peer.answer("235 2.7.0 welcome")
        }
        #expect(result.error?.kind == .serverMisbehaved)
        #expect(result.error?.underlying as? SASLError == .serverNotVerified)
        #expect(result.lines.count == 2)
        #expect(!result.isOpen)
    }

    @Test("A wrong signature is cancelled, and nothing is believed after it")
    func wrongSignature() throws {
        let server = SCRAMServer(.sha256, user: "tim", password: "another")
        let result = try authenticate(Self.credentials, AuthenticationSetting("AUTH SCRAM-SHA-256")) { peer in
            var server = server
            guard case .challenge(let challenge) = server.receive(Array(try await peer.initialResponse().utf8)) else {
                return
            }
            try await peer.say("334 \(String(decoding: Base64.encode(challenge), as: UTF8.self))")
            try await peer.answer("334 \(base64("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))")
            // It might as well say yes to the cancellation.
            try await peer.answer("235 welcome all the same")
        }
        #expect(result.error?.underlying as? SASLError == .serverSignatureMismatch)
        #expect(result.lines.last == "*")
        #expect(!result.isOpen)
    }

    @Test(
        "Success before the exchange is over is not believed",
        arguments: ["AUTH LOGIN", "AUTH CRAM-MD5", "AUTH SCRAM-SHA-1"]
    )
    func early(offered: String) throws {
        let result = try authenticate(Self.credentials, AuthenticationSetting(offered)) {
            try await $0.answers(["235 ok"])
        }
        #expect(result.error?.kind == .serverMisbehaved)
        #expect(!result.isOpen)
    }

    @Test("Challenges without end are bounded")
    func endlessChallenges() throws {
        struct Patient: SASLMechanism {
            let name = AuthenticationMechanism.known("X-PATIENT")
            mutating func initialResponse() throws(SASLError) -> [UInt8]? { nil }
            mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] { [] }
            mutating func succeeded() throws(SASLError) {}
        }
        let result = try authenticate(.mechanisms([Patient()]), AuthenticationSetting("AUTH X-PATIENT")) { peer in
            while let line = try await peer.line(), line != "*" { try await peer.say("334 ") }
            try await peer.say("501 cancelled")
        }
        #expect(result.error?.kind == .serverMisbehaved)
        #expect(result.lines.count == CommandChannel.challengeLimit + 2)
        #expect(result.isOpen)
        for offered in ["AUTH PLAIN", "AUTH LOGIN", "AUTH CRAM-MD5", "AUTH SCRAM-SHA-1"] {
            let result = try authenticate(Self.credentials, AuthenticationSetting(offered)) { peer in
                while let line = try await peer.line(), line != "*" { try await peer.say("334 ") }
                try await peer.say("501 cancelled")
            }
            #expect(result.error?.kind == .serverMisbehaved, "\(offered)")
            #expect(result.isOpen)
        }
    }

    @Test(
        "A server that goes on after the cancellation is out of step, and the connection closed",
        arguments: ["334 QQ==", "250 ok"]
    )
    func cancellationIgnored(reply: String) throws {
        let result = try authenticate(Self.credentials, AuthenticationSetting("AUTH LOGIN")) {
            try await $0.answers(["334 !", reply])
        }
        #expect(result.error?.kind == .serverMisbehaved)
        #expect(!result.isOpen)
    }

    @Test(
        "A reply that does not belong closes the connection",
        arguments: ["250 ok", "354 go", "220 hello", "335 QQ=="]
    )
    func unexpected(reply: String) throws {
        let result = try authenticate(Self.credentials, AuthenticationSetting("AUTH PLAIN")) {
            try await $0.answers([reply])
        }
        #expect(result.error?.kind == .protocolViolation)
        #expect(!result.isOpen)
    }

    @Test("A server that leaves in the midst is told as one that left")
    func leaves() throws {
        let result = try authenticate(Self.credentials, AuthenticationSetting("AUTH LOGIN")) { peer in
            try await peer.answer("334 ")
            _ = try await peer.line()
            peer.close()
        }
        #expect(result.error?.kind == .closed)
        #expect(result.error?.verb == "AUTH")
    }

    @Test("A server that never answers is bounded by the time for replies")
    func silence() throws {
        let setting = AuthenticationSetting("AUTH LOGIN")
        let result = try authenticate(Self.credentials, setting) { peer in
            try await peer.answer("334 ")
            while try await peer.line() != nil {}
        }
        #expect(result.error?.kind == .timeout)
        #expect(!result.isOpen)
    }

    @Test("A task that is cancelled while the server owes a reply closes the connection")
    func cancelledInTheMidst() throws {
        let setting = AuthenticationSetting("AUTH LOGIN")
        let (result, lines, _) = try authentication(
            setting,
            server: { peer in
                _ = try await peer.line()
                while try await peer.line() != nil {}
            },
            body: { connection in
                let task = Task(executorPreference: connection.channel.executor) {
                    await errorOf { () async throws(SMTPError) in try await connection.authenticate(Self.credentials) }
                }
                try await connection.channel.executor.sleep(for: .seconds(1))
                task.cancel()
                let kind = await task.value?.kind
                return (kind, connection.channel.state.isOpen)
            }
        )
        #expect(result.0 == .cancelled)
        #expect(!result.1)
        #expect(lines == ["AUTH LOGIN"])
    }

    @Test(
        "A task that is cancelled while it computes gives the exchange up, and the connection stays usable",
        arguments: ["501 cancelled", "235 welcome all the same"]
    )
    func cancelledWhileComputing(answer: String) throws {
        struct Cancelling: SASLMechanism {
            let name = AuthenticationMechanism.known("X-CANCEL")
            mutating func initialResponse() throws(SASLError) -> [UInt8]? { nil }
            mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
                withUnsafeCurrentTask { $0?.cancel() }
                return []
            }
            mutating func succeeded() throws(SASLError) {}
        }
        let (kind, lines, _) = try authentication(
            AuthenticationSetting("AUTH X-CANCEL"),
            server: { try await $0.answers(["334 ", answer]) },
            body: { connection in
                let task = Task(executorPreference: connection.channel.executor) {
                    await errorOf { () async throws(SMTPError) in
                        try await connection.authenticate(.mechanisms([Cancelling()]))
                    }
                }
                let kind = await task.value?.kind
                try await connection.noop()
                // What it says of an exchange that was given up makes nobody known.
                #expect(!connection.channel.state.transaction.isAuthenticated)
                return kind
            }
        )
        #expect(kind == .cancelled)
        #expect(lines == ["AUTH X-CANCEL", "*", "NOOP"])
    }

    @Test("A mechanism with a binding of the caller's is not tried again when the server knows no such binding")
    func unknownBinding() throws {
        var setting = AuthenticationSetting("AUTH SCRAM-SHA-256-PLUS")
        setting.bindings = .none
        let (kind, lines, _) = try authentication(
            setting,
            server: { peer in
                for _ in 0..<2 {
                    try await peer.answers(["334 \(base64("e=unsupported-channel-binding-type"))", "535 no"])
                }
            },
            body: { connection in
                let binding = ChannelBinding(type: "tls-unique", octets: [1, 2, 3])
                let mechanism = SCRAMMechanism(
                    .sha256,
                    binding: .bound(binding),
                    user: "tim",
                    password: Secret(canary)
                )
                return await errorOf { () async throws(SMTPError) in
                    try await connection.authenticate(.mechanisms([mechanism]))
                }?.kind
            }
        )
        #expect(kind == .credentialsRejected)
        #expect(lines.count { $0.hasPrefix("AUTH") } == 1)
    }

    @Test("Commands of other tasks do not fall into the exchange", arguments: allFragmentations)
    func oneTurn(fragmentation: PipeOptions.Fragmentation) throws {
        var setting = AuthenticationSetting("AUTH LOGIN")
        setting.fragmentation = fragmentation
        let (_, lines, _) = try authentication(
            setting,
            server: { peer in
                try await peer.serve(
                    replies: [("AUTH LOGIN", "334 "), (base64("tim"), "334 "), (base64(canary), "235 ok")]
                )
            },
            body: { connection in
                async let mechanism = connection.authenticate(Self.credentials)
                async let first: Void = connection.noop()
                async let second: Void = connection.noop()
                _ = try await (mechanism, first, second)
            }
        )
        let start = try #require(lines.firstIndex(of: "AUTH LOGIN"))
        #expect(lines[start...].prefix(4) == ["AUTH LOGIN", base64("tim"), base64(canary), "EHLO me.example"])
        #expect(lines.count { $0 == "NOOP" } == 2)
    }
}
