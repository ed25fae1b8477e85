/// How one direction of a ``PipeTransport`` behaves: its size, how it divides what it carries, and where it fails.
public struct PipeOptions: Hashable, Sendable {
    /// The bytes that may lie in the pipe unread before writing waits.
    ///
    /// Default 65,536; at least 1 is used.
    public var capacity = 65_536

    /// How the bytes are divided over reads.
    ///
    /// Default ``Fragmentation/whole``.
    public var fragmentation: Fragmentation = .whole

    /// Where the connection is cut, if at all.
    ///
    /// Default `nil`.
    public var cut: Cut?

    /// The number of bytes after which no more are delivered, though writing goes on until the pipe is full.
    ///
    /// Default `nil`: none are held back.
    public var stallAfter: Int?

    /// Creates the options of a faultless pipe.
    public init() {}

    /// How bytes are divided over reads.
    @nonexhaustive
    public enum Fragmentation: Hashable, Sendable {
        /// All that is there.
        case whole
        /// Up to a line feed.
        case byLine
        /// One byte each time.
        case byByte
        /// From 1 to 64 bytes, drawn from a generator that starts at `seed`.
        case random(seed: UInt64)
    }

    /// A place in the stream where the connection ends, in both directions.
    public struct Cut: Hashable, Sendable {
        /// The number of bytes of this direction that still pass.
        public var after: Int

        /// What both ends read once they have read what passed.
        public var end: End

        /// Creates a cut after `after` bytes.
        public init(after: Int, end: End = .endOfStream) {
            self.after = after
            self.end = end
        }
    }

    /// How a stream ends.
    @nonexhaustive
    public enum End: Hashable, Sendable {
        /// In order: a read returns `false`.
        case endOfStream
        /// By force: a read throws ``TransportError/reset``.
        case reset
    }
}
