#if Metrics
public import Metrics
public import SMTPClient

/// Counts and times what connections do, with swift-metrics.
///
/// | name | type | unit | labels |
/// |---|---|---|---|
/// | `smtp.operation.duration` | timer | nanoseconds | `operation`: `connect`, `starttls`, `auth`, `send` or `quit`; `outcome`: `ok`, or the kind of the `SMTPError` |
/// | `smtp.recipients` | counter | recipients | `outcome`: `accepted`, `rejected`, `not_attempted` or `unknown` |
///
/// A message that was accepted for one recipient at least is `ok`. No label has a value that a server or an address could
/// choose, so the number of series is bounded.
public struct MetricsObserver: SMTPObserver {
    private let factory: any MetricsFactory
    private let dimensions: [(String, String)]

    /// Creates an observer.
    ///
    /// - Parameters:
    ///   - dimensions: Labels that all get beside their own, such as the name of a relay.
    ///   - factory: Where the metrics go; by default where the program has set up.
    public init(dimensions: [(String, String)] = [], factory: any MetricsFactory = MetricsSystem.factory) {
        self.dimensions = dimensions
        self.factory = factory
    }

    /// Notes the time, and records when the operation has ended.
    public func operationBegan(_ operation: SMTPOperation) -> ((SMTPOperation.Ending) -> Void)? {
        let start = ContinuousClock.now
        return { ending in
            record(operation.kind, ending, ContinuousClock.now - start)
        }
    }

    private func record(_ kind: SMTPOperation.Kind, _ ending: SMTPOperation.Ending, _ duration: Duration) {
        var outcome = "ok"
        var report: DeliveryReport?
        switch ending {
        case .failed(let error):
            outcome = "\(error.kind)"
            report = error.report
        case .sent(let sent): report = sent
        default: break
        }
        Timer(
            label: "smtp.operation.duration",
            dimensions: dimensions + [("operation", kind.name), ("outcome", outcome)],
            factory: factory
        ).recordNanoseconds(Int64(duration / .nanoseconds(1)))
        guard let report else { return }
        let counts = report.recipients.reduce(into: [:] as [String: Int]) {
            $0[Self.label($1.outcome), default: 0] += 1
        }
        for (label, count) in counts {
            Counter(label: "smtp.recipients", dimensions: dimensions + [("outcome", label)], factory: factory)
                .increment(by: count)
        }
    }

    private static func label(_ outcome: DeliveryReport.Outcome) -> String {
        switch outcome {
        case .accepted: "accepted"
        case .rejected: "rejected"
        case .notAttempted: "not_attempted"
        case .unknown: "unknown"
        @unknown default: "unknown"
        }
    }
}
#endif
