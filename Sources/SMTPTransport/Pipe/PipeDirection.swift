/// One direction of a pipe: the bytes under way and how it ends.
///
/// A value; ``PipeLink`` holds the lock.
struct PipeDirection {
    let options: PipeOptions
    private var bytes: [UInt8] = []
    private var head = 0
    private var acceptedCount = 0
    private var deliveredCount = 0
    private var randomState: UInt64 = 0

    /// How the stream ends for the reader, once it has read everything; `nil` while it may go on.
    private(set) var ending: PipeOptions.End?

    /// Whether writing is of no use any more: the connection was cut or one of its ends closed.
    private(set) var isDead = false

    var reader: CheckedContinuation<Void, Never>?
    var writer: CheckedContinuation<Void, Never>?

    init(_ options: PipeOptions) {
        self.options = options
        if case .random(let seed) = options.fragmentation { randomState = seed }
    }

    /// The bytes that still fit.
    var room: Int { max(0, max(1, options.capacity) - (bytes.count - head)) }

    /// The bytes a reader may have now.
    var deliverableCount: Int {
        let count = bytes.count - head
        guard let stall = options.stallAfter else { return count }
        return min(count, max(0, stall - deliveredCount))
    }

    /// What the reader meets when nothing is deliverable: an end, or `nil` if more may come.
    var end: PipeOptions.End? {
        // Bytes held back by a stall come before the end, so the end never comes.
        bytes.count - head > deliverableCount ? nil : ending
    }

    /// Whether all the bytes that may pass have passed.
    var isCut: Bool { options.cut.map { acceptedCount >= $0.after } ?? false }

    /// Takes as many bytes as fit and may pass, and returns their number.
    mutating func accept(_ new: RawSpan) -> Int {
        let allowed = options.cut.map { max(0, $0.after - acceptedCount) } ?? Int.max
        let count = min(new.byteCount, room, allowed)
        new.extracting(0..<count).withUnsafeBytes { bytes.append(contentsOf: $0) }
        acceptedCount += count
        return count
    }

    /// Takes the next fragment, or `nil` if nothing is deliverable.
    mutating func takeFragment() -> [UInt8]? {
        let available = deliverableCount
        guard available > 0 else { return nil }
        let count = fragmentLength(of: available)
        let fragment = Array(bytes[head..<head + count])
        head += count
        deliveredCount += count
        if head == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 4096, head > bytes.count / 2 {
            bytes.removeSubrange(..<head)
            head = 0
        }
        return fragment
    }

    private mutating func fragmentLength(of available: Int) -> Int {
        switch options.fragmentation {
        case .whole:
            return available
        case .byLine:
            let line = bytes[head..<head + available].firstIndex(of: 0x0A)
            return line.map { $0 - head + 1 } ?? available
        case .byByte:
            return 1
        case .random:
            return min(available, 1 + Int(nextRandom() % 64))
        }
    }

    /// The splitmix64 generator: small, and good enough to divide bytes.
    private mutating func nextRandom() -> UInt64 {
        randomState &+= 0x9E37_79B9_7F4A_7C15
        var z = randomState
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Ends the stream in order, behind what was written.
    mutating func finish() {
        if ending == nil { ending = .endOfStream }
    }

    /// Ends the stream and refuses what is written from now on.
    mutating func die(_ end: PipeOptions.End) {
        if ending == nil { ending = end }
        isDead = true
    }

    mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
        [reader.take(), writer.take()].compactMap { $0 }
    }
}
