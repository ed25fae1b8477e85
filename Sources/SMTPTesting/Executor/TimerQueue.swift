internal import SMTPTransport

/// Work that is due later: a heap by time, in which cancelled work leaves only a small dead entry.
struct TimerQueue {
    private struct Entry {
        var instant: MonotonicInstant
        /// Decides between entries of one instant.
        var rank: UInt64
        var id: UInt64

        static func < (lhs: Entry, rhs: Entry) -> Bool {
            (lhs.instant.sinceStart, lhs.rank) < (rhs.instant.sinceStart, rhs.rank)
        }
    }

    /// Dead entries are cleared away when there are more of them than live ones, and than this.
    private static let toleratedDeadEntries = 64

    private var heap: [Entry] = []
    private var work: [UInt64: @Sendable () -> Void] = [:]
    private var nextID: UInt64 = 0
    private var generator: SeededGenerator?

    init(order: JobOrder) {
        if case .random(let seed) = order { generator = SeededGenerator(seed: ~seed) }
    }

    /// When the next work is due, or `nil` if there is none.
    var nextInstant: MonotonicInstant? {
        mutating get {
            dropDeadEntries()
            return heap.first?.instant
        }
    }

    mutating func insert(at instant: MonotonicInstant, _ action: @escaping @Sendable () -> Void) -> UInt64 {
        let id = nextID
        nextID += 1
        work[id] = action
        heap.append(Entry(instant: instant, rank: generator?.next() ?? id, id: id))
        siftUp(from: heap.count - 1)
        return id
    }

    /// Takes work back, and returns it if it was still to come.
    mutating func remove(_ id: UInt64) -> (@Sendable () -> Void)? {
        guard let action = work.removeValue(forKey: id) else { return nil }
        if heap.count > 2 * work.count, heap.count > Self.toleratedDeadEntries {
            // A sorted array is a heap.
            heap = heap.filter { work[$0.id] != nil }.sorted(by: <)
        }
        return action
    }

    /// Takes the next work that is due at `limit` or before.
    mutating func removeNext(notAfter limit: MonotonicInstant) -> (MonotonicInstant, @Sendable () -> Void)? {
        guard let instant = nextInstant, instant <= limit, let action = work.removeValue(forKey: heap[0].id) else {
            return nil
        }
        removeFirst()
        return (instant, action)
    }

    private mutating func dropDeadEntries() {
        while let first = heap.first, work[first.id] == nil { removeFirst() }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown()
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
