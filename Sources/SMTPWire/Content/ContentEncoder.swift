/// Makes of a message's octets what may be sent, chunk by chunk.
///
/// Every line end becomes CRLF: a CRLF stays, a lone LF and a lone CR become one. So a bare CR or LF, which servers
/// take for different things and which lets one message smuggle in another, never reaches the wire. A last line without
/// an end gets one; content without an octet stays without. Memory is bounded by the chunk.
public struct ContentEncoder: Sendable {
    /// What happens to a line that begins with a dot.
    public enum Transparency: Hashable, Sendable {
        /// Another dot is put before it, and the end is marked by a dot alone on a line: for DATA (RFC 5321 §4.5.2).
        case dotStuffing
        /// Nothing, and the end is not marked: for BDAT, whose chunks have their size before them (RFC 3030 §2).
        case none
    }

    private enum Position {
        case lineStart
        case insideLine
        /// Behind a CR that has been written as CRLF: an LF that follows belongs to it.
        case afterCarriageReturn
    }

    private let transparency: Transparency
    private var position: Position = .lineStart

    /// Creates an encoder for one message.
    public init(transparency: Transparency) {
        self.transparency = transparency
    }

    /// Appends what `chunk` becomes to `output`.
    ///
    /// Between chunks a line, and a CRLF too, may be divided anywhere.
    public mutating func encode(_ chunk: RawSpan, into output: inout [UInt8]) {
        chunk.withUnsafeBytes { octets in encode(octets, into: &output) }
    }

    /// Appends the end of the message to `output`: a line end where it is missing, and the terminator if there is one.
    public mutating func finish(into output: inout [UInt8]) {
        if position == .insideLine { output.append(contentsOf: Self.lineEnd) }
        if transparency == .dotStuffing { output.append(contentsOf: Self.terminator) }
        position = .lineStart
    }

    /// Returns `content` with a dot before each line that begins with one, and nothing else changed.
    public static func dotStuffed(_ content: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count + content.count / 64)
        var isLineStart = true
        for octet in content {
            if isLineStart, octet == Octet.dot { result.append(Octet.dot) }
            result.append(octet)
            isLineStart = octet == Octet.lineFeed
        }
        return result
    }

    private static let lineEnd: [UInt8] = [Octet.carriageReturn, Octet.lineFeed]
    private static let terminator: [UInt8] = [Octet.dot, Octet.carriageReturn, Octet.lineFeed]

    /// Copies run by run: a run ends only where octets must be put in or left out, which in a well-formed message is
    /// before a line that begins with a dot.
    private mutating func encode(_ octets: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        let count = octets.count
        guard count > 0 else { return }
        var runStart = 0
        var index = 0
        if position == .afterCarriageReturn {
            if octets[0] == Octet.lineFeed { (runStart, index) = (1, 1) }
            position = .lineStart
        }
        while index < count {
            if position == .lineStart, transparency == .dotStuffing, octets[index] == Octet.dot {
                output.append(contentsOf: UnsafeRawBufferPointer(rebasing: octets[runStart..<index]))
                output.append(Octet.dot)
                runStart = index
            }
            let end = LineEndSearch.firstLineEnd(in: octets, from: index)
            guard end < count else {
                position = .insideLine
                break
            }
            position = .lineStart
            if octets[end] == Octet.carriageReturn, end + 1 < count, octets[end + 1] == Octet.lineFeed {
                index = end + 2
                continue
            }
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: octets[runStart..<end]))
            output.append(contentsOf: Self.lineEnd)
            index = end + 1
            runStart = index
            if octets[end] == Octet.carriageReturn, index == count { position = .afterCarriageReturn }
        }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: octets[runStart..<count]))
    }
}
