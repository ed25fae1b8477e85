/// Short replies of one line that came lately.
///
/// A server says the same of each recipient, and of each message's sender. What is said again is not read again, and needs
/// no memory of its own, which together is most of what a reply costs.
struct RecentReplies: Sendable {
    /// Longer lines, their end included, are seldom the same.
    private static let longestLine = 64

    /// The places for lines of 9 octets or more, and behind them those for shorter ones.
    private static let (longCount, shortCount) = (8, 8)

    private var replies: [SMTPReply?] = Array(repeating: nil, count: longCount + shortCount)

    /// How long the line of each is, its end included, and from ``longestLine`` times the place on its octets.
    private var lengths: [Int] = Array(repeating: 0, count: longCount + shortCount)
    private var octets: [UInt8] = Array(repeating: 0, count: (longCount + shortCount) * longestLine)

    /// The reply that `received` begins with, and how many octets of it that is, if it came before.
    func reply(at received: UnsafeRawBufferPointer) -> (consumed: Int, reply: SMTPReply?)? {
        if received.count >= 9, let found = reply(at: received, in: Self.placeOfLong(received)) { return found }
        return received.count >= 5 ? reply(at: received, in: Self.placeOfShort(received)) : nil
    }

    private func reply(at received: UnsafeRawBufferPointer, in place: Int) -> (consumed: Int, reply: SMTPReply?)? {
        let length = lengths[place]
        guard length > 0, received.count >= length else { return nil }
        let isSame = octets.span.bytes.withUnsafeBytes { octets in
            let line = UnsafeRawBufferPointer(rebasing: octets[(place * Self.longestLine)...].prefix(length))
            return Self.starts(received, with: line)
        }
        return isSame ? (length, replies[place]) : nil
    }

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
        let place = line.count >= 9 ? Self.placeOfLong(line) : Self.placeOfShort(line)
        replies[place] = reply
        lengths[place] = line.count
        let start = place * Self.longestLine
        octets.replaceSubrange(start..<start + line.count, with: line)
    }

    /// The code, and the enhanced one where there is one, tell most replies apart: `250 2.1.5` without the first digit.
    private static func placeOfLong(_ line: UnsafeRawBufferPointer) -> Int {
        let octets = line.loadUnaligned(fromByteOffset: 1, as: UInt64.self)
        return Int(truncatingIfNeeded: (octets &* 0x9E37_79B9_7F4A_7C15) >> 61)
    }

    private static func placeOfShort(_ line: UnsafeRawBufferPointer) -> Int {
        longCount + Int(line[1] ^ line[2] ^ line[4]) & (shortCount - 1)
    }
}
