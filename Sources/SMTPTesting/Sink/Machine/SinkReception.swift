/// A content on its way in, by DATA or BDAT, over all its chunks.
struct SinkReception {
    /// A chunk under way.
    struct Chunk {
        let line: SinkCommandLine
        let isLast: Bool
        /// Why its octets are dropped, if they are.
        let refusal: SinkReply?
        var rest: Int
    }

    var content: SinkContent
    var chunk: Chunk?

    /// Whether a chunk was refused: no more are taken before RSET.
    var hasFailed = false

    /// Whether the content was refused while it came, and its end is not answered.
    var isAnswered = false

    private var decoder = DotDecoder()
    private var wireCount = 0
    private var offsets: ArraySlice<Int>

    init(_ limits: SinkLimits, offsets: [Int]) {
        content = SinkContent(limit: min(limits.contentLength, limits.recordedContent))
        self.offsets = offsets[...]
    }

    var hasBareLineEnds: Bool { decoder.hasBareLineEnds }

    /// How many octets may be taken before the next moment the script waits for.
    var room: Int { offsets.first.map { max(0, $0 - wireCount) } ?? .max }

    /// Takes the next offset the script waits for, if it is reached.
    mutating func takeOffset() -> Int? {
        guard let offset = offsets.first, offset <= wireCount else { return nil }
        offsets.removeFirst()
        return offset
    }

    mutating func decode(_ octets: UnsafeRawBufferPointer) -> (taken: Int, isComplete: Bool) {
        let (taken, isComplete) = decoder.decode(octets, into: &content)
        wireCount += taken
        return (taken, isComplete)
    }

    mutating func takeChunk(_ octets: UnsafeRawBufferPointer) {
        chunk?.rest -= octets.count
        guard chunk?.refusal == nil else { return }
        content.append(octets)
        wireCount += octets.count
    }

    /// Takes the content out, and makes ready for the next.
    mutating func take(_ limits: SinkLimits) -> (octets: [UInt8], count: Int, hasBareLineEnds: Bool) {
        defer { self = SinkReception(limits, offsets: []) }
        return (content.octets, content.count, hasBareLineEnds)
    }
}
