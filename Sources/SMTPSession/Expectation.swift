internal import SMTPTransport
internal import SMTPWire

/// A reply, or several, that the server owes us.
struct Expectation {
    /// What the replies answer, as far as it changes what follows them.
    enum Subject: Equatable {
        case greeting
        case hello(Hello)
        case mail(prdr: Bool)
        case recipient
        case dataCommand
        /// The content after a 354; not `isComplete` until the terminator is handed over.
        case content(isComplete: Bool)
        case chunk(isLast: Bool)
        case reset
        case startTLS
        /// XCLIENT, which may say that the client has authenticated.
        case xclient(withLogin: Bool)
        case auth
        case quit
        /// Bytes only the caller understands.
        case raw
        case other
    }

    /// The three ways to say hello.
    enum Hello: Equatable {
        /// HELO, which offers nothing.
        case basic
        /// EHLO.
        case extended
        /// LHLO, in LMTP.
        case local
    }

    var subject: Subject
    let verb: String
    let timeout: Duration

    /// The replies still to come once that is known, which may need replies before it; see ``TransactionState``.
    var remaining: Int?

    /// When the command's last octet was handed over.
    var writtenAt: MonotonicInstant?

    /// When this became the next reply to come; `nil` if it was from the beginning.
    var headSince: MonotonicInstant?

    /// A reply to it began before it was written whole.
    var beganEarly = false

    init(_ subject: Subject, verb: String, timeout: Duration) {
        self.subject = subject
        self.verb = verb
        self.timeout = timeout
    }

    /// What to say when it does not come.
    var phase: ChannelError.Phase {
        switch subject {
        case .greeting: .greeting
        case .content, .chunk(isLast: true): .dataTermination
        default: .reply(to: verb)
        }
    }

    var isIncompleteContent: Bool { subject == .content(isComplete: false) }

    /// Whether a part of the content, the terminator at least, has not been handed over.
    var isContentUnderWay: Bool {
        isIncompleteContent || subject == .content(isComplete: true) && writtenAt == nil
    }
}

extension Expectation {
    init(_ command: SMTPCommand, _ timeouts: SMTPTimeouts) {
        let verb = command.verb
        switch command {
        case .ehlo, .helo:
            self.init(.hello(command.verb == "EHLO" ? .extended : .basic), verb: verb, timeout: timeouts.hello)
        case .lhlo:
            self.init(.hello(.local), verb: verb, timeout: timeouts.hello)
        case .mail(_, let parameters):
            self.init(.mail(prdr: parameters.contains(.prdr)), verb: verb, timeout: timeouts.mail)
        case .send, .soml, .saml:
            self.init(.mail(prdr: false), verb: verb, timeout: timeouts.mail)
        case .recipient:
            self.init(.recipient, verb: verb, timeout: timeouts.recipient)
        case .data:
            self.init(.dataCommand, verb: verb, timeout: timeouts.dataInitiation)
        case .bdat(_, let isLast), .burl(_, let isLast):
            self.init(.chunk(isLast: isLast), verb: verb, timeout: timeouts.dataTermination)
        case .reset:
            self.init(.reset, verb: verb, timeout: timeouts.reset)
        case .quit:
            self.init(.quit, verb: verb, timeout: timeouts.quit)
        case .startTLS:
            self.init(.startTLS, verb: verb, timeout: timeouts.other)
        case .xclient(let attributes):
            self.init(.xclient(withLogin: attributes.bearLogin), verb: verb, timeout: timeouts.other)
        case .auth, .authResponse, .authCancel:
            self.init(.auth, verb: verb, timeout: timeouts.authentication)
        case .raw(_, let argument):
            self.init(Self.subject(ofRawVerb: verb, argument), verb: verb, timeout: timeouts.other)
        default:
            self.init(.other, verb: verb, timeout: timeouts.other)
        }
    }

    /// A command given as text changes the transaction like any other.
    private static func subject(ofRawVerb verb: String, _ argument: CommandArgument?) -> Subject {
        switch verb.uppercased() {
        case "EHLO": .hello(.extended)
        case "HELO": .hello(.basic)
        case "LHLO": .hello(.local)
        case "MAIL", "SEND", "SOML", "SAML": .mail(prdr: false)
        case "RCPT": .recipient
        case "DATA": .dataCommand
        case "BURL": .chunk(isLast: argument?.text.uppercased().hasSuffix(" LAST") ?? false)
        case "RSET": .reset
        case "STARTTLS": .startTLS
        case "XCLIENT": .xclient(withLogin: false)
        case "AUTH": .auth
        case "QUIT": .quit
        default: .other
        }
    }
}

extension ClientAttributes {
    /// Whether they say as whom the client has authenticated.
    fileprivate var bearLogin: Bool {
        attributes.contains { attribute in
            guard attribute.name == .login, case .text(let text) = attribute.value else { return false }
            return !text.isEmpty
        }
    }
}
