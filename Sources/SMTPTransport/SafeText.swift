/// Text from the other side, or from the caller, made safe to show on a terminal and in a log.
enum SafeText {
    /// Returns `octets` as text on one line: controls, and characters that change the direction of text or have no
    /// glyph, are escaped as `\u{1B}`; octets that are no UTF-8 become U+FFFD.
    static func escape(_ octets: some Collection<UInt8>) -> String {
        escape(String(decoding: octets, as: UTF8.self))
    }

    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Returns `text` on one line in quotes, as what the caller gave is shown in an error.
    static func quoted(_ text: String) -> String {
        escape(text.debugDescription)
    }

    /// Returns text that was escaped, cut to what fits on a line: a name in a certificate may be as long as that.
    static func short(_ text: String) -> String {
        text.unicodeScalars.count <= 200
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(200))) + "…"
    }
}

/// Octets as pairs of digits.
enum Hexadecimal {
    static func text(_ octets: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF")
        return octets.reduce(into: "") { text, octet in
            text.append(digits[Int(octet >> 4)])
            text.append(digits[Int(octet & 15)])
        }
    }
}
