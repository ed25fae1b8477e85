/// A point on a monotonic clock, as the time since that clock's arbitrary start.
///
/// Only instants of the same executor may be compared: each executor has its own start, and a virtual one its own pace.
public struct MonotonicInstant: InstantProtocol, Sendable {
    /// The time since the clock's start.
    public let sinceStart: Duration

    /// Creates the instant that lies `sinceStart` after the clock's start.
    public init(sinceStart: Duration) {
        self.sinceStart = sinceStart
    }

    /// Returns the instant `duration` after this one; a negative duration goes back.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        MonotonicInstant(sinceStart: sinceStart + duration)
    }

    /// Returns how long after this instant `other` lies, negative if before.
    public func duration(to other: MonotonicInstant) -> Duration {
        other.sinceStart - sinceStart
    }

    /// Whether `lhs` lies before `rhs`.
    public static func < (lhs: MonotonicInstant, rhs: MonotonicInstant) -> Bool {
        lhs.sinceStart < rhs.sinceStart
    }
}
