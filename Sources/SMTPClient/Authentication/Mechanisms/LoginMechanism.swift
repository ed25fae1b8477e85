public import SMTPWire

/// LOGIN: user and password as they are, each in answer to a challenge whose text differs from server to server.
///
/// It has no RFC; draft-murchison-sasl-login describes it.
public struct LoginMechanism: SASLMechanism {
    private let user: String
    private let password: Secret
    private var answered = 0

    /// Creates the mechanism.
    ///
    /// - Parameters:
    ///   - user: Who authenticates, sent as given.
    ///   - password: The password, sent as given.
    public init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    /// `LOGIN`.
    public var name: AuthenticationMechanism { .login }

    /// `false`.
    public var mayTakeLong: Bool { false }

    /// The server speaks first.
    public mutating func initialResponse() throws(SASLError) -> [UInt8]? {
        guard !user.isEmpty, !password.isEmpty else { throw .unusableCredentials("user or password is empty") }
        return nil
    }

    /// Returns the user's name, then the password.
    public mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
        answered += 1
        switch answered {
        case 1: return Array(user.utf8)
        case 2: return password.octets
        default: throw .unexpectedChallenge
        }
    }

    /// Believes the server once both were sent.
    public mutating func succeeded() throws(SASLError) {
        guard answered == 2 else { throw .finishedEarly }
    }
}
