import ToolSupport

/// Shows on a terminal how it goes: one line, written again and again.
struct LiveLine: Sendable {
    private static let interval = Duration.milliseconds(250)

    private let terminal: Descriptor
    private let total: Int

    /// Creates a line on standard output or standard error, or `nil` if neither is a terminal.
    init?(_ streams: StandardStreams, total: Int) {
        guard let terminal = [streams.output, streams.error].first(where: \.isTerminal) else { return nil }
        self.terminal = terminal
        self.total = total
    }

    /// Shows the line until the task is cancelled, with the rate since it was last shown.
    func show(_ ledger: LoadLedger) async {
        var (accepted, shown) = (0, ContinuousClock.now)
        while (try? await Task.sleep(for: Self.interval)) != nil {
            let (summary, now) = (ledger.summary, ContinuousClock.now)
            write(Self.text(summary, of: total, rate: Self.rate(summary.accepted - accepted, in: now - shown)))
            (accepted, shown) = (summary.accepted, now)
        }
    }

    /// Shows the line for the last time, with the rate of all.
    func finish(_ summary: LoadLedger.Summary, after duration: Duration) {
        write(Self.text(summary, of: total, rate: Self.rate(summary.accepted, in: duration)) + "\n")
    }

    static func text(_ summary: LoadLedger.Summary, of total: Int, rate: Int) -> String {
        let percentiles = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)].map { name, share in
            "\(name) \(summary.latencies.percentile(share).map(text) ?? "-")"
        }
        let latency = percentiles.joined(separator: " ")
        return "\(summary.accepted)/\(total)  \(rate)/s  \(latency)  errors \(summary.failed)"
    }

    /// A latency in microseconds, milliseconds or seconds.
    private static func text(_ latency: Duration) -> String {
        let microseconds = latency / .microseconds(1)
        switch microseconds {
        case ..<1000: return "\(Int(microseconds))us"
        case ..<10_000: return "\((microseconds / 100).rounded() / 10)ms"
        case ..<1_000_000: return "\(Int(microseconds / 1000))ms"
        default: return "\((microseconds / 100_000).rounded() / 10)s"
        }
    }

    private static func rate(_ count: Int, in duration: Duration) -> Int {
        duration > .zero ? Int(Double(count) / (duration / .seconds(1))) : 0
    }

    /// What was there before is wiped out: the line may have become shorter.
    private func write(_ text: String) {
        try? terminal.write(Array("\r\u{1B}[K\(text)".utf8))
    }
}
