internal import SMTPTransport

/// When time runs out next, kept by one timer.
///
/// The timer is set for no later than the ``horizon``: what begins while it runs cannot be due before it. Fired, it looks
/// what is due and is set anew. So commands that follow each other quickly never touch it.
struct Deadlines {
    /// How far ahead the timer is set at most: the shortest of the limits; `nil` if that is so short that the timer would
    /// fire without end, and it is set for whatever is due next instead.
    let horizon: Duration?

    private static let shortestHorizon = Duration.seconds(1)

    private var timer: (instant: MonotonicInstant, work: ScheduledWork)?

    /// Since when a write has been waiting, if one has.
    var writingSince: MonotonicInstant?

    /// What the server had taken then, in octets; `nil` if nobody can tell.
    var takenCount: Int?

    /// When the piece that is being written must be taken for the server to keep up with the least rate, if there is one.
    var slowAt: MonotonicInstant?

    /// How far the server lags behind the least rate.
    private var lag: Duration = .zero

    /// Since when a handshake has been under way, if one is.
    var handshakeSince: MonotonicInstant?

    init(_ timeouts: SMTPTimeouts) {
        let shortest = timeouts.shortest
        horizon = shortest < Self.shortestHorizon ? nil : shortest
    }

    /// Whether something may be due before the timer fires; a server that lags has used a part of its time already.
    var mayBeMissed: Bool { timer == nil || horizon == nil || slowAt != nil }

    /// Whether the timer must be set for `instant`.
    func needsTimer(at instant: MonotonicInstant) -> Bool {
        timer.map { instant < $0.instant } ?? true
    }

    /// A piece of so many octets is about to be written.
    mutating func pieceBegins(_ count: Int, _ rate: LeastDataRate, at now: MonotonicInstant) {
        slowAt = now.advanced(by: rate.patience - lag + rate.duration(of: count))
    }

    /// It was taken, or the write has failed.
    mutating func pieceEnded(
        _ count: Int,
        _ rate: LeastDataRate,
        since begin: MonotonicInstant,
        at now: MonotonicInstant
    ) {
        slowAt = nil
        lag = max(.zero, lag + begin.duration(to: now) - rate.duration(of: count))
    }

    /// So many octets went without waiting: a server that takes more than it must makes up for its lag.
    mutating func tookAtOnce(_ count: Int, _ rate: LeastDataRate) {
        lag = max(.zero, lag - rate.duration(of: count))
    }

    mutating func set(_ instant: MonotonicInstant, _ work: ScheduledWork) {
        timer?.work.cancel()
        timer = (instant, work)
    }

    mutating func fired() {
        timer = nil
    }

    mutating func cancel() {
        timer?.work.cancel()
        timer = nil
    }
}

extension LeastDataRate {
    /// How long so many octets may take.
    fileprivate func duration(of count: Int) -> Duration { .seconds(count) / octetsPerSecond }
}
