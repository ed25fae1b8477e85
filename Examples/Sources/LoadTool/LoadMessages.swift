import SMTPClient
import Synchronization

/// The messages of one session, taken from the ledger when the connection has room for them.
struct LoadMessages: Sequence, Sendable {
    let request: LoadRequest
    let ledger: LoadLedger

    /// When those were taken whose reports have not come.
    let clock = LoadClock()

    func makeIterator() -> Iterator {
        Iterator(messages: self, left: request.messagesPerConnection)
    }

    struct Iterator: IteratorProtocol {
        fileprivate let messages: LoadMessages
        fileprivate var left: Int

        mutating func next() -> MailObject? {
            guard left > 0, let number = messages.ledger.take() else { return nil }
            left -= 1
            messages.clock.begin()
            let request = messages.request
            return MailObject(request.message.content(number: number), envelope: request.envelope)
        }
    }
}

/// Tells how long each message took: reports come in the order of the messages.
final class LoadClock: Sendable {
    private let starts = Mutex<(first: Int, instants: [ContinuousClock.Instant])>((0, []))

    func begin() {
        let now = ContinuousClock.now
        starts.withLock { $0.instants.append(now) }
    }

    /// The time since the first message began that has not ended.
    func end() -> Duration {
        let now = ContinuousClock.now
        return starts.withLock { starts in
            let start = starts.instants[starts.first]
            starts.first += 1
            // Moved together once in a while, so that it costs next to nothing a message.
            if starts.first > 1024, starts.first * 2 > starts.instants.count {
                starts.instants.removeFirst(starts.first)
                starts.first = 0
            }
            return now - start
        }
    }
}
