public import SMTPTransport

/// A SASL mechanism in the server's role, as a ``MailSink`` knows it (RFC 4954).
public struct SinkMechanism: Sendable {
    /// The mechanism's name in upper case.
    public let name: String

    let begin: @Sendable (TLSInfo?) -> any SinkExchange

    /// Creates a mechanism.
    ///
    /// - Parameters:
    ///   - name: Its name; the case does not matter.
    ///   - begin: Returns the exchange of a new AUTH.
    public init(_ name: String, begin: @escaping @Sendable () -> any SinkExchange) {
        self.init(name) { _ in begin() }
    }

    /// Creates a mechanism that hangs on the connection, as EXTERNAL and the -PLUS forms of SCRAM do.
    ///
    /// - Parameters:
    ///   - name: Its name; the case does not matter.
    ///   - begin: Returns the exchange of a new AUTH, given what is known of TLS; `nil` in clear.
    public init(_ name: String, beginOver begin: @escaping @Sendable (_ tls: TLSInfo?) -> any SinkExchange) {
        self.name = name.uppercased()
        self.begin = begin
    }

    /// A mechanism that sends fixed challenges and does not look at the answers.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - challenges: What is asked, in order, after an initial response or instead of one.
    ///   - outcome: How it ends.
    /// - Returns: The mechanism.
    public static func scripted(
        _ name: String,
        challenges: [[UInt8]] = [],
        outcome: SinkExchangeStep = .succeed(user: nil)
    ) -> SinkMechanism {
        SinkMechanism(name) { ScriptedExchange(challenges: challenges[...], outcome: outcome) }
    }

    /// PLAIN (RFC 4616); `accepts` says whether a user with a password may come in.
    public static func plain(
        accepts: @escaping @Sendable (_ user: String, _ password: String) -> Bool
    ) -> SinkMechanism {
        SinkMechanism("PLAIN") { PlainExchange(accepts: accepts) }
    }

    /// LOGIN, which asks for user and password one after the other; `accepts` as in ``plain(accepts:)``.
    public static func login(
        accepts: @escaping @Sendable (_ user: String, _ password: String) -> Bool
    ) -> SinkMechanism {
        SinkMechanism("LOGIN") { LoginExchange(accepts: accepts) }
    }
}

/// One authentication under way, as the server sees it.
public protocol SinkExchange: Sendable {
    /// Takes what the client said, and decides what comes next.
    ///
    /// - Parameter response: The octets behind base64: the initial response, `nil` if AUTH had none, then the answer to
    ///   each challenge.
    /// - Returns: What comes next.
    mutating func responseReceived(_ response: [UInt8]?) -> SinkExchangeStep
}

/// What the server does next in an authentication.
@nonexhaustive
public enum SinkExchangeStep: Hashable, Sendable {
    /// Asks with 334 and these octets, base64 not yet applied.
    case challenge([UInt8])
    /// Lets the client in with 235.
    case succeed(user: String?)
    /// Keeps it out with 535.
    case fail
}

private struct ScriptedExchange: SinkExchange {
    var challenges: ArraySlice<[UInt8]>
    let outcome: SinkExchangeStep

    mutating func responseReceived(_ response: [UInt8]?) -> SinkExchangeStep {
        challenges.popFirst().map { .challenge($0) } ?? outcome
    }
}

private struct PlainExchange: SinkExchange {
    let accepts: @Sendable (String, String) -> Bool

    mutating func responseReceived(_ response: [UInt8]?) -> SinkExchangeStep {
        guard let response else { return .challenge([]) }
        let fields = response.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard fields.count == 3, accepts(fields[1], fields[2]) else { return .fail }
        return .succeed(user: fields[1])
    }
}

private struct LoginExchange: SinkExchange {
    let accepts: @Sendable (String, String) -> Bool
    private var user: String?

    init(accepts: @escaping @Sendable (String, String) -> Bool) {
        self.accepts = accepts
    }

    mutating func responseReceived(_ response: [UInt8]?) -> SinkExchangeStep {
        guard let response else { return .challenge(Array("Username:".utf8)) }
        let text = String(decoding: response, as: UTF8.self)
        guard let user else {
            user = text
            return .challenge(Array("Password:".utf8))
        }
        return accepts(user, text) ? .succeed(user: user) : .fail
    }
}
