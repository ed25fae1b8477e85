import Testing

@testable import SMTPClient

@Suite("Secret")
struct SecretTests {
    @Test("A secret is printed nowhere, nor is what holds one")
    func redaction() {
        let secret = Secret(canary)
        let values: [Any] = [
            secret, [secret], ["key": secret], Optional(secret) as Any, BearerToken(secret),
            Credentials.password(user: "tim", secret), Credentials.bearer(user: "tim", token: secret),
            Credentials.bearer(user: "tim", tokens: BearerTokenSource { _ in BearerToken(secret) }),
            Credentials.mechanisms([PlainMechanism(user: "tim", password: secret)]),
            PlainMechanism(user: "tim", password: secret), LoginMechanism(user: "tim", password: secret),
            CRAMMD5Mechanism(user: "tim", password: secret), SCRAMMechanism(.sha1, user: "tim", password: secret),
            BearerMechanism(.xoauth2, user: "tim", token: secret),
            MechanismChoice.Material.password(user: "tim", secret, authorizationIdentity: nil),
        ]
        for value in values { expectNoCanary(in: texts(of: value)) }
        #expect("\(secret)" == "(secret)")
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test("The search for a canary finds one at every alignment")
    func search() {
        for prefix in ["", "x", "xy", "xyz", "\u{0}user\u{0}"] {
            for suffix in ["", "a", "ab"] {
                let encoded = base64(prefix + canary + suffix)
                #expect(canaryForms.contains { encoded.contains($0) })
            }
        }
    }

    @Test("The octets are those given")
    func octets() {
        let secret = Secret("pä ss")
        #expect(secret.octets == Array("pä ss".utf8))
        #expect(secret.withBytes { $0.byteCount } == 6)
        #expect(!secret.isEmpty)
        #expect(Secret("").isEmpty)
        #expect(Secret("").octets.isEmpty)
        #expect(secret.hasSameOctets(as: Secret(Array("pä ss".utf8))))
        #expect(!secret.hasSameOctets(as: Secret("pa ss")))
    }
}
