internal import DequeModule
package import SMTPWire

/// Replies that came and were not taken yet, and the one task that waits for the next.
struct Inbox {
    typealias Entry = ReceivedReply

    private var entries: Deque<Entry> = []
    private var waiter: UnsafeContinuation<Void, Never>?

    /// Who does for the task that waits what can be done without it.
    private(set) var driver: (any ReplyDriver)?

    /// Whoever waits next is woken at once: the reason to wake came while nobody waited yet.
    private var isWoken = false

    /// Whether a refusal of content is among them that came before the content was whole: the server may still read content,
    /// and would take for it whatever is sent.
    private(set) var holdsEarlyReply = false

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        if entry.isEarly { holdsEarlyReply = true }
    }

    mutating func take() -> Entry? {
        let entry = entries.popFirst()
        if entry?.isEarly == true { holdsEarlyReply = false }
        return entry
    }

    mutating func removeAll() {
        entries.removeAll()
        holdsEarlyReply = false
    }

    /// Has `driver` take the replies while the one they are for waits for something else; nobody from `nil` on.
    mutating func setDriver(_ driver: (any ReplyDriver)?) {
        self.driver = driver
    }

    /// Keeps `continuation` until there is a reply or a reason to wake it; if there is one, resumes it at once.
    mutating func wait(_ continuation: UnsafeContinuation<Void, Never>, _ driver: (any ReplyDriver)?) {
        if isWoken || !isEmpty {
            isWoken = false
            continuation.resume()
        } else {
            waiter = continuation
            self.driver = driver
        }
    }

    /// Wakes whoever waits: there are replies for it.
    mutating func resume() {
        driver = nil
        waiter.take()?.resume()
    }

    /// Wakes whoever waits, or will wait next, though there is no reply: it looks what else there is.
    mutating func wake() {
        if waiter == nil { isWoken = true } else { resume() }
    }
}

/// A reply, and what it means for what it answers.
package struct ReceivedReply: Sendable {
    /// The server's words.
    package let reply: SMTPReply

    /// Whether what it answers is answered in full by it.
    package let isLast: Bool

    /// Whether it came before the content it answers was whole.
    package let isEarly: Bool

    /// Whether it answers raw bytes.
    let isUnclaimed: Bool
}
