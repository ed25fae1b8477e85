internal import SMTPTransport
internal import SMTPWire

/// A reply, or several, that the server owes us; or those to commands of one verb sent one behind the other.
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

        /// Whether it is about a content behind a 354.
        var isContent: Bool {
            if case .content = self { true } else { false }
        }
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

    /// When the command's last octet was handed over; or, of several, that of one whose reply came before its own.
    var writtenAt: MonotonicInstant?

    /// The channel's octet that the command, with its chunk, ends before; 0 for what is not written.
    var end: UInt64 = 0

    /// A reply to it began before it was written whole.
    var beganEarly = false

    /// The commands of the same verb that follow it.
    private var rest: Range<Int> = 0..<0

    /// Those and itself.
    private var encoded: EncodedCommands?

    init(_ subject: Subject, verb: String, timeout: Duration) {
        self.subject = subject
        self.verb = verb
        self.timeout = timeout
    }

    /// Whether commands of the same verb follow, whose replies are expected behind its own.
    var hasMore: Bool { !rest.isEmpty }

    /// Goes on to the next of the commands of the same verb.
    mutating func advance() {
        guard let encoded, let place = rest.first else { return }
        rest = place + 1..<rest.upperBound
        end += UInt64(encoded.ends[place] - encoded.ends[place - 1])
        beganEarly = false
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

    /// Whether it is about a content whose end is known, or a chunk: what the server is given with its last octet.
    var isGivenWhole: Bool {
        switch subject {
        case .content(isComplete: true), .chunk: true
        default: false
        }
    }
}

extension Expectation {
    /// Expects the replies to some of the commands, the first of which begins at the channel's octet `start`.
    init(_ encoded: EncodedCommands, _ range: Range<Int>, from start: UInt64, timeout: Duration) {
        self.init(encoded.subject, verb: encoded.verb, timeout: timeout)
        end = start + UInt64(encoded.ends[range.lowerBound] - encoded.offset(of: range.lowerBound))
        guard range.count > 1 else { return }
        rest = range.dropFirst()
        self.encoded = encoded
    }

    /// Expects the reply to a command that ends before the channel's octet `end`.
    init(_ command: SMTPCommand, before end: UInt64, _ timeouts: SMTPTimeouts) {
        let subject = Subject(command)
        // Of a verb that is text nobody states how long it takes.
        let timeout = if case .raw = command { timeouts.other } else { timeouts[subject] }
        self.init(subject, verb: command.verb, timeout: timeout)
        self.end = end
    }
}

extension SMTPTimeouts {
    /// How long the reply to a command may take.
    subscript(subject: Expectation.Subject) -> Duration {
        switch subject {
        case .greeting: greeting
        case .hello: hello
        case .mail: mail
        case .recipient: recipient
        case .dataCommand: dataInitiation
        case .content, .chunk: dataTermination
        case .reset: reset
        case .auth: authentication
        case .quit: quit
        case .startTLS, .xclient, .raw, .other: other
        }
    }
}

extension Expectation.Subject {
    init(_ command: SMTPCommand) {
        self =
            switch command {
            case .ehlo: .hello(.extended)
            case .helo: .hello(.basic)
            case .lhlo: .hello(.local)
            case .mail(_, let parameters): .mail(prdr: parameters.contains(.prdr))
            case .send, .soml, .saml: .mail(prdr: false)
            case .recipient: .recipient
            case .data: .dataCommand
            case .bdat(_, let isLast), .burl(_, let isLast): .chunk(isLast: isLast)
            case .reset: .reset
            case .quit: .quit
            case .startTLS: .startTLS
            case .xclient(let attributes): .xclient(withLogin: attributes.bearLogin)
            case .auth, .authResponse: .auth
            case .raw(let verb, let argument): Self(rawVerb: verb.text, argument)
            default: .other
            }
    }

    /// A command given as text changes the transaction like any other.
    private init(rawVerb verb: String, _ argument: CommandArgument?) {
        self =
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
