/// Octets that are found in a text even if only a piece of them stands there: a secret that a server repeats.
package struct OctetNeedle: Sendable {
    /// The octets of a secret in a row that are recognised: words of the server's own must not be taken for a piece of one.
    package static let secretPiece = 16

    private let pieces: Set<ArraySlice<UInt8>>
    private let length: Int

    /// Creates a needle.
    ///
    /// - Parameters:
    ///   - octets: What is looked for; nothing is found of no octets.
    ///   - piece: As many of them in a row are recognised; where there are fewer, all of them.
    package init(_ octets: [UInt8], piece: Int) {
        let length = min(piece, octets.count)
        self.length = length
        pieces = length == 0 ? [] : Set((0...octets.count - length).map { octets[$0..<$0 + length] })
    }

    /// Sets `isFound` to `true` wherever an octet of `text` belongs to a piece.
    package func mark(in text: [UInt8], _ isFound: inout [Bool]) {
        guard length > 0, text.count >= length else { return }
        for place in 0...text.count - length where pieces.contains(text[place..<place + length]) {
            for index in place..<place + length { isFound[index] = true }
        }
    }

    /// Whether a piece stands in `text`.
    package func occurs(in text: [UInt8]) -> Bool {
        var isFound = [Bool](repeating: false, count: text.count)
        mark(in: text, &isFound)
        return isFound.contains(true)
    }
}
