import SMTPClient
import Synchronization

/// Messages without end, which count how many were taken.
struct EndlessMessages: Sequence, IteratorProtocol, Sendable {
    private let taken: Counter
    private let envelope: Envelope
    private var number = 0

    init(_ taken: Counter) throws {
        self.taken = taken
        envelope = try Envelope(from: "s@x.example", to: ["a@x.example"])
    }

    mutating func next() -> MailObject? {
        defer { number += 1 }
        taken.increment()
        return MailObject(.text("message \(number)\r\n"), envelope: envelope)
    }
}

/// How many messages were taken.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func increment() {
        count.withLock { $0 += 1 }
    }
}
