#if Logging
public import Logging
public import SMTPClient
public import SMTPSession
internal import SMTPTransport
internal import SMTPWire

/// Writes to a log of swift-log what connections do.
///
/// Messages are constant, and what varies is metadata under the keys of ``LogKey``. What goes well is logged at `debug`, and a
/// refused recipient too; what fails at `info`, since whoever called has the error; a message that the server may have
/// without our knowing at `warning`. Addresses are not logged by themselves, but a server may repeat them in its words.
/// Credentials and content never are.
public struct LoggingObserver: SMTPObserver {
    private let logger: Logger

    /// Creates an observer that writes to `logger`, with whatever metadata that has.
    public init(_ logger: Logger) {
        self.logger = logger
    }

    /// Notes the time, and logs the ending.
    public func operationBegan(_ operation: SMTPOperation) -> ((SMTPOperation.Ending) -> Void)? {
        let start = ContinuousClock.now
        return { ending in
            log(operation, ending, ContinuousClock.now - start)
        }
    }

    private func log(_ operation: SMTPOperation, _ ending: SMTPOperation.Ending, _ duration: Duration) {
        let level = Self.level(of: ending)
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [:]
        metadata[.connection] = "\(operation.connection)"
        metadata[.host] = "\(operation.host)"
        metadata[.milliseconds] = "\(duration / .milliseconds(1))"
        if let endpoint = operation.endpoint { metadata[.endpoint] = "\(endpoint)" }
        if case .send(let count) = operation.kind { metadata[.recipients] = "\(count)" }
        switch ending {
        case .succeeded: break
        case .secured(let tls):
            metadata[.tlsVersion] = "\(tls.version)"
            metadata[.tlsVerified] = "\(tls.verification == .passed)"
        case .authenticated(let mechanism): metadata[.mechanism] = "\(mechanism.name)"
        case .sent(let report): metadata.add(report)
        case .failed(let error): metadata.add(error)
        @unknown default: break
        }
        logger.log(level: level, Self.message(for: operation.kind, ending), metadata: metadata)
    }

    private static func level(of ending: SMTPOperation.Ending) -> Logger.Level {
        guard case .failed(let error) = ending else { return .debug }
        return error.advice == .unsafe ? .warning : .info
    }

    private static func message(for kind: SMTPOperation.Kind, _ ending: SMTPOperation.Ending) -> Logger.Message {
        if case .failed(let error) = ending {
            if error.advice == .unsafe { return "SMTP message may have been accepted" }
            switch kind {
            case .connect: return "SMTP connection failed"
            case .startTLS: return "SMTP STARTTLS failed"
            case .authenticate: return "SMTP authentication failed"
            case .send: return "SMTP message not accepted"
            case .quit: return "SMTP session not ended in order"
            @unknown default: return "SMTP operation failed"
            }
        }
        switch kind {
        case .connect: return "SMTP connected"
        case .startTLS: return "SMTP STARTTLS done"
        case .authenticate: return "SMTP authenticated"
        case .send: return "SMTP message accepted"
        case .quit: return "SMTP session ended"
        @unknown default: return "SMTP operation done"
        }
    }
}

extension TranscriptObserver {
    /// Writes the dialogue to a log, line by line, at `trace`; credentials and content are hidden.
    ///
    /// - Returns: `nil`, which costs nothing, if `logger` does not log at `trace` now.
    public static func logging(to logger: Logger) -> TranscriptObserver? {
        guard logger.logLevel <= .trace else { return nil }
        return TranscriptObserver { event in
            var metadata: Logger.Metadata = [:]
            metadata[.line] = "\(event)"
            logger.trace("SMTP dialogue", metadata: metadata)
        }
    }
}

extension Logger.Metadata {
    fileprivate subscript(key: LogKey) -> Logger.MetadataValue? {
        get { self[key.rawValue] }
        set { self[key.rawValue] = newValue }
    }

    fileprivate mutating func add(_ report: DeliveryReport) {
        self[.accepted] = "\(report.recipients.count { $0.outcome.isAccepted })"
        self[.rejected] = "\(report.recipients.count { !$0.outcome.isAccepted && $0.outcome.answer != nil })"
        self[.unknown] = "\(report.recipients.count { $0.outcome == .unknown })"
    }

    fileprivate mutating func add(_ error: SMTPError) {
        if let report = error.report { add(report) }
        self[.errorKind] = "\(error.kind)"
        self[.error] = "\(error)"
        if let reply = error.reply { self[.replyCode] = "\(reply.code)" }
    }
}
#endif
