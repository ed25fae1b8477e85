internal import SMTPCrypto
public import SMTPWire

/// CRAM-MD5: a keyed digest of the server's challenge (RFC 2195).
///
/// The password is not sent, but whoever sees the exchange can try passwords against it, and the server proves nothing.
public struct CRAMMD5Mechanism: SASLMechanism {
    private let user: String
    private let password: Secret
    private var isAnswered = false

    /// Creates the mechanism.
    ///
    /// - Parameters:
    ///   - user: Who authenticates, sent as given.
    ///   - password: The password, used as given.
    public init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    /// `CRAM-MD5`.
    public var name: AuthenticationMechanism { .cramMD5 }

    /// `false`.
    public var mayTakeLong: Bool { false }

    /// The server speaks first.
    public mutating func initialResponse() throws(SASLError) -> [UInt8]? {
        guard !user.isEmpty, !password.isEmpty else { throw .unusableCredentials("user or password is empty") }
        guard HashFunction.md5.isAvailable else { throw .unavailable("the cryptographic library has no MD5") }
        return nil
    }

    /// Returns the user's name and the digest, in hexadecimal.
    public mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
        guard !isAnswered, !challenge.isEmpty else { throw .unexpectedChallenge }
        isAnswered = true
        var key = password.octets
        defer { Crypto.wipe(&key) }
        do throws(CryptoError) {
            let digest = try Crypto.hmac(.md5, key: key, challenge)
            let digits = digest.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }.joined()
            return Array("\(user) \(digits)".utf8)
        } catch {
            throw .unavailable(error.description)
        }
    }

    /// Believes the server once the challenge was answered.
    public mutating func succeeded() throws(SASLError) {
        guard isAnswered else { throw .finishedEarly }
    }
}
