#if Tracing
public import SMTPClient
internal import SMTPTransport
internal import SMTPWire
public import Tracing

/// Makes a span of each operation, with swift-distributed-tracing.
///
/// Spans are called `smtp.connect`, `smtp.starttls`, `smtp.auth`, `smtp.send` and `smtp.quit`, are of kind client, and
/// children of the span in which the operation was asked for. Their attributes are named as OpenTelemetry does where it
/// has names: `network.protocol.name`, `server.address`, `server.port` and `error.type`; beside them
/// `smtp.connection`, `smtp.recipients` and `smtp.reply.code`. Addresses, credentials and content are not among them.
public struct TracingObserver: SMTPObserver {
    private let tracer: any Tracer

    /// Where a sequence of messages was sent from, if it is for one.
    private var context: ServiceContext?

    /// Creates an observer; by default for the tracer that the program has set up.
    public init(_ tracer: any Tracer = InstrumentationSystem.tracer) {
        self.tracer = tracer
    }

    /// The same observer for messages that begin in no task: their spans are children of the present one.
    public func observerOfSequence() -> any SMTPObserver {
        var observer = self
        observer.context = .current
        return observer
    }

    /// Starts a span, which the ending ends.
    public func operationBegan(_ operation: SMTPOperation) -> ((SMTPOperation.Ending) -> Void)? {
        let span = tracer.startAnySpan(
            "smtp.\(operation.kind.name)",
            context: context ?? .current ?? .topLevel,
            ofKind: .client
        )
        span.updateAttributes { attributes in
            attributes["network.protocol.name"] = "smtp"
            attributes["server.address"] = operation.host
            if case .host(_, let port)? = operation.endpoint { attributes["server.port"] = port }
            attributes["smtp.connection"] = operation.connection
            if case .send(let count) = operation.kind { attributes["smtp.recipients"] = count }
        }
        return { ending in
            if case .failed(let error) = ending {
                span.attributes["error.type"] = "\(error.kind)"
                if let reply = error.reply { span.attributes["smtp.reply.code"] = "\(reply.code)" }
                span.setStatus(SpanStatus(code: .error, message: error.message))
            }
            span.end()
        }
    }
}
#endif
