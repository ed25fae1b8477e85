internal import Synchronization

/// How much of a message has been sent, while it is being sent.
///
/// Made by the caller, given along with the message, and read by any task: as ``current`` at any time, or as ``updates``
/// one after the other.
public final class DeliveryProgress: Sendable {
    /// How much has been sent at a moment.
    public struct Count: Hashable, Sendable {
        /// The octets of content handed to the transport, with the dots and the terminator that DATA needs.
        public var sent: UInt64 = 0

        /// As many as there will be, or `nil` as long as that is not known, as for a stream.
        ///
        /// More than once the content if the message goes in several transactions.
        public var total: UInt64?
    }

    private let count = Mutex(Count())
    private let continuation: AsyncStream<Count>.Continuation

    /// The counts as they change, for one reader; one that is too slow sees the latest only.
    ///
    /// Ends when what became of the message is settled.
    public let updates: AsyncStream<Count>

    /// Creates a progress of nothing sent yet, for one message.
    public init() {
        (updates, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How much has been sent by now.
    public var current: Count { count.withLock { $0 } }

    func planned(_ octets: UInt64?) {
        change { count in count.total = octets.map { (count.total ?? 0) + $0 } }
    }

    func sent(_ octets: Int) {
        change { $0.sent += UInt64(octets) }
    }

    func finished() {
        continuation.finish()
    }

    private func change(_ body: (inout Count) -> Void) {
        let now = count.withLock { count in
            body(&count)
            return count
        }
        continuation.yield(now)
    }
}
