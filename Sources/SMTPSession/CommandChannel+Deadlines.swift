internal import SMTPTransport

/// The clock's part: what is overdue closes the channel.
extension CommandChannel {
    /// Sets the timer, unless it is set for a moment before which nothing more can be due.
    func watchDeadlines() {
        guard !isClosed, deadlines.mayBeMissed, let next = nextDeadline else { return }
        let instant = deadlines.horizon.map { min(next.instant, executor.now.advanced(by: $0)) } ?? next.instant
        if deadlines.needsTimer(at: instant) { setTimer(at: instant) }
    }

    private func setTimer(at instant: MonotonicInstant) {
        let work = executor.schedule(at: instant) { [weak self] in
            self?.assumeIsolated { $0.timerFired() }
        }
        deadlines.set(instant, work)
    }

    private func timerFired() {
        deadlines.fired()
        guard !isClosed else { return }
        if let next = nextDeadline, next.instant <= executor.now {
            if next.phase == .write, hasServerTakenBlock() { return watchDeadlines() }
            fail(.timedOut(next.phase, after: next.timeout))
        } else {
            watchDeadlines()
        }
    }

    /// Whether the server has taken a block or more since it was last asked; then it has its time anew.
    private func hasServerTakenBlock() -> Bool {
        guard let before = deadlines.takenCount, let now = direct?.takenCount, now - before >= Self.contentPiece else {
            return false
        }
        deadlines.takenCount = now
        deadlines.writingSince = executor.now
        return true
    }

    /// What is due next, with what to say of it.
    private var nextDeadline: ReplyQueue.Deadline? {
        let write = deadlines.writingSince.map {
            ReplyQueue.Deadline(
                instant: $0.advanced(by: options.timeouts.write),
                phase: .write,
                timeout: options.timeouts.write
            )
        }
        let slowness = deadlines.slowAt.flatMap { instant in
            options.leastDataRate.map {
                ReplyQueue.Deadline(
                    instant: instant,
                    phase: .slowness(octetsPerSecond: $0.octetsPerSecond),
                    timeout: $0.patience
                )
            }
        }
        let handshake = deadlines.handshakeSince.map {
            ReplyQueue.Deadline(
                instant: $0.advanced(by: options.timeouts.tlsHandshake),
                phase: .tlsHandshake,
                timeout: options.timeouts.tlsHandshake
            )
        }
        let overall = options.deadline.map {
            ReplyQueue.Deadline(instant: openedAt.advanced(by: $0), phase: .overall, timeout: $0)
        }
        return [replies.deadline, write, slowness, handshake, overall].compactMap { $0 }.min { $0.instant < $1.instant }
    }
}
