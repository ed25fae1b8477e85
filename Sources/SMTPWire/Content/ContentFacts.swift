/// What a content is, as far as it decides how it can be sent.
public struct ContentFacts: Hashable, Sendable {
    /// The octets of the content as it is sent, line ends made CRLF and a missing last one added; neither the dots of
    /// transparency nor the terminator count (RFC 1870 §6.1).
    public var normalizedSize: UInt64 = 0

    /// The octets of the content as it is.
    public var rawSize: UInt64 = 0

    /// The lines that begin with a dot, each of which costs an octet on the wire.
    public var dottedLineCount: UInt64 = 0

    /// Whether there are octets above 127.
    public var hasEightBitOctets = false

    /// Whether there are octets above 127 in the header, which makes the message an internationalised one (RFC 6532).
    ///
    /// The header ends before the first line that is no field, as servers have it, if not at an empty one.
    public var hasEightBitHeader = false

    /// Whether there are NUL octets, which no message may have (RFC 5322 §2.2, RFC 5321 §4.1.2).
    public var hasNUL = false

    /// Whether there are line ends that are not CRLF, or no last one.
    public var needsNormalizing = false

    /// The octets of the longest line, its end not counted.
    public var longestLine = 0

    /// The facts about a content without an octet.
    public init() {}

    /// The facts about `content`.
    public init(_ content: [UInt8]) {
        var scanner = ContentScanner()
        scanner.scan(content.span.bytes)
        self = scanner.finish()
    }
}

/// Finds the facts about a content, chunk by chunk.
public struct ContentScanner: Sendable {
    /// The octets of a header that are looked at for internationalised text; further ones count as body.
    public static let headerLimit: UInt64 = 1 << 20

    private var facts = ContentFacts()
    private var header = HeaderScanner()
    private var lineLength = 0
    private var isAfterCarriageReturn = false

    /// Creates a scanner for one content.
    public init() {}

    /// Looks through the next octets of the content.
    public mutating func scan(_ chunk: RawSpan) {
        chunk.withUnsafeBytes { scan($0) }
    }

    /// The facts, once the last octet has been seen.
    public consuming func finish() -> ContentFacts {
        endLine(lineLength)
        if facts.rawSize > 0, lineLength > 0 {
            facts.normalizedSize += 2
            facts.needsNormalizing = true
        }
        if isAfterCarriageReturn {
            facts.normalizedSize += 1
            facts.needsNormalizing = true
        }
        facts.hasEightBitHeader = header.hasEightBitField
        return facts
    }

    private mutating func scan(_ octets: UnsafeRawBufferPointer) {
        let count = octets.count
        facts.rawSize += UInt64(count)
        facts.normalizedSize += UInt64(count)
        scanLines(octets)
        // Apart from the lines, since what runs over all of a chunk is as fast as memory.
        let (hasEightBit, hasNUL) = OctetScan.eightBitAndNUL(in: octets)
        facts.hasEightBitOctets = facts.hasEightBitOctets || hasEightBit
        facts.hasNUL = facts.hasNUL || hasNUL
        header.scan(octets, limit: Self.headerLimit)
    }

    private mutating func scanLines(_ octets: UnsafeRawBufferPointer) {
        let count = octets.count
        var index = 0
        while index < count {
            if isAfterCarriageReturn { index = afterCarriageReturn(octets[index], index) }
            guard index < count else { break }
            let end = LineEndSearch.firstLineEnd(in: octets, from: index)
            if lineLength == 0, end > index, octets[index] == Octet.dot { facts.dottedLineCount += 1 }
            lineLength += end - index
            guard end < count else { break }
            endLine(lineLength)
            lineLength = 0
            if octets[end] != Octet.carriageReturn {
                loneLineEnd()
                index = end + 1
            } else if end + 1 < count, octets[end + 1] == Octet.lineFeed {
                index = end + 2
            } else {
                isAfterCarriageReturn = true
                index = end + 1
            }
        }
    }

    /// An LF that follows belongs to the CR; without one the CR stands alone.
    private mutating func afterCarriageReturn(_ octet: UInt8, _ index: Int) -> Int {
        isAfterCarriageReturn = false
        if octet == Octet.lineFeed { return index + 1 }
        loneLineEnd()
        return index
    }

    private mutating func loneLineEnd() {
        facts.normalizedSize += 1
        facts.needsNormalizing = true
    }

    private mutating func endLine(_ length: Int) {
        facts.longestLine = max(facts.longestLine, length)
    }
}

/// Looks for internationalised text in the fields of a header (RFC 5322 §2.2, RFC 6532 §3).
struct HeaderScanner {
    private enum Position {
        case lineStart
        case fieldName
        case fieldBody
        case afterHeader
    }

    private var position = Position.lineStart
    private var count: UInt64 = 0
    private var isAfterCarriageReturn = false
    private(set) var hasEightBitField = false

    mutating func scan(_ octets: UnsafeRawBufferPointer, limit: UInt64) {
        for octet in octets {
            if position == .afterHeader { return }
            count += 1
            next(octet)
            if count > limit { position = .afterHeader }
        }
    }

    private mutating func next(_ octet: UInt8) {
        if octet == Octet.lineFeed, isAfterCarriageReturn {
            isAfterCarriageReturn = false
            return
        }
        isAfterCarriageReturn = octet == Octet.carriageReturn
        if octet == Octet.lineFeed || octet == Octet.carriageReturn {
            position = position == .fieldBody ? .lineStart : .afterHeader
            return
        }
        switch position {
        case .lineStart:
            let continues = (octet == Octet.space || octet == 0x09) && count > 1
            position = continues ? .fieldBody : Octet.isVisible(octet) && octet != 0x3A ? .fieldName : .afterHeader
        case .fieldName:
            if octet == 0x3A {
                position = .fieldBody
            } else if !Octet.isVisible(octet), octet != Octet.space, octet != 0x09 {
                position = .afterHeader
            }
        case .fieldBody:
            if octet >= 0x80 { hasEightBitField = true }
        case .afterHeader:
            break
        }
    }
}

/// Looks for octets of two kinds, sixteen at a time.
enum OctetScan {
    static func eightBitAndNUL(in octets: UnsafeRawBufferPointer) -> (eightBit: Bool, nul: Bool) {
        guard let base = octets.baseAddress else { return (false, false) }
        var index = 0
        let zeroes = SIMD16<UInt8>(repeating: 0)
        var union = zeroes
        var nuls = zeroes .!= zeroes
        while index &+ 16 <= octets.count {
            let block = base.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
            union |= block
            nuls = nuls .| (block .== zeroes)
            index &+= 16
        }
        var eightBit = union.max() >= 0x80
        var nul = any(nuls)
        while index < octets.count {
            let octet = octets[index]
            eightBit = eightBit || octet >= 0x80
            nul = nul || octet == 0
            index &+= 1
        }
        return (eightBit, nul)
    }
}
