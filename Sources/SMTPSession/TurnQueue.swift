internal import DequeModule

/// Who may use the channel: one exchange at a time, in the order they were asked for.
///
/// An exchange is a command, a group, or all of a high-level operation. Pure: the waiters are opaque.
struct TurnQueue<Waiter> {
    /// Names one wait or one held turn, so that a cancellation can find it.
    typealias Ticket = UInt64

    private var waiting: Deque<(ticket: Ticket, waiter: Waiter)> = []
    private var lastTicket: Ticket = 0

    /// The ticket of whoever holds the turn.
    private(set) var holder: Ticket?

    /// The number of those in the line.
    var waitingCount: Int { waiting.count }

    mutating func newTicket() -> Ticket {
        lastTicket += 1
        return lastTicket
    }

    /// Gives `ticket` the turn if nobody holds it.
    mutating func take(_ ticket: Ticket) -> Bool {
        guard holder == nil else { return false }
        holder = ticket
        return true
    }

    mutating func wait(_ ticket: Ticket, _ waiter: Waiter) {
        waiting.append((ticket, waiter))
    }

    /// Ends the turn, and returns the waiter who has it now.
    mutating func pass() -> Waiter? {
        guard let next = waiting.popFirst() else {
            holder = nil
            return nil
        }
        holder = next.ticket
        return next.waiter
    }

    /// Takes a waiter out of the line.
    mutating func remove(_ ticket: Ticket) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    /// Takes everybody out of the line.
    mutating func removeAll() -> [Waiter] {
        defer { waiting = [] }
        return waiting.map(\.waiter)
    }
}
