/// The search for line ends, sixteen octets at a time.
///
/// The one place of this module that reads memory unchecked: the standard library offers no search that is not a loop
/// over octets, and that is seven times slower. The vector type is concrete; generic code over SIMD is a hundred times
/// slower than this.
package enum LineEndSearch {
    /// Returns the index of the first CR or LF at or behind `start`, or the count if there is none.
    ///
    /// - Precondition: `start` is at most the count.
    package static func firstLineEnd(in octets: UnsafeRawBufferPointer, from start: Int) -> Int {
        first(Octet.carriageReturn, or: Octet.lineFeed, in: octets, from: start)
    }

    /// Returns the index of the first LF at or behind `start`, or the count if there is none.
    ///
    /// - Precondition: `start` is at most the count.
    static func firstLineFeed(in octets: UnsafeRawBufferPointer, from start: Int) -> Int {
        first(Octet.lineFeed, or: Octet.lineFeed, in: octets, from: start)
    }

    @inline(__always)
    private static func first(
        _ one: UInt8,
        or other: UInt8,
        in octets: UnsafeRawBufferPointer,
        from start: Int
    ) -> Int {
        guard let base = octets.baseAddress else { return 0 }
        let count = octets.count
        var index = start
        let ones = SIMD16<UInt8>(repeating: one)
        let others = SIMD16<UInt8>(repeating: other)
        while index &+ 16 <= count {
            let block = base.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
            let hits = (block .== ones) .| (block .== others)
            if any(hits) { return index &+ firstSetLane(hits) }
            index &+= 16
        }
        while index < count {
            let octet = octets[index]
            if octet == one || octet == other { return index }
            index &+= 1
        }
        return count
    }

    private static func firstSetLane(_ mask: SIMDMask<SIMD16<Int8>>) -> Int {
        // A lane that is set is all ones, so the lowest one bit tells the lane; memory order is the lanes' order here.
        let halves = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        let low = UInt64(littleEndian: halves[0])
        if low != 0 { return low.trailingZeroBitCount / 8 }
        return 8 + UInt64(littleEndian: halves[1]).trailingZeroBitCount / 8
    }
}
