public import SMTPSession
public import SMTPTransport
public import SMTPWire

/// How a connection is opened and used.
public struct SMTPConfiguration: Sendable {
    /// How the bytes are protected on the way.
    public var security: ConnectionSecurity

    /// What to authenticate with before mail is sent.
    ///
    /// Default `nil`: the server is not asked to believe anything. Credentials go only over a connection that is encrypted
    /// and verified, unless ``authentication`` or a TLS configuration with `insecureSkipVerification` says otherwise.
    public var credentials: Credentials?

    /// What an authentication may do.
    public var authentication = AuthenticationOptions()

    /// The name to say hello with.
    ///
    /// Default `nil`: the connection's own address as a literal (RFC 5321 §4.1.4).
    public var helloName: HelloName?

    /// Whether the server is an LMTP server, greeted with LHLO and nothing else (RFC 2033).
    ///
    /// Default `false`. It answers the content once for each recipient it accepted. Never on port 25 (§5).
    public var isLMTP = false

    /// How a socket is opened.
    public var tcp = TCPOptions()

    /// Times, limits and the transcript.
    public var channel = ChannelOptions()

    /// Whether the commands of an envelope go in one segment where the server offers PIPELINING.
    ///
    /// Default `true`.
    public var isPipeliningAllowed = true

    /// Whether content goes in chunks, by BDAT, where the server offers CHUNKING (RFC 3030).
    ///
    /// Default ``ChunkingPolicy/streams``.
    public var chunking: ChunkingPolicy = .streams

    /// What is not used with servers that offer more than they cope with.
    ///
    /// Default ``ServerWorkaround/known``.
    public var workarounds = ServerWorkaround.known

    /// What happens to content that RFC 5321 has no place for.
    public var contentPolicy = ContentPolicy()

    /// Whether the server is asked to answer the content for each recipient, where it offers PRDR and there are two
    /// recipients or more (draft-hall-prdr).
    ///
    /// Default `true`: one recipient's filter then does not decide for the others.
    public var usesPRDR = true

    /// Whether parameters that a message can do without are left out where the server does not offer their extension.
    ///
    /// Default `false`: what is asked for and not offered is an error before MAIL. With `true` the parameters of DSN, AUTH,
    /// MT-PRIORITY, SOLICIT, PRDR, and BY with `DeliverBy/Mode/notifies` go to servers that offer them, and
    /// ``DeliveryPlan/dropped`` says which do not; a relay that drops those of DSN owes the sender a report (RFC 3461
    /// §5.2.2).
    public var dropsOptionalParameters = false

    /// Where the name of the host came from, on which REQUIRETLS hangs.
    ///
    /// Default ``HostOrigin/configuration``.
    public var hostOrigin: HostOrigin = .configuration

    /// Who is told what the connection does, for logs, metrics and traces.
    ///
    /// Default none, at no cost.
    public var observers: [any SMTPObserver] = []

    /// Creates a configuration with the defaults.
    public init(security: ConnectionSecurity) {
        self.security = security
    }
}

/// Where the name of a host came from: a certificate proves that a server has a name, and not that it is the right one.
@nonexhaustive
public enum HostOrigin: Hashable, Sendable {
    /// The caller or its configuration knows it, as that of a submission server or a smarthost.
    case configuration
    /// An MX record that DNSSEC (RFC 4035) or a policy of MTA-STS (RFC 8461) vouches for.
    case validatedMX
    /// An MX record alone: whoever can forge DNS has chosen the host, so REQUIRETLS cannot be asked of it (RFC 8689
    /// §4.2.1).
    case unvalidatedMX
}

/// When content goes in chunks where the server offers CHUNKING (RFC 3030).
@nonexhaustive
public enum ChunkingPolicy: Hashable, Sendable {
    /// Never, except for content that can go no other way.
    case never

    /// For many messages that follow each other, where it saves the wait for each. A single message goes by DATA, which
    /// hands nothing over before its recipients are known: if the connection breaks, less is uncertain.
    case streams

    /// Always.
    case always
}

/// How the bytes are protected on the way.
@nonexhaustive
public enum ConnectionSecurity: Sendable {
    /// By TLS from the first byte, as on port 465 (RFC 8314 §3.3).
    case implicitTLS(TLSConfiguration)

    /// By STARTTLS, without which nothing but EHLO and QUIT is sent (RFC 3207).
    case startTLS(TLSConfiguration)

    /// By STARTTLS where the server offers it and agrees, otherwise not at all (opportunistic security, RFC 7435).
    ///
    /// The certificate is verified and the result recorded, but a failure does not stop the mail: whoever is between can
    /// read and change it if he tries. A handshake that fails closes the connection; nothing follows in clear.
    case insecureStartTLSIfOffered(TLSConfiguration)

    /// Not at all: whoever is between can read and change the mail.
    case insecurePlain

    /// By TLS from the first byte, the server verified against the system's trusted certificates.
    public static var implicitTLS: ConnectionSecurity { .implicitTLS(TLSConfiguration()) }

    /// By STARTTLS, the server verified against the system's trusted certificates.
    public static var startTLS: ConnectionSecurity { .startTLS(TLSConfiguration()) }

    /// By STARTTLS if that is offered; the result of verification is recorded.
    public static var insecureStartTLSIfOffered: ConnectionSecurity { .insecureStartTLSIfOffered(TLSConfiguration()) }
}
