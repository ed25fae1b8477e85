public import SMTPWire

/// A way to prove to a server who one is (RFC 4422), as a machine without input or output: challenges go in, responses
/// come out.
///
/// Adopt it to add a mechanism of your own, and pass that to ``Credentials/mechanisms(_:)``. One value serves one
/// exchange; it is copied before its first use, so that the original stays fresh.
public protocol SASLMechanism: Sendable {
    /// The name by which servers offer it.
    var name: AuthenticationMechanism { get }

    /// Whether what it sends must not be seen by others: it goes over an encrypted and verified channel alone then, unless
    /// the options allow otherwise.
    ///
    /// Default `true`.
    var needsSecureChannel: Bool { get }

    /// Whether a step may compute or block for long: it is taken off the event loop then.
    ///
    /// Default `true`.
    var mayTakeLong: Bool { get }

    /// Begins the exchange.
    ///
    /// - Returns: What is sent with the command, or in answer to an empty challenge if it is too long for that; `nil` if
    ///   the server speaks first.
    /// - Throws: ``SASLError``. Nothing has been sent then, and another mechanism may be tried.
    mutating func initialResponse() throws(SASLError) -> [UInt8]?

    /// Answers a challenge.
    ///
    /// - Parameter challenge: The server's octets, whatever they are.
    /// - Returns: The response.
    /// - Throws: ``SASLError``; the exchange is cancelled then.
    mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8]

    /// Takes note that the server reports success.
    ///
    /// - Throws: ``SASLError/serverNotVerified`` or another if success cannot be believed now; the connection is closed
    ///   then.
    mutating func succeeded() throws(SASLError)

    /// What the server has said within the exchange about why it refuses, safe to log.
    ///
    /// Default `nil`.
    var serverError: String? { get }
}

extension SASLMechanism {
    /// `true`.
    public var needsSecureChannel: Bool { true }

    /// `true`.
    public var mayTakeLong: Bool { true }

    /// `nil`.
    public var serverError: String? { nil }
}

/// Why an exchange cannot go on.
///
/// The description is one line that is safe to log: it says nothing of any credential.
@nonexhaustive
public enum SASLError: Error, Hashable, Sendable {
    /// The mechanism cannot carry the credentials, for this reason.
    case unusableCredentials(String)
    /// The mechanism cannot be computed here, for this reason.
    case unavailable(String)
    /// The server's challenge is no base64 (RFC 4954 §4).
    case challengeNotBase64
    /// The server's challenge is none of this mechanism.
    case malformedChallenge(WireError)
    /// The server sends a challenge where none is due.
    case unexpectedChallenge
    /// The server's nonce does not begin with ours: somebody replays an old exchange.
    case nonceMismatch
    /// The server asks for a number of iterations that is not allowed.
    case iterationCount(Int, allowed: ClosedRange<Int>)
    /// The server's signature is wrong: it does not know the password.
    case serverSignatureMismatch
    /// The server reports success without having proven that it knows the password.
    case serverNotVerified
    /// The server reports success before the exchange is over.
    case finishedEarly
    /// Something else, in a mechanism that is not of this library; the text must be safe to log.
    case other(String)
}

extension SASLError: CustomStringConvertible {
    /// One line, safe to log.
    public var description: String {
        switch self {
        case .unusableCredentials(let reason): "the credentials cannot be used: \(reason)"
        case .unavailable(let reason): reason
        case .challengeNotBase64: "the server's challenge is not base64"
        case .malformedChallenge(let error): "the server's challenge is malformed: \(error)"
        case .unexpectedChallenge: "the server sends a challenge where none is due"
        case .nonceMismatch: "the server's nonce does not begin with ours"
        case .iterationCount(let count, let allowed):
            "the server asks for \(count) iterations; \(allowed.lowerBound) to \(allowed.upperBound) are allowed"
        case .serverSignatureMismatch: "the server's signature is wrong: it does not know the password"
        case .serverNotVerified: "the server reports success without having proven that it knows the password"
        case .finishedEarly: "the server reports success before the exchange is over"
        case .other(let reason): DisplayText.escape(reason)
        }
    }
}

extension SASLError {
    /// The mechanism does not fit the caller's credentials or library; the server is not to blame.
    var isOurs: Bool {
        switch self {
        case .unusableCredentials, .unavailable: true
        default: false
        }
    }

    /// Turns what `build` says of the credentials into an error that says it to the caller.
    static func usable<Value>(_ build: () throws(WireError) -> Value) throws(SASLError) -> Value {
        do throws(WireError) {
            return try build()
        } catch {
            throw .unusableCredentials(error.description)
        }
    }

    /// Turns what `parse` says of a challenge into an error that blames the server.
    static func challenge<Value>(_ parse: () throws(WireError) -> Value) throws(SASLError) -> Value {
        do throws(WireError) {
            return try parse()
        } catch {
            throw .malformedChallenge(error)
        }
    }

    /// A name prepared by SASLprep, which must leave something of it.
    static func prepared(
        _ text: String,
        _ subject: String,
        as purpose: SASLprep.Purpose
    ) throws(SASLError) -> String {
        let result: String
        do throws(SASLprep.Failure) {
            result = try SASLprep.prepare(text, as: purpose)
        } catch {
            throw .unusableCredentials("\(subject) cannot be sent: \(error.rawValue)")
        }
        guard !result.isEmpty else { throw .unusableCredentials("\(subject) is empty") }
        return result
    }
}

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
