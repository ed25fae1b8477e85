/// The jobs that are ready, taken in the order they came or in one that a seed decides.
struct JobQueue {
    private var jobs: [UnownedJob] = []
    private var head = 0
    private var generator: SeededGenerator?

    init(order: JobOrder) {
        if case .random(let seed) = order { generator = SeededGenerator(seed: seed) }
    }

    var isEmpty: Bool { head == jobs.count }

    mutating func append(_ job: UnownedJob) {
        jobs.append(job)
    }

    mutating func removeNext() -> UnownedJob? {
        guard head < jobs.count else { return nil }
        if generator != nil {
            let index = Int.random(in: head..<jobs.count, using: &generator!)
            jobs.swapAt(head, index)
        }
        let job = jobs[head]
        head += 1
        // Emptied it starts anew, and a long one moves up now and then: the cost stays constant for each job.
        if head == jobs.count {
            jobs.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024, head > jobs.count / 2 {
            jobs.removeSubrange(..<head)
            head = 0
        }
        return job
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
