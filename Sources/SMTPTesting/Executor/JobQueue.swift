/// The jobs that are ready, taken in the order they came or in one that a seed decides.
struct JobQueue {
    private var jobs = Queue<UnownedJob>()
    private var generator: SeededGenerator?

    init(order: JobOrder) {
        if case .random(let seed) = order { generator = SeededGenerator(seed: seed) }
    }

    var isEmpty: Bool { jobs.isEmpty }

    mutating func append(_ job: UnownedJob) {
        jobs.append(job)
    }

    mutating func removeNext() -> UnownedJob? {
        if !jobs.isEmpty, var generator = generator.take() {
            jobs.moveToFront(Int.random(in: 0..<jobs.count, using: &generator))
            self.generator = generator
        }
        return jobs.popFirst()
    }
}

/// The order in which a ``DeterministicExecutor`` runs the jobs that are ready at the same time.
@nonexhaustive
public enum JobOrder: Hashable, Sendable {
    /// First come, first served, as an event loop does; timers of one instant fire in the order they were set.
    case inOrder

    /// An order drawn from a generator that starts at `seed`: it finds code that relies on the usual order.
    ///
    /// The same seed gives the same order.
    case random(seed: UInt64)
}
