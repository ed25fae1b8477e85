import Metrics
import MetricsTestKit
import SMTPIntegrations
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("A good session: each operation timed once, each recipient counted")
    func good() async throws {
        let metrics = TestMetrics()
        try await Sessions.good([MetricsObserver(dimensions: [("relay", "mine")], factory: metrics)])
        for operation in ["connect", "starttls", "auth", "send", "quit"] {
            let labels = [("relay", "mine"), ("operation", operation), ("outcome", "ok")]
            let timer = try metrics.expectTimer("smtp.operation.duration", labels)
            #expect(timer.values.count == 1 && timer.values.allSatisfy { $0 >= 0 })
        }
        for outcome in ["accepted", "rejected"] {
            let counter = try metrics.expectCounter("smtp.recipients", [("relay", "mine"), ("outcome", outcome)])
            #expect(counter.totalValue == 1)
        }
        #expect(metrics.counters.count == 2 && metrics.timers.count == 5)
    }

    @Test("Failures by their kind", arguments: [(false, "refused", "rejected"), (true, "closed", "unknown")])
    func bad(isLost: Bool, kind: String, outcome: String) async throws {
        let metrics = TestMetrics()
        try await Sessions.bad([MetricsObserver(factory: metrics)], isLost: isLost)
        let labels = [("operation", "send"), ("outcome", kind)]
        #expect(try metrics.expectTimer("smtp.operation.duration", labels).values.count == 1)
        #expect(try metrics.expectCounter("smtp.recipients", [("outcome", outcome)]).totalValue == 1)
    }

    @Test("Messages behind each other: each counted by itself")
    func stream() async throws {
        let metrics = TestMetrics()
        try await Sessions.stream([MetricsObserver(factory: metrics)])
        let outcomes = ["ok": 2, "refused": 1]
        for (outcome, count) in outcomes {
            let labels = [("operation", "send"), ("outcome", outcome)]
            #expect(try metrics.expectTimer("smtp.operation.duration", labels).values.count == count)
        }
    }
}
