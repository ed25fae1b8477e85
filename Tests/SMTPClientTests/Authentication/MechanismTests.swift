import SMTPTesting
import SMTPWire
import Testing

@testable import SMTPClient

@Suite("SASL mechanisms")
struct MechanismTests {
    /// What a mechanism says to these challenges, one after the other, as text.
    private func responses(_ mechanism: any SASLMechanism, _ challenges: [String] = []) throws -> [String?] {
        var mechanism = mechanism
        var result = [try mechanism.initialResponse().map { String(decoding: $0, as: UTF8.self) }]
        for challenge in challenges {
            result.append(String(decoding: try mechanism.response(to: Array(challenge.utf8)), as: UTF8.self))
        }
        try mechanism.succeeded()
        return result
    }

    private func scram(
        _ hash: SCRAMMechanism.Hash,
        password: String = "pencil",
        nonce: String,
        iterations: ClosedRange<Int> = AuthenticationOptions.defaultSCRAMIterations
    ) -> SCRAMMechanism {
        var mechanism = SCRAMMechanism(hash, user: "user", password: Secret(password), iterations: iterations)
        mechanism.fixedNonce = Array(nonce.utf8)
        return mechanism
    }

    @Test("PLAIN: the examples of RFC 4616 §4")
    func plain() throws {
        let tim = PlainMechanism(user: "tim", password: Secret("tanstaaftanstaaf"))
        #expect(try responses(tim) == ["\u{0}tim\u{0}tanstaaftanstaaf"])
        let kurt = PlainMechanism(user: "Kurt", password: Secret("xipj3plmq"), authorizationIdentity: "Ursel")
        #expect(try responses(kurt) == ["Ursel\u{0}Kurt\u{0}xipj3plmq"])
    }

    @Test("LOGIN answers two challenges, whatever they say", arguments: [["Username:", "Password:"], ["", ""]])
    func login(challenges: [String]) throws {
        let mechanism = LoginMechanism(user: "tim", password: Secret("secret"))
        #expect(try responses(mechanism, challenges) == [nil, "tim", "secret"])
    }

    @Test("CRAM-MD5: the example of RFC 2195 §2")
    func cramMD5() throws {
        let mechanism = CRAMMD5Mechanism(user: "tim", password: Secret("tanstaaftanstaaf"))
        let responses = try responses(mechanism, ["<1896.697170952@postoffice.reston.mci.net>"])
        #expect(responses == [nil, "tim b913a602c7eda7a495b4e6e7334d3890"])
    }

    @Test("SCRAM-SHA-1: the example of RFC 5802 §5")
    func scramSHA1() throws {
        let responses = try responses(
            scram(.sha1, nonce: "fyko+d2lbbFgONRv9qkxdawL"),
            [
                "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
                "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
            ]
        )
        #expect(
            responses == [
                "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
                "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                "",
            ]
        )
    }

    @Test("SCRAM-SHA-256: the example of RFC 7677 §3")
    func scramSHA256() throws {
        let responses = try responses(
            scram(.sha256, nonce: "rOprNGfwEbeRWgbNEkqO"),
            [
                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            ]
        )
        #expect(
            responses == [
                "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "",
            ]
        )
    }

    static let serverFirst = "r=abcd,s=QSXCR+Q6sek8bf92,i=4096"

    @Test(
        "A server's first message that is not to be trusted",
        arguments: [
            ("r=abc,s=QSXCR+Q6sek8bf92,i=4096", SASLError.nonceMismatch),
            ("r=xbcd,s=QSXCR+Q6sek8bf92,i=4096", .nonceMismatch),
            ("r=Abcd,s=QSXCR+Q6sek8bf92,i=4096", .nonceMismatch),
            ("r=abcd,s=QSXCR+Q6sek8bf92,i=1", .iterationCount(1, allowed: 4096...4_000_000)),
            ("r=abcd,s=QSXCR+Q6sek8bf92,i=4095", .iterationCount(4095, allowed: 4096...4_000_000)),
            ("r=abcd,s=QSXCR+Q6sek8bf92,i=1000000000", .iterationCount(1_000_000_000, allowed: 4096...4_000_000)),
            ("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", nil),
            ("m=x,r=abcd,s=QSXCR+Q6sek8bf92,i=4096", nil),
            ("r=abcd,r=abcd,s=QSXCR+Q6sek8bf92,i=4096", nil),
            ("r=abcd,s=%%%%,i=4096", nil),
            ("", nil),
        ] as [(String, SASLError?)]
    )
    func malicious(challenge: String, expected: SASLError?) throws {
        var mechanism = scram(.sha1, nonce: "abc")
        _ = try mechanism.initialResponse()
        var thrown: SASLError?
        do throws(SASLError) {
            _ = try mechanism.response(to: Array(challenge.utf8))
        } catch {
            thrown = error
        }
        let error = try #require(thrown)
        if let expected {
            #expect(error == expected)
        } else if case .malformedChallenge = error {
        } else {
            Issue.record("\(error)")
        }
        #expect(throws: SASLError.serverNotVerified) { try mechanism.succeeded() }
    }

    @Test(
        "A server that does not prove that it knows the password",
        arguments: ["v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "v=AA==", "e=invalid-proof"]
    )
    func wrongSignature(final: String) throws {
        var mechanism = scram(.sha1, nonce: "abc")
        _ = try mechanism.initialResponse()
        _ = try mechanism.response(to: Array(Self.serverFirst.utf8))
        // Success now would be without any signature.
        #expect(throws: SASLError.serverNotVerified) {
            var early = mechanism
            try early.succeeded()
        }
        if final.hasPrefix("e=") {
            #expect(try mechanism.response(to: Array(final.utf8)).isEmpty)
            #expect(mechanism.serverError == "invalid-proof")
        } else {
            #expect(throws: SASLError.serverSignatureMismatch) { try mechanism.response(to: Array(final.utf8)) }
        }
        #expect(throws: SASLError.serverNotVerified) { try mechanism.succeeded() }
    }

    @Test("Fewer iterations are taken if the caller says so")
    func loweredIterations() throws {
        var mechanism = scram(.sha256, nonce: "abc", iterations: 1...10)
        _ = try mechanism.initialResponse()
        #expect(try mechanism.response(to: Array("r=abcd,s=QQ==,i=1".utf8)).starts(with: "c=biws,r=abcd,p=".utf8))
    }

    @Test("Nonces are random, long, and have no comma")
    func nonces() throws {
        let nonces = try (0..<50).map { _ -> [UInt8] in
            var mechanism = SCRAMMechanism(.sha1, user: "user", password: Secret("x"))
            return try SCRAMClientFirst(parsing: try #require(try mechanism.initialResponse())).nonce
        }
        #expect(Set(nonces).count == 50)
        #expect(nonces.allSatisfy { $0.count == 32 })
    }

    private func converse(_ client: SCRAMMechanism, _ server: SCRAMServer) throws -> (SCRAMServer.Response, String?) {
        var (client, server) = (client, server)
        var message = try #require(try client.initialResponse())
        for _ in 0..<4 {
            let response = server.receive(message)
            guard case .challenge(let challenge) = response else {
                if response == .accepted { try client.succeeded() }
                return (response, client.serverError)
            }
            message = try client.response(to: challenge)
        }
        throw SASLError.unexpectedChallenge
    }

    static let exporter = ChannelBinding(type: "tls-exporter", octets: Array(0..<32))

    @Test(
        "Both sides agree: names with commas, passwords of all kinds, bound and not",
        arguments: [(SCRAMMechanism.Hash.sha1, SCRAMServer.Hash.sha1), (.sha256, .sha256), (.sha512, .sha512)],
        [SCRAMMechanism.Binding.unsupported, .bound(exporter)]
    )
    func roundTrip(
        hashes: (SCRAMMechanism.Hash, SCRAMServer.Hash),
        binding: SCRAMMechanism.Binding
    ) throws {
        // The password is prepared: a soft hyphen goes, the Roman numeral becomes letters, the blank a space.
        let client = SCRAMMechanism(
            hashes.0,
            binding: binding,
            user: "we=ird,user",
            password: Secret("p\u{AD}ä\u{A0}Ⅸ"),
            authorizationIdentity: "other,one"
        )
        var server = SCRAMServer(hashes.1, user: "we=ird,user", password: "pä IX")
        server.channelBindings = ["tls-exporter": Self.exporter.octets]
        #expect(try converse(client, server) == (.accepted, nil))
    }

    @Test("A wrong password, another channel, an unknown type, and a stripped -PLUS are refused by the server")
    func refusals() throws {
        func client(_ binding: SCRAMMechanism.Binding, password: String = "x") -> SCRAMMechanism {
            SCRAMMechanism(.sha256, binding: binding, user: "user", password: Secret(password))
        }
        var server = SCRAMServer(.sha256, user: "user", password: "x")
        server.channelBindings = ["tls-exporter": [1, 2, 3]]
        let other = ChannelBinding(type: "tls-server-end-point", octets: [4])
        #expect(try converse(client(.unsupported, password: "y"), server) == (.refused, "invalid-proof"))
        #expect(try converse(client(.bound(Self.exporter)), server) == (.refused, "channel-bindings-dont-match"))
        #expect(try converse(client(.bound(other)), server) == (.refused, "unsupported-channel-binding-type"))
        #expect(try converse(client(.notOffered), server) == (.refused, "server-does-support-channel-binding"))
    }

    @Test(
        "Bearer tokens: the error is answered so that the server can refuse (RFC 7628 §3.2.3)",
        arguments: [(BearerMechanism.Form.oauthBearer, [0x01]), (.xoauth2, [])] as [(BearerMechanism.Form, [UInt8])]
    )
    func bearerError(form: BearerMechanism.Form, answer: [UInt8]) throws {
        var mechanism = BearerMechanism(form, user: "a", token: Secret("t"))
        _ = try mechanism.initialResponse()
        #expect(try mechanism.response(to: Array(#"{"status":"invalid_token"}"#.utf8)) == answer)
        #expect(mechanism.serverError == "invalid_token")
        #expect(throws: SASLError.finishedEarly) { try mechanism.succeeded() }
        #expect(throws: SASLError.unexpectedChallenge) { try mechanism.response(to: []) }
    }

    @Test(
        "A server's error that has the token in it is not told",
        arguments: ["ya29.0123456789abcdef", "3456789abcdefghi", "x"]
    )
    func tokenInError(token: String) throws {
        var mechanism = BearerMechanism(.xoauth2, user: "a", token: Secret(token))
        _ = try mechanism.initialResponse()
        _ = try mechanism.response(to: Array(#"{"status":"expired: ya29.0123456789abcdefghi"}"#.utf8))
        #expect(mechanism.serverError == (token == "x" ? "expired: ya29.0123456789abcdefghi" : "(credentials)"))
    }

    @Test(
        "PLAIN, LOGIN and CRAM-MD5 send names and passwords as given; identities are prepared, tokens are not touched"
    )
    func asGiven() throws {
        // SASLprep would make another of each: a soft hyphen, a blank of its own, a Roman numeral.
        let given = "p\u{AD}a\u{A0}\u{2168}"
        let secret = Secret(given)
        #expect(SASLprepTests.prepared(given) == "pa IX")
        func scalars(_ texts: [String?]) -> [[UInt32]?] { texts.map { $0?.unicodeScalars.map(\.value) } }
        let plain = PlainMechanism(user: given, password: secret, authorizationIdentity: given)
        #expect(try scalars(responses(plain)) == scalars(["pa IX\u{0}\(given)\u{0}\(given)"]))
        let login = LoginMechanism(user: given, password: secret)
        #expect(try scalars(responses(login, ["", ""])) == scalars([nil, given, given]))
        // The digest is that of the octets as given.
        let digest = try responses(CRAMMD5Mechanism(user: given, password: secret), ["<1@x>"])[1] ?? ""
        let prepared = try responses(CRAMMD5Mechanism(user: given, password: Secret("pa IX")), ["<1@x>"])[1] ?? ""
        #expect(scalars([String(digest.dropLast(33))]) == scalars([given]))
        #expect(digest.suffix(32) != prepared.suffix(32))
        #expect(try responses(ExternalMechanism(authorizationIdentity: given)) == ["pa IX"])
        var scram = SCRAMMechanism(.sha1, user: given, password: secret, authorizationIdentity: given)
        scram.fixedNonce = Array("n".utf8)
        let first = try scram.initialResponse().map { String(decoding: $0, as: UTF8.self) }
        #expect(scalars([first]) == scalars(["n,a=pa IX,n=pa IX,r=n"]))
        let token = BearerMechanism(.xoauth2, user: given, token: Secret("a~b"))
        #expect(try scalars(responses(token)) == scalars(["user=\(given)\u{1}auth=Bearer a~b\u{1}\u{1}"]))
    }

    @Test("EXTERNAL and ANONYMOUS")
    func identities() throws {
        #expect(try responses(ExternalMechanism()) == [""])
        #expect(try responses(ExternalMechanism(authorizationIdentity: "fred")) == ["fred"])
        #expect(try responses(AnonymousMechanism(trace: "sirhc")) == ["sirhc"])
        #expect(throws: SASLError.self) { try responses(AnonymousMechanism(trace: String(repeating: "x", count: 256))) }
    }

    @Test("Success is not believed before a mechanism is done, and no challenge is answered after it")
    func outOfTurn() {
        let secret = Secret("x")
        let mechanisms: [any SASLMechanism] = [
            PlainMechanism(user: "a", password: secret), LoginMechanism(user: "a", password: secret),
            CRAMMD5Mechanism(user: "a", password: secret), SCRAMMechanism(.sha1, user: "a", password: secret),
            BearerMechanism(.xoauth2, user: "a", token: secret), ExternalMechanism(), AnonymousMechanism(),
        ]
        for mechanism in mechanisms {
            #expect(throws: SASLError.self, "\(mechanism.name)") {
                var mechanism = mechanism
                try mechanism.succeeded()
            }
            #expect(throws: SASLError.self, "\(mechanism.name)") {
                var mechanism = mechanism
                _ = try mechanism.initialResponse()
                for _ in 0..<3 { _ = try mechanism.response(to: Array("x".utf8)) }
            }
        }
    }

    @Test("Credentials that a mechanism cannot carry are told before anything is sent, without telling them")
    func unusable() {
        let mechanisms: [any SASLMechanism] = [
            PlainMechanism(user: "a", password: Secret("hunter\u{0}2")),
            PlainMechanism(user: "", password: Secret("x")),
            LoginMechanism(user: "a", password: Secret("")), CRAMMD5Mechanism(user: "", password: Secret("x")),
            SCRAMMechanism(.sha1, user: "a", password: Secret("hunter\u{7}")),
            SCRAMMechanism(.sha1, user: "a", password: Secret("hunter🔑")),
            SCRAMMechanism(.sha1, user: "a", password: Secret([0xFF, 0xFE])),
            SCRAMMechanism(.sha1, user: "\u{AD}", password: Secret("x")),
            SCRAMMechanism(.sha1, user: "a", password: Secret("")),
            BearerMechanism(.oauthBearer, user: "a", token: Secret("hunter\n")),
            ExternalMechanism(authorizationIdentity: "a\u{7}"),
            PlainMechanism(user: "a", password: Secret("x"), authorizationIdentity: "\u{627}1"),
        ]
        for mechanism in mechanisms {
            var mechanism = mechanism
            do throws(SASLError) {
                _ = try mechanism.initialResponse()
                Issue.record("\(mechanism.name)")
            } catch {
                guard case .unusableCredentials(let reason) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(!reason.contains("hunter"))
            }
        }
    }
}
