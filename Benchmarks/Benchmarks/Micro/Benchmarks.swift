import Benchmark

// What no socket disturbs. Compare two commits with `swift package benchmark baseline`; for absolute figures beside
// other clients run `versus/run`.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration.metrics = [.wallClock, .cpuTotal, .throughput]
    Benchmark.defaultConfiguration.maxDuration = .seconds(2)
    wireBenchmarks()
    sessionBenchmarks()
}
