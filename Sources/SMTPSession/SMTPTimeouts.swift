/// How long each wait for the server may take, by default as long as RFC 5321 §4.5.3.2 says a client must wait at least.
///
/// A limit covers a reply whole, however slowly it drips. It begins when the last octet of the command was handed over
/// and the reply is the next to come, so that replies to commands sent together do not use up each other's time. Where
/// several replies answer one command, as in LMTP and PRDR, each has the whole time.
///
/// Shorter limits are for who knows the server: one that is given up early may have done what it was asked for.
/// Connecting has a limit of its own, `TCPOptions/connectTimeout`.
public struct SMTPTimeouts: Hashable, Sendable {
    /// The greeting.
    ///
    /// Default 5 minutes, the least RFC 5321 §4.5.3.2.1 allows.
    public var greeting: Duration = .seconds(300)

    /// The TLS handshake.
    ///
    /// Default 2 minutes; no RFC says.
    public var tlsHandshake: Duration = .seconds(120)

    /// EHLO, HELO and LHLO.
    ///
    /// Default 5 minutes; no RFC says.
    public var hello: Duration = .seconds(300)

    /// AUTH, and each answer to a challenge.
    ///
    /// Default 5 minutes; no RFC says, and servers delay failures on purpose.
    public var authentication: Duration = .seconds(300)

    /// MAIL, SEND, SOML and SAML.
    ///
    /// Default 5 minutes, the least RFC 5321 §4.5.3.2.2 allows.
    public var mail: Duration = .seconds(300)

    /// RCPT.
    ///
    /// Default 5 minutes, the least RFC 5321 §4.5.3.2.3 allows.
    public var recipient: Duration = .seconds(300)

    /// The reply to DATA.
    ///
    /// Default 2 minutes, the least RFC 5321 §4.5.3.2.4 allows.
    public var dataInitiation: Duration = .seconds(120)

    /// Each stall while writing: so long may the server take less than a block of 64 KiB, or than what is left.
    ///
    /// Over a socket what its system has taken counts; over transports of others, and in memory, what the transport has. It is
    /// looked at when the time is over, so that a server that stops is given up after twice the time at most.
    ///
    /// Default 3 minutes, the least RFC 5321 §4.5.3.2.5 allows. See also ``ChannelOptions/leastDataRate``.
    public var write: Duration = .seconds(180)

    /// Each reply to the content, or to a chunk.
    ///
    /// Default 10 minutes, the least RFC 5321 §4.5.3.2.6 allows: a server that is given up early may have accepted the
    /// message all the same, and it would be sent twice.
    public var dataTermination: Duration = .seconds(600)

    /// RSET.
    ///
    /// Default 5 minutes; no RFC says, and behind a message the server may still be busy with that.
    public var reset: Duration = .seconds(300)

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
        authentication = duration
        mail = duration
        recipient = duration
        dataInitiation = duration
        write = duration
        dataTermination = duration
        reset = duration
        quit = duration
        other = duration
    }

    /// The shortest of them.
    var shortest: Duration {
        let limits = [
            greeting, tlsHandshake, hello, authentication, mail, recipient, dataInitiation, write, dataTermination,
            reset, quit, other,
        ]
        return limits.reduce(other, min)
    }
}
