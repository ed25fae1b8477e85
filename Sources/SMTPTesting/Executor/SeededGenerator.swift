/// A random number generator that yields the same numbers for the same seed, on every platform and in every version.
///
/// It is splitmix64: small, fast, and good enough to choose among orders and faults; never use it for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a generator whose numbers follow from `seed` alone.
    public init(seed: UInt64) {
        state = seed
    }

    /// Returns the next number, each of the 2⁶⁴ equally likely.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
