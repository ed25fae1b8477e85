public import SMTPWire

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
