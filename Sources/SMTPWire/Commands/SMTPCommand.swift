/// A command, which encodes to one line (RFC 5321 §4.1.1 and the extensions named).
@nonexhaustive
public enum SMTPCommand: Hashable, Sendable {
    /// EHLO: hello, and what do you offer.
    case ehlo(HelloName)
    /// HELO: hello.
    case helo(HelloName)
    /// LHLO: hello, in LMTP (RFC 2033 §4.1).
    case lhlo(HelloName)
    /// MAIL: begins a transaction.
    case mail(ReversePath, [MailParameter])
    /// RCPT: names a recipient.
    case recipient(ForwardPath, [RecipientParameter])
    /// DATA: announces the content.
    case data
    /// BDAT: announces a chunk of the content, which follows the line at once (RFC 3030 §2); a negative size is sent as 0.
    case bdat(size: Int, last: Bool)
    /// BURL: names content that the server fetches itself (RFC 4468).
    case burl(ContentURL, last: Bool)
    /// RSET: gives the transaction up.
    case reset
    /// SEND: like MAIL, to a terminal (RFC 821 §3.4).
    case send(ReversePath)
    /// SOML: like MAIL, to a terminal or a mailbox (RFC 821 §3.4).
    case soml(ReversePath)
    /// SAML: like MAIL, to a terminal and a mailbox (RFC 821 §3.4).
    case saml(ReversePath)
    /// VRFY: asks about a mailbox.
    case verify(CommandArgument)
    /// EXPN: asks for the members of a list.
    case expand(CommandArgument)
    /// HELP: asks for help.
    case help(CommandArgument?)
    /// NOOP: asks for a reply.
    case noop(CommandArgument?)
    /// QUIT: ends the session.
    case quit
    /// TURN: asks to change roles (RFC 821 §3.8).
    case turn
    /// ETRN: asks the server to start its queue for a node (RFC 1985 §5).
    case etrn(CommandArgument)
    /// ATRN: asks to change roles for domains (RFC 2645 §5.2.1).
    case atrn([Domain])
    /// XCLIENT: says whom a proxy speaks for, and begins the session anew (Postfix).
    case xclient(ClientAttributes)
    /// XFORWARD: says whom a proxy speaks for, for the log alone (Postfix).
    case xforward(ClientAttributes)
    /// STARTTLS: asks for TLS (RFC 3207 §4).
    case startTLS
    /// AUTH: begins an authentication (RFC 4954 §4); an empty initial response is sent as `=`.
    case auth(mechanism: AuthenticationMechanism, initialResponse: [UInt8]?)
    /// A line in base64 that answers a 334 (RFC 4954 §4).
    case authResponse([UInt8])
    /// `*`, which gives an authentication up (RFC 4954 §4).
    case authCancel
    /// Any verb, with an argument as it is.
    case raw(verb: CommandVerb, argument: CommandArgument?)
}

extension SMTPCommand {
    /// The verb; for the lines of an authentication, which have none, `AUTH`.
    public var verb: String {
        switch self {
        case .ehlo: "EHLO"
        case .helo: "HELO"
        case .lhlo: "LHLO"
        case .mail: "MAIL"
        case .recipient: "RCPT"
        case .data: "DATA"
        case .bdat: "BDAT"
        case .burl: "BURL"
        case .reset: "RSET"
        case .send: "SEND"
        case .soml: "SOML"
        case .saml: "SAML"
        case .verify: "VRFY"
        case .expand: "EXPN"
        case .help: "HELP"
        case .noop: "NOOP"
        case .quit: "QUIT"
        case .turn: "TURN"
        case .etrn: "ETRN"
        case .atrn: "ATRN"
        case .xclient: "XCLIENT"
        case .xforward: "XFORWARD"
        case .startTLS: "STARTTLS"
        case .auth, .authResponse, .authCancel: "AUTH"
        case .raw(let verb, _): verb.text
        }
    }

    /// Whether other commands may follow in the same group; all else must be its last (RFC 2920 §3.1, RFC 3030 §4.2).
    public var mayPrecedeOthersInGroup: Bool {
        switch self {
        case .reset, .mail, .send, .soml, .saml, .recipient, .bdat: true
        default: false
        }
    }
}

/// What is shown of a command is what its transcript shows: never a credential.
extension SMTPCommand: CustomStringConvertible, CustomReflectable {
    /// The command as a transcript shows it; see ``redactedLine``.
    public var description: String { redactedLine }

    /// Nothing but the description, for a dump would show credentials otherwise.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
