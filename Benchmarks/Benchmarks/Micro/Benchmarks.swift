import Benchmark
import Workloads

// Compare two commits with `swift package benchmark baseline`: what is behind by more than is tolerated here fails the
// check. Where the system counts no instructions they are left out, and `check` counts them under valgrind. For
// figures beside other clients run `versus/run`.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration.metrics = [.instructions, .cpuTotal, .wallClock, .throughput]
    Benchmark.defaultConfiguration.maxDuration = .seconds(2)
    Benchmark.defaultConfiguration.thresholds = [
        .instructions: .init(relative: [.p50: 3.0]),
        .cpuTotal: .init(relative: [.p50: 15.0]),
    ]
    do {
        for workload in try Workload.all { add(workload) }
    } catch {
        fatalError("\(error)")
    }
}

private func add(_ workload: Workload) {
    let factor: BenchmarkScalingFactor = workload.batch == 1000 ? .kilo : .one
    Benchmark(workload.name, configuration: .init(scalingFactor: factor)) { benchmark in
        try await workload.run(
            benchmark.scaledIterations.count,
            { benchmark.startMeasurement() },
            { benchmark.stopMeasurement() }
        )
    }
}
