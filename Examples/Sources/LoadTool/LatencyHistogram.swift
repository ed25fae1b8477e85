/// Counts latencies in buckets that are at most a sixteenth of their value wide, so that memory does not grow with them.
struct LatencyHistogram: Equatable, Sendable {
    /// Values below this have a bucket each.
    private static let exactLimit: UInt64 = 16

    /// Longer ones are counted as this.
    private static let longest = Duration.seconds(1_000_000_000)

    /// Sixteen for each power of two above that.
    private var counts = [Int](repeating: 0, count: 16 + 60 * 16)

    private(set) var count = 0

    /// Counts one latency.
    mutating func record(_ latency: Duration) {
        let (seconds, attoseconds) = min(latency, Self.longest).components
        let nanoseconds = UInt64(clamping: seconds) * 1_000_000_000 + UInt64(clamping: attoseconds / 1_000_000_000)
        counts[Self.bucket(of: nanoseconds)] += 1
        count += 1
    }

    /// The latency that this share of all stays within, from 0 to 1; `nil` if none was counted.
    ///
    /// It is right to a sixteenth: the upper end of the bucket.
    func percentile(_ share: Double) -> Duration? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((Double(count) * share).rounded(.up)))
        var seen = 0
        for (bucket, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return .nanoseconds(Int64(clamping: Self.upperEnd(of: bucket))) }
        }
        return nil
    }

    private static func bucket(of value: UInt64) -> Int {
        guard value >= exactLimit else { return Int(value) }
        let shift = 59 - value.leadingZeroBitCount
        return 16 * (shift + 1) + Int(value >> UInt64(shift) & 15)
    }

    private static func upperEnd(of bucket: Int) -> UInt64 {
        guard bucket >= 16 else { return UInt64(bucket) }
        let shift = UInt64(bucket / 16 - 1)
        let width: UInt64 = 1 << shift
        return (UInt64(16 + bucket % 16) << shift) + (width - 1)
    }
}
