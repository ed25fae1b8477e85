#if Logging
/// The keys of the metadata that ``LoggingObserver`` writes: all of them, and nowhere else.
@nonexhaustive
public enum LogKey: String, CaseIterable, Sendable {
    /// The connection's number in this process.
    case connection = "smtp.connection"
    /// The host that the server is to be.
    case host = "smtp.host"
    /// The endpoint that was dialled.
    case endpoint = "smtp.endpoint"
    /// The time the operation took, in milliseconds.
    case milliseconds = "smtp.milliseconds"
    /// The version of TLS.
    case tlsVersion = "smtp.tls.version"
    /// Whether the server has proven who it is.
    case tlsVerified = "smtp.tls.verified"
    /// The SASL mechanism.
    case mechanism = "smtp.mechanism"
    /// The number of recipients in the envelope.
    case recipients = "smtp.recipients"
    /// How many of them the server has taken the message for.
    case accepted = "smtp.accepted"
    /// How many of them it has refused.
    case rejected = "smtp.rejected"
    /// How many of them it may have taken the message for.
    case unknown = "smtp.unknown"
    /// The error's kind.
    case errorKind = "smtp.error.kind"
    /// The error's text, with the server's words escaped.
    case error = "smtp.error"
    /// The code of the server's reply.
    case replyCode = "smtp.reply.code"
    /// A line of the dialogue; credentials and content are not in it.
    case line = "smtp.line"
}
#endif
