/// How long each wait for the server may take, by default as RFC 5321 §4.5.3.2 says a client must at least wait.
///
/// A limit covers a reply whole, however slowly it drips. It begins when the last octet of the command was handed over
/// and the reply is the next to come, so that replies to commands sent together do not use up each other's time.
public struct SMTPTimeouts: Hashable, Sendable {
    /// The greeting.
    ///
    /// Default 5 minutes.
    public var greeting: Duration = .seconds(300)

    /// The TLS handshake.
    ///
    /// Default 2 minutes.
    public var tlsHandshake: Duration = .seconds(120)

    /// EHLO, HELO and LHLO.
    ///
    /// Default 5 minutes.
    public var hello: Duration = .seconds(300)

    /// MAIL, SEND, SOML and SAML.
    ///
    /// Default 5 minutes.
    public var mail: Duration = .seconds(300)

    /// RCPT.
    ///
    /// Default 5 minutes.
    public var recipient: Duration = .seconds(300)

    /// The reply to DATA.
    ///
    /// Default 2 minutes.
    public var dataInitiation: Duration = .seconds(120)

    /// Each stall while writing, when the server takes nothing.
    ///
    /// Default 3 minutes.
    public var write: Duration = .seconds(180)

    /// Each reply to the content, or to a chunk.
    ///
    /// Default 10 minutes: a server that is given up early may have accepted the message all the same, and it would be
    /// sent twice.
    public var dataTermination: Duration = .seconds(600)

    /// QUIT.
    ///
    /// Default 10 seconds: nothing hangs on its reply.
    public var quit: Duration = .seconds(10)

    /// Every other command.
    ///
    /// Default 5 minutes.
    public var other: Duration = .seconds(300)

    /// Creates the defaults.
    public init() {}

    /// Creates limits that are all the same.
    public init(all duration: Duration) {
        greeting = duration
        tlsHandshake = duration
        hello = duration
        mail = duration
        recipient = duration
        dataInitiation = duration
        write = duration
        dataTermination = duration
        quit = duration
        other = duration
    }
}
