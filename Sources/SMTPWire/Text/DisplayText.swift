/// Text from the other side made safe to show, on a terminal and in a log.
public enum DisplayText {
    /// Returns `octets` as text on one line.
    ///
    /// What is UTF-8 stays as it is. Control characters are escaped as `\r`, `\n`, `\t` or `\u{1B}`, and so are the
    /// characters that change the direction of text or break lines; octets that are no UTF-8 become `\xFF`.
    public static func escape(_ octets: some Collection<UInt8>) -> String {
        var result = ""
        var rest = Array(octets)[...]
        var parser = Unicode.UTF8.ForwardParser()
        while !rest.isEmpty {
            var iterator = rest.makeIterator()
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                append(Unicode.UTF8.decode(encoded), to: &result)
                rest.removeFirst(encoded.count)
            case .error(let length):
                for octet in rest.prefix(length) { result += "\\x" + Octet.hexadecimal(octet) }
                rest.removeFirst(min(length, rest.count))
            case .emptyInput:
                rest = []
            }
            // What the parser has read ahead is read again from where this scalar ended.
            parser = Unicode.UTF8.ForwardParser()
        }
        return result
    }

    /// Returns `text` as text on one line.
    public static func escape(_ text: some StringProtocol) -> String {
        escape(Array(text.utf8))
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\r": result += "\\r"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case _ where mustEscape(scalar): result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        default: result.unicodeScalars.append(scalar)
        }
    }

    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        // Line and paragraph separators; marks, embeddings, overrides and isolates of direction.
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
