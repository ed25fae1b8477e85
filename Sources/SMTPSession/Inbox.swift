internal import DequeModule
package import SMTPWire

/// Replies that came and were not taken yet, and the one task that waits for the next.
struct Inbox {
    typealias Entry = ReceivedReply

    private var entries: Deque<Entry> = []
    private var waiter: UnsafeContinuation<Void, Never>?

    var isEmpty: Bool { entries.isEmpty }
    var isAwaited: Bool { waiter != nil }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        resumeWaiter()
    }

    mutating func take() -> Entry? {
        entries.popFirst()
    }

    mutating func removeAll() {
        entries.removeAll()
    }

    mutating func wait(_ continuation: UnsafeContinuation<Void, Never>) {
        waiter = continuation
    }

    mutating func resumeWaiter() {
        waiter.take()?.resume()
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
