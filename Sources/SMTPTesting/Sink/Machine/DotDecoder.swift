internal import SMTPWire

/// The content behind DATA as it arrives: takes the transparency away, and finds the lone dot (RFC 5321 §4.5.2).
///
/// Only CRLF ends a line here. A lone CR or LF is content, and seen.
struct DotDecoder {
    private enum Place {
        case lineStart
        /// Behind a dot that began a line.
        case dot
        /// Behind that and a CR.
        case dotReturn
        case middle
        case carriageReturn
    }

    private var place = Place.lineStart

    /// Whether a CR or LF was seen that is no part of a CRLF.
    private(set) var hasBareLineEnds = false

    /// Takes octets up to the end of the content.
    ///
    /// - Returns: How many were taken, and whether the lone dot was among them.
    mutating func decode(_ octets: UnsafeRawBufferPointer, into content: inout SinkContent) -> (taken: Int, Bool) {
        var index = 0
        while index < octets.count {
            switch place {
            case .lineStart where octets[index] == 0x2E:
                place = .dot
                index += 1
            case .dot where octets[index] == 0x0D:
                place = .dotReturn
                index += 1
            case .dotReturn where octets[index] == 0x0A:
                place = .lineStart
                return (index + 1, true)
            case .dotReturn:
                content.append(0x0D)
                place = .carriageReturn
            case .carriageReturn where octets[index] == 0x0A:
                content.append(0x0A)
                place = .lineStart
                index += 1
            case .carriageReturn:
                hasBareLineEnds = true
                place = .middle
            case .lineStart, .dot, .middle:
                index = takeText(octets, from: index, into: &content)
            }
        }
        return (index, false)
    }

    /// Takes text, line ends among it, up to where one of the other cases applies.
    private mutating func takeText(
        _ octets: UnsafeRawBufferPointer,
        from start: Int,
        into content: inout SinkContent
    ) -> Int {
        let end = LineEndSearch.firstLineEnd(in: octets, from: start)
        content.append(UnsafeRawBufferPointer(rebasing: octets[start..<end]))
        place = .middle
        guard end < octets.count else { return end }
        content.append(octets[end])
        if octets[end] == 0x0D { place = .carriageReturn } else { hasBareLineEnds = true }
        return end + 1
    }
}

/// A content under way: its octets as far as they are kept, and their number.
struct SinkContent {
    let limit: Int
    private(set) var octets: [UInt8] = []
    private(set) var count = 0

    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ new: UnsafeRawBufferPointer) {
        count += new.count
        let room = limit - octets.count
        if room > 0 { octets.append(contentsOf: UnsafeRawBufferPointer(rebasing: new[..<min(room, new.count)])) }
    }

    mutating func append(_ octet: UInt8) {
        count += 1
        if octets.count < limit { octets.append(octet) }
    }
}
