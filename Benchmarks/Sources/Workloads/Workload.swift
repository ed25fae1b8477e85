/// Something to measure that no socket disturbs: by ordo-one's benchmark in `Micro`, and under valgrind in `workload`.
public struct Workload: Sendable {
    /// What is done.
    public let name: String

    /// How often it is done in a round of a benchmark.
    public let batch: Int

    /// Prepares, and does it `count` times between the calls of `begin` and `end`.
    public let run: @Sendable (_ count: Int, _ begin: () -> Void, _ end: () -> Void) async throws -> Void

    /// All there are.
    public static var all: [Workload] {
        get throws { wire + (try planning) + sessions }
    }

    /// Something that needs no preparation.
    init(_ name: String, batch: Int, _ work: @escaping @Sendable (_ count: Int) throws -> Void) {
        self.name = name
        self.batch = batch
        run = { count, begin, end in
            begin()
            try work(count)
            end()
        }
    }

    init(
        _ name: String,
        batch: Int,
        run: @escaping @Sendable (_ count: Int, _ begin: () -> Void, _ end: () -> Void) async throws -> Void
    ) {
        self.name = name
        self.batch = batch
        self.run = run
    }
}

/// Why a workload did not do what it is there for: what it takes then is worth nothing.
struct WorkloadFailure: Error {
    let reason: String
}

/// Keeps the compiler from leaving out what nobody looks at.
@inline(never)
func use<Value>(_ value: Value) {
    withExtendedLifetime(value) {}
}
