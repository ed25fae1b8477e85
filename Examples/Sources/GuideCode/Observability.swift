import Logging
import SMTPClient
import SMTPIntegrations
import SMTPSession
import ServiceLifecycle

func observed(_ logger: Logger) -> SMTPConfiguration {
    var configuration = SMTPConfiguration(security: .startTLS)
    configuration.observers = [LoggingObserver(logger), MetricsObserver(), TracingObserver()]
    configuration.channel.transcript = .logging(to: logger)
    return configuration
}

func service(_ connection: SMTPConnection, _ others: [any Service], _ logger: Logger) async throws {
    let group = ServiceGroup(services: others + [ConnectionService(connection)], logger: logger)
    try await group.run()
}

/// Counts refusals, and needs no trait.
struct RefusalCounter: SMTPObserver {
    let count: @Sendable () -> Void

    func operationBegan(_ operation: SMTPOperation) -> ((SMTPOperation.Ending) -> Void)? {
        guard case .send = operation.kind else { return nil }
        return { ending in
            if case .failed(let error) = ending, error.kind == .refused { count() }
        }
    }
}
