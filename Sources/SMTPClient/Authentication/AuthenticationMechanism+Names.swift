public import SMTPWire

extension AuthenticationMechanism {
    /// A name that is known to be one.
    static func known(_ name: StaticString) -> AuthenticationMechanism {
        do throws(WireError) {
            return try AuthenticationMechanism("\(name)")
        } catch {
            preconditionFailure("\(name) is no name of a mechanism")
        }
    }

    /// PLAIN (RFC 4616).
    public static let plain = known("PLAIN")
    /// LOGIN, which has no RFC.
    public static let login = known("LOGIN")
    /// CRAM-MD5 (RFC 2195).
    public static let cramMD5 = known("CRAM-MD5")
    /// SCRAM-SHA-1 (RFC 5802).
    public static let scramSHA1 = known("SCRAM-SHA-1")
    /// SCRAM-SHA-1 with channel binding (RFC 5802).
    public static let scramSHA1Plus = known("SCRAM-SHA-1-PLUS")
    /// SCRAM-SHA-256 (RFC 7677).
    public static let scramSHA256 = known("SCRAM-SHA-256")
    /// SCRAM-SHA-256 with channel binding (RFC 7677).
    public static let scramSHA256Plus = known("SCRAM-SHA-256-PLUS")
    /// SCRAM-SHA-512 (draft-melnikov-scram-sha-512).
    public static let scramSHA512 = known("SCRAM-SHA-512")
    /// SCRAM-SHA-512 with channel binding (draft-melnikov-scram-sha-512).
    public static let scramSHA512Plus = known("SCRAM-SHA-512-PLUS")
    /// OAUTHBEARER (RFC 7628).
    public static let oauthBearer = known("OAUTHBEARER")
    /// XOAUTH2, the forerunner of OAUTHBEARER.
    public static let xoauth2 = known("XOAUTH2")
    /// EXTERNAL (RFC 4422 appendix A).
    public static let external = known("EXTERNAL")
    /// ANONYMOUS (RFC 4505).
    public static let anonymous = known("ANONYMOUS")
}
