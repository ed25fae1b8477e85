import SMTPSession
internal import SMTPTransport
internal import SMTPWire

/// How each failure of the layers below is told.
extension SMTPError {
    /// A value that cannot be built, naming what was given.
    static func naming<Value>(
        _ text: String,
        _ build: () throws(WireError) -> Value
    ) throws(SMTPError) -> Value {
        do throws(WireError) {
            return try build()
        } catch {
            let shown = DisplayText.escape(Array(text.utf8.prefix(256)))
            throw SMTPError(
                .invalidAddress,
                by: .caller,
                "invalid address \"\(shown)\": \(error)",
                advice: .never,
                underlying: error
            )
        }
    }

    /// A reply that says no to the command with this verb.
    static func refused(_ reply: SMTPReply, verb: String?) -> SMTPError {
        SMTPError(
            .refused,
            by: .server,
            "\(verb.map { "\($0) refused" } ?? "the server refuses service"): \(reply)",
            advice: Advice(after: reply),
            verb: verb,
            reply: reply
        )
    }

    /// A reply that says neither yes nor no where only these make sense.
    static func unexpected(_ reply: SMTPReply, verb: String?) -> SMTPError {
        SMTPError(
            .protocolViolation,
            by: .server,
            "the server's \(verb.map { "reply to \($0)" } ?? "greeting") makes no sense there: \(reply)",
            advice: .sendAgainLater,
            verb: verb,
            reply: reply
        )
    }

    /// A call that the state of the connection does not allow.
    static func usage(_ message: String, hint: String? = nil) -> SMTPError {
        SMTPError(.usage, by: .caller, message, advice: .never, hint: hint)
    }

    /// LHLO or EHLO was said, by another user of the channel, behind the making of a message's plan.
    static let plannedForOtherHello = SMTPError(
        .usage,
        by: .caller,
        "the session was begun anew, LMTP in the place of SMTP or the reverse, when the message was planned already",
        advice: .sendAgainNow,
        hint: "send the rest in another sequence, or by itself"
    )

    /// A command that no transaction may be open for.
    static func inTransaction(_ verb: String) -> SMTPError {
        usage("\(verb) is not permitted while a mail transaction is open", hint: "say it before MAIL, or after RSET")
    }

    /// STARTTLS in a session that TLS protects (RFC 3207 §4.2).
    static let alreadyUnderTLS = usage(
        "the connection has TLS already, and STARTTLS is not permitted under it (RFC 3207)",
        hint: "leave STARTTLS out"
    )

    /// A second AUTH (RFC 4954 §4).
    static let alreadyAuthenticated = usage(
        "the session is authenticated already, and a second AUTH is not permitted (RFC 4954)",
        hint: "use another connection for another identity"
    )

    /// EXTERNAL over TLS with nothing to be known by.
    static let noClientCertificate = usage(
        "EXTERNAL needs a client certificate, and none was configured for TLS",
        hint: "set the identity of the TLS configuration"
    )

    /// An extension that is needed and not there.
    static func notOffered(_ keyword: String, because reason: String) -> SMTPError {
        SMTPError(.notOffered, by: .server, "the server does not offer \(keyword): \(reason)", advice: .never)
    }

    /// No STARTTLS where it is required; a wrong port is the most likely reason.
    static let startTLSNotOffered = SMTPError(
        .notOffered,
        by: .server,
        "the server does not offer STARTTLS: nothing is sent in clear",
        advice: .never,
        verb: "STARTTLS",
        hint: "check host and port: STARTTLS is usual on 587, and 465 takes .implicitTLS"
    )

    /// A parameter that asks for more than an extension that is there can do.
    static func beyondOffer(_ parameter: String, because reason: String) -> SMTPError {
        SMTPError(
            .notOffered,
            by: .server,
            "\(parameter) is more than the server offers: \(reason)",
            advice: .never,
            hint: "ask for what it offers, or use another server"
        )
    }

    /// Something that must go over a protected connection, which this is not.
    static func insecure(_ message: String) -> SMTPError {
        SMTPError(.insecure, by: .caller, message, advice: .never)
    }

    /// Content that cannot be sent as it is.
    static func content(_ message: String, hint: String? = nil) -> SMTPError {
        SMTPError(.content, by: .caller, message, advice: .never, hint: hint)
    }

    /// A limit of the server's on what one session may do (RFC 9422 §4): another connection may do more.
    static func sessionLimit(_ what: String) -> SMTPError {
        SMTPError(
            .sessionLimit,
            by: .server,
            "the server takes no more than \(what) in a session",
            advice: .sendAgainNow
        )
    }

    /// A content that is gone once it was sent, for recipients that the server takes in several transactions.
    static let readOnce = SMTPError(
        .content,
        by: .caller,
        "the content can be read only once, and the server does not take all recipients at once",
        advice: .sendAgainNow,
        hint: "send it to the others again; bytes and files can be read as often as it takes"
    )

    /// A file of the caller's that cannot be read.
    static func noInput(path: String, errno: Int32) -> SMTPError {
        let shown = DisplayText.escape(Array(path.utf8))
        return SMTPError(
            .noInput,
            by: .caller,
            "cannot read \"\(shown)\": \(SystemError.text(errno))",
            advice: .never
        )
    }

    /// A path that leads to a directory, a pipe or a device.
    static func noRegularFile(path: String) -> SMTPError {
        let shown = DisplayText.escape(Array(path.utf8))
        return SMTPError(.noInput, by: .caller, "\"\(shown)\" is no regular file", advice: .never)
    }

    /// A stream of content that ended with an error of the caller's.
    static func contentFailed(_ error: any Error) -> SMTPError {
        if error is CancellationError { return SMTPError(ChannelError.cancelled) }
        return SMTPError(
            .content,
            by: .caller,
            "the content's source failed with an error of type \(type(of: error))",
            advice: .sendAgainNow,
            underlying: error,
            hint: "the underlying error says why; the server does not have the message"
        )
    }

    /// A sequence of messages that ended with an error of the caller's.
    static func messagesFailed(_ error: any Error) -> SMTPError {
        if let error = error as? SMTPError { return error }
        if error is CancellationError { return SMTPError(ChannelError.cancelled) }
        return SMTPError(
            .content,
            by: .caller,
            "the source of the messages failed with an error of type \(type(of: error))",
            advice: .sendAgainNow,
            underlying: error,
            hint: "the underlying error says why; the messages before it have their reports"
        )
    }

    /// Content with octets above 127 for a server that cannot take them.
    static let eightBitNotOffered = SMTPError(
        .content,
        by: .caller,
        "the content has 8-bit octets, or may have them, and the server does not offer 8BITMIME",
        advice: .never,
        hint: "encode it as quoted-printable or base64, or state that it is 7-bit"
    )

    /// A failure of the channel while the command with this verb, or none, was under way.
    init(_ error: ChannelError, verb: String? = nil) {
        let (kind, initiator, advice) = Self.classify(error)
        let place = error.namesItsPlace ? "" : verb.map { " (during \($0))" } ?? ""
        self.init(kind, by: initiator, error.description + place, advice: advice, verb: verb, underlying: error)
        hint = error.hint
        if case .closedByServer(let goodbye) = error { reply = goodbye }
    }

    private static func classify(_ error: ChannelError) -> (Kind, Initiator, Advice) {
        switch error {
        case .transport(let error): classify(error)
        case .closedByServer: (.closed, .server, .sendAgainNow)
        case .disconnected: (.closed, .caller, .sendAgainNow)
        case .timedOut: (.timeout, .network, .sendAgainLater)
        case .protocolViolation: (.protocolViolation, .server, .sendAgainLater)
        case .cancelled: (.cancelled, .caller, .sendAgainNow)
        case .contentAbandoned, .upgradeAbandoned: (.closed, .caller, .sendAgainNow)
        case .misuse: (.usage, .caller, .never)
        @unknown default: (.inputOutput, .network, .sendAgainLater)
        }
    }

    private static func classify(_ error: TransportError) -> (Kind, Initiator, Advice) {
        switch error {
        case .hostNotFound: (.hostNotFound, .caller, .never)
        case .nameResolutionFailed: (.connect, .network, .sendAgainLater)
        case .connectFailed: (.connect, .network, .sendAgainLater)
        case .connectTimedOut: (.timeout, .network, .sendAgainLater)
        case .invalidEndpoint: (.usage, .caller, .never)
        case .reset: (.closed, .network, .sendAgainNow)
        case .closed: (.closed, .caller, .sendAgainNow)
        case .cancelled: (.cancelled, .caller, .sendAgainNow)
        case .inputOutput: (.inputOutput, .network, .sendAgainLater)
        case .tls(let error): classify(error)
        @unknown default: (.inputOutput, .network, .sendAgainLater)
        }
    }

    private static func classify(_ error: TLSError) -> (Kind, Initiator, Advice) {
        switch error.kind {
        case .closedDuringHandshake, .truncated: (.closed, .network, .sendAgainNow)
        case .peerSpokePlaintext, .protocolViolation: (.protocolViolation, .server, .sendAgainLater)
        case .verificationFailed, .noCommonVersion, .noCommonCipher: (.tls, .server, .sendAgainLater)
        case .refusedByPeer, .certificateRefusedByPeer: (.tls, .server, .sendAgainLater)
        default: (.tls, .caller, .never)
        }
    }
}

extension ChannelError {
    /// Whether the description says by itself during what it happened.
    fileprivate var namesItsPlace: Bool {
        switch self {
        case .timedOut, .misuse: true
        case .transport(let error):
            switch error {
            case .hostNotFound, .nameResolutionFailed, .connectFailed, .connectTimedOut, .invalidEndpoint: true
            case .tls(let error): error.phase != .established
            default: false
            }
        default: false
        }
    }

    /// What to try, where it is more special than for others of the kind.
    fileprivate var hint: String? {
        switch self {
        case .timedOut(.greeting, _):
            "check the port: where TLS is expected from the first byte, as on 465, nothing greets in clear"
        case .transport(.nameResolutionFailed): "check this machine's resolver, or try again later"
        default: nil
        }
    }
}
