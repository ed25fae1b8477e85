internal import SMTPTransport

/// When time runs out next, kept by one timer.
///
/// The timer is set again only for an earlier moment: one that fires too early looks what is due and is set anew. So
/// commands that follow each other quickly never touch it.
struct Deadlines {
    private var timer: (instant: MonotonicInstant, work: ScheduledWork)?

    /// Since when a write has been waiting, if one has.
    var writingSince: MonotonicInstant?

    /// Since when a handshake has been under way, if one is.
    var handshakeSince: MonotonicInstant?

    /// Whether the timer must be set for `instant`.
    func needsTimer(at instant: MonotonicInstant) -> Bool {
        timer.map { instant < $0.instant } ?? true
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
