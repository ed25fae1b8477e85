internal import SMTPSession
public import SMTPTransport
public import SMTPWire

/// Why something could not be done, who is to blame, and what to do about it.
///
/// The description is one line, in the server's own words where there are any, and safe to log.
public struct SMTPError: Error, Sendable {
    /// What kind of failure it is.
    @nonexhaustive
    public enum Kind: Hashable, Sendable {
        /// An address or a name that cannot be one; nothing was sent.
        case invalidAddress
        /// An argument, or the state of the connection, that does not allow the call; nothing was sent.
        case usage
        /// The content cannot be sent as it is, or not to all; to recipients without an outcome of their own nothing was sent.
        case content
        /// A file of the caller's cannot be read.
        case noInput
        /// The host does not exist.
        case hostNotFound
        /// No connection came about.
        case connect
        /// Time ran out.
        case timeout
        /// The connection ended.
        case closed
        /// The server said no; see ``SMTPError/reply``.
        case refused
        /// The server does not offer what is needed.
        case notOffered
        /// TLS failed: a certificate, a name, a key, a version, a cipher or an alert.
        case tls
        /// The connection is not protected as it must be; nothing was sent.
        case insecure
        /// The server takes no more in this session; a new connection may send the rest.
        case sessionLimit
        /// The server broke the protocol.
        case protocolViolation
        /// No mechanism that the server offers fits the credentials; see ``SMTPError/authentication``.
        case mechanismNotOffered
        /// The server does not take the credentials: for now by a 4yz reply, for good by a 5yz one.
        case credentialsRejected
        /// The caller's closure did not provide the credentials.
        case credentialsNotProvided
        /// The server has not kept to the mechanism, or has not proven that it knows the password.
        case serverMisbehaved
        /// TLS is needed first: for the credentials' sake, or because the server says so (538, and 530 in clear).
        case tlsRequired
        /// The server wants an authentication first (530 under TLS).
        case authenticationRequired
        /// The system failed to read or write.
        case inputOutput
        /// The task was cancelled.
        case cancelled
    }

    /// Who caused it.
    @nonexhaustive
    public enum Initiator: Hashable, Sendable {
        /// The program that called.
        case caller
        /// The server, by what it said.
        case server
        /// The network, or the machine.
        case network
    }

    /// Whether the message may be sent again.
    @nonexhaustive
    public enum Advice: Hashable, Sendable {
        /// Nothing is to be done: the server has it.
        case done
        /// At once, here on a new connection or elsewhere: the server does not have it.
        case sendAgainNow
        /// After a while: the server does not have it and may take it then.
        case sendAgainLater
        /// Not as it is: the same will happen again.
        case never
        /// The server may have it: sent again it may arrive twice.
        case unsafe
    }

    /// What kind of failure it is.
    public internal(set) var kind: Kind

    /// Who caused it.
    public internal(set) var initiator: Initiator

    /// What was being done: the verb of the command, or `nil` outside any.
    public internal(set) var verb: String?

    /// The server's words, if it is they that say no.
    public internal(set) var reply: SMTPReply?

    /// Whether the message may be sent again.
    public internal(set) var advice: Advice

    /// The failure of the layer below, if it was one.
    public internal(set) var underlying: (any Error)?

    /// What became of the message, if one was being sent.
    public internal(set) var report: DeliveryReport?

    /// The address that answered, if a connection to it could not be opened; that of an open one its channel knows.
    public var remoteAddress: String? { opening?.remoteAddress }

    /// What is known of TLS, if it was set up on a connection that could not be opened; of an open one its channel knows.
    public var tls: TLSInfo? { opening?.tls }

    /// What was tried, if an authentication failed.
    public internal(set) var authentication: AuthenticationFailure?

    /// What happened and where, on one line, in the server's own words where there are any; safe to log.
    public let message: String

    /// What was learned of a server that no connection was opened to.
    var opening: Opening?

    /// Apart from the error, which each message on its way has room for several of.
    final class Opening: Sendable {
        let remoteAddress: String?
        let tls: TLSInfo?

        init(_ state: ChannelState) {
            remoteAddress = state.remoteAddress
            tls = state.tls
        }
    }

    /// What to try, where it is more special than what the kind says.
    var hint: String?

    init(
        _ kind: Kind,
        by initiator: Initiator,
        _ message: String,
        advice: Advice,
        verb: String? = nil,
        reply: SMTPReply? = nil,
        underlying: (any Error)? = nil,
        hint: String? = nil
    ) {
        self.kind = kind
        self.initiator = initiator
        self.message = message
        self.advice = advice
        self.verb = verb
        self.reply = reply
        self.underlying = underlying
        self.hint = hint
    }
}

extension SMTPError: CustomStringConvertible {
    /// One line that says what happened, where, and what to try; safe to log.
    public var description: String { "\(message); \(suggestion)" }
}
