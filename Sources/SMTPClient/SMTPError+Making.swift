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
            "a reply that does not belong\(verb.map { " to \($0)" } ?? " here"): \(reply)",
            advice: .sendAgainLater,
            verb: verb,
            reply: reply
        )
    }

    /// A call that the state of the connection does not allow.
    static func usage(_ message: String) -> SMTPError {
        SMTPError(.usage, by: .caller, message, advice: .never)
    }

    /// An extension that is needed and not there.
    static func notOffered(_ keyword: String, because reason: String) -> SMTPError {
        SMTPError(.notOffered, by: .server, "the server does not offer \(keyword): \(reason)", advice: .never)
    }

    /// Something that must go over a protected connection, which this is not.
    static func insecure(_ message: String) -> SMTPError {
        SMTPError(.insecure, by: .caller, message, advice: .never)
    }

    /// Content that cannot be sent as it is.
    static func content(_ message: String) -> SMTPError {
        SMTPError(.content, by: .caller, message, advice: .never)
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
            "the content's source failed",
            advice: .sendAgainNow,
            underlying: error
        )
    }

    /// A sequence of messages that ended with an error of the caller's.
    static func messagesFailed(_ error: any Error) -> SMTPError {
        if let error = error as? SMTPError { return error }
        if error is CancellationError { return SMTPError(ChannelError.cancelled) }
        return SMTPError(
            .content,
            by: .caller,
            "the source of the messages failed",
            advice: .sendAgainNow,
            underlying: error
        )
    }

    /// Content with octets above 127 for a server that cannot take them.
    static let eightBitNotOffered = SMTPError(
        .content,
        by: .caller,
        "the content has 8-bit octets, or may have them, and the server does not offer 8BITMIME: "
            + "encode it as quoted-printable or base64, or state that it is 7-bit",
        advice: .never
    )

    /// A failure of the channel while the command with this verb, or none, was under way.
    init(_ error: ChannelError, verb: String? = nil) {
        let (kind, initiator, advice) = Self.classify(error)
        self.init(kind, by: initiator, error.description, advice: advice, verb: verb, underlying: error)
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
        case .contentAbandoned: (.closed, .caller, .sendAgainNow)
        case .invalid: (.invalidAddress, .caller, .never)
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
