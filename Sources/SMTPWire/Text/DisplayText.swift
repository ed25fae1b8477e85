/// Text from the other side made safe to show, on a terminal and in a log.
public enum DisplayText {
    /// What stands where credentials would.
    package static let credentials = "(credentials)"

    /// Returns `octets` as text on one line.
    ///
    /// What is UTF-8 stays as it is. Control characters are escaped as `\r`, `\n`, `\t` or `\u{1B}`, and so are the
    /// characters that change the direction of text, break lines or cannot be seen; octets that are no UTF-8 become
    /// `\xFF`. It takes time in proportion to the octets.
    public static func escape(_ octets: some Collection<UInt8>) -> String {
        if octets.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(decoding: octets, as: UTF8.self) }
        var result: [UInt8] = []
        var parser = Unicode.UTF8.ForwardParser()
        var unread = octets.makeIterator()
        var position = octets.startIndex
        while true {
            switch parser.parseScalar(from: &unread) {
            case .valid(let encoded):
                append(Unicode.UTF8.decode(encoded), encoded, to: &result)
                position = octets.index(position, offsetBy: encoded.count)
            case .error(let length):
                for _ in 0..<length {
                    result.append(0x5C)
                    result.append(0x78)
                    result.append(hexadecimal: octets[position])
                    position = octets.index(after: position)
                }
            case .emptyInput:
                return String(decoding: result, as: UTF8.self)
            }
        }
    }

    /// Returns `text` as text on one line.
    public static func escape(_ text: some StringProtocol) -> String {
        escape(text.utf8)
    }

    private static func append(
        _ scalar: Unicode.Scalar,
        _ encoded: Unicode.UTF8.EncodedScalar,
        to result: inout [UInt8]
    ) {
        switch scalar {
        case "\r": result += "\\r".utf8
        case "\n": result += "\\n".utf8
        case "\t": result += "\\t".utf8
        case _ where mustEscape(scalar):
            result += "\\u{".utf8
            result += String(scalar.value, radix: 16, uppercase: true).utf8
            result.append(0x7D)
        default: result += encoded
        }
    }

    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return Octet.isControl(UInt8(truncatingIfNeeded: scalar.value)) }
        // Format characters are those of direction, the joiners, the zero-width spaces and the tags.
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
