public import SMTPWire

/// What an authentication may do.
public struct AuthenticationOptions: Sendable {
    /// The iterations of SCRAM that a server may ask for by default: what RFC 7677 §4 has as the least, and a few million,
    /// which take seconds.
    public static let defaultSCRAMIterations = 4096...4_000_000

    /// The mechanisms to try, in this order; the -PLUS forms of SCRAM have names of their own.
    ///
    /// Default `nil`: all that fit the credentials, the strongest first.
    public var mechanisms: [AuthenticationMechanism]?

    /// The iterations of SCRAM that a server may ask for.
    ///
    /// Default ``defaultSCRAMIterations``. A lower bound below 4096 makes passwords easy to guess for whoever takes the
    /// server's place.
    public var scramIterations = AuthenticationOptions.defaultSCRAMIterations

    /// Sends credentials over a channel that anybody between can read.
    ///
    /// Default `false`. Insecure: whoever is between has the password or the token, or can find the password out.
    public var insecureAllowsCredentialsInClear = false

    /// Sends credentials over an encrypted channel to a server that has not proven who it is.
    ///
    /// Default `false`. Insecure: whoever answers in the server's place has the password or the token.
    public var insecureAllowsCredentialsToUnverifiedServer = false

    /// Creates the defaults.
    public init() {}
}
