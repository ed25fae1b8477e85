/// The bytes received and not yet used, owned by whoever reads a transport.
///
/// A class, because an actor's property cannot be passed `inout` across an `await`. It grows as needed and keeps its
/// memory, so that in the steady state receiving allocates nothing; the reader bounds it by consuming.
public final class ReceiveBuffer {
    @exclusivity(unchecked) private var storage: [UInt8] = []
    @exclusivity(unchecked) private var head = 0

    /// Creates an empty buffer.
    public init() {}

    /// The number of bytes received and not yet consumed.
    public var count: Int { storage.count - head }

    /// Whether there are no bytes to consume.
    public var isEmpty: Bool { count == 0 }

    /// Appends `bytes` behind those already there.
    public func append(_ bytes: RawSpan) {
        reclaim()
        bytes.withUnsafeBytes { storage.append(contentsOf: $0) }
    }

    /// Calls `body` with the bytes not yet consumed; the span is valid only during the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let storage = storage
        let bytes = storage.span.bytes
        return try body(bytes.extracting(head..<bytes.byteCount))
    }

    /// Drops the first `count` bytes, or all if there are fewer.
    public func consume(_ count: Int) {
        head += min(max(count, 0), self.count)
        if head == storage.count { removeAll() }
    }

    /// Drops all bytes.
    public func removeAll() {
        storage.removeAll(keepingCapacity: true)
        head = 0
    }

    /// Moves what is left to the front once the consumed part outweighs it, so that the cost stays constant per byte.
    private func reclaim() {
        guard head > 4096, head > storage.count / 2 else { return }
        storage.removeSubrange(..<head)
        head = 0
    }
}
