/// Short replies of one line that came lately.
///
/// A server says the same of each recipient, and of each message's sender. What is said again is not read again, and
/// needs no memory of its own, which together is most of what a reply costs.
struct RecentReplies: Sendable {
    /// Longer lines, their end included, are seldom the same.
    private static let longestLine = 64

    /// So many octets tell most replies apart: `250 2.0.0 Ok` ends where `250 2.0.0 Ok: queued` goes on.
    private static let tellingCount = 14

    /// The places for lines that are so long, and behind them those for shorter ones.
    ///
    /// A line has two, next to each other: the one that what it says leads to, and the other for one that comes there
    /// too.
    private static let (longCount, shortCount) = (16, 16)

    private var replies: [SMTPReply?] = Array(repeating: nil, count: longCount + shortCount)

    /// How long the line of each is, its end included; from ``longestLine`` times the place on, its octets.
    private var lengths: [Int] = Array(repeating: 0, count: longCount + shortCount)
    private var octets: [UInt8] = Array(repeating: 0, count: (longCount + shortCount) * longestLine)

    /// The reply that `received` begins with, and how many octets of it that is, if it came before.
    func reply(at received: UnsafeRawBufferPointer) -> (consumed: Int, reply: SMTPReply?)? {
        if received.count >= Self.tellingCount {
            let place = Self.placeOfLong(received)
            if let found = reply(at: received, in: place) ?? reply(at: received, in: place ^ 1) { return found }
        }
        guard received.count >= 5 else { return nil }
        let place = Self.placeOfShort(received)
        return reply(at: received, in: place) ?? reply(at: received, in: place ^ 1)
    }

    @inline(__always)
    private func reply(at received: UnsafeRawBufferPointer, in place: Int) -> (consumed: Int, reply: SMTPReply?)? {
        let length = lengths[place]
        guard length > 0, received.count >= length else { return nil }
        let isSame = octets.span.bytes.withUnsafeBytes { octets in
            let start = place * Self.longestLine
            return Self.starts(received, with: UnsafeRawBufferPointer(rebasing: octets[start..<start + length]))
        }
        return isSame ? (length, replies[place]) : nil
    }

    @inline(__always)
    private static func starts(_ octets: UnsafeRawBufferPointer, with line: UnsafeRawBufferPointer) -> Bool {
        guard line.count >= 8 else { return octets.starts(with: line) }
        // Eight at a time, and the last eight whatever of them was compared before.
        var offset = 0
        while offset < line.count {
            let place = min(offset, line.count - 8)
            let octets = octets.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            guard octets == line.loadUnaligned(fromByteOffset: place, as: UInt64.self) else { return false }
            offset += 8
        }
        return true
    }

    /// Keeps the reply that is the whole of `line`, in place of another.
    mutating func remember(_ line: UnsafeRawBufferPointer, _ reply: SMTPReply) {
        guard (5...Self.longestLine).contains(line.count) else { return }
        let place = line.count >= Self.tellingCount ? Self.placeOfLong(line) : Self.placeOfShort(line)
        if lengths[place] > 0 { moveAside(place) }
        replies[place] = reply
        lengths[place] = line.count
        let start = place * Self.longestLine
        for offset in 0..<line.count { octets[start + offset] = line[offset] }
    }

    private mutating func moveAside(_ place: Int) {
        let other = place ^ 1
        replies[other] = replies[place]
        lengths[other] = lengths[place]
        for offset in 0..<lengths[place] {
            octets[other * Self.longestLine + offset] = octets[place * Self.longestLine + offset]
        }
    }

    private static func placeOfLong(_ line: UnsafeRawBufferPointer) -> Int {
        let first = line.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        let last = line.loadUnaligned(fromByteOffset: tellingCount - 8, as: UInt64.self)
        return Int(truncatingIfNeeded: ((first ^ last &* 31) &* 0x9E37_79B9_7F4A_7C15) >> 60)
    }

    private static func placeOfShort(_ line: UnsafeRawBufferPointer) -> Int {
        longCount + Int(line[0] ^ line[1] &* 2 ^ line[2] ^ line[4] &* 4) & (shortCount - 1)
    }
}
