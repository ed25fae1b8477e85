internal import SMTPWire

/// JSON on one line, put together by hand: the order of the keys and the nulls are part of the tools' formats.
package enum JSON {
    package static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    package static func array(_ elements: some Sequence<String>) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }

    package static func number(_ value: (some BinaryInteger)?) -> String {
        value.map { "\($0)" } ?? "null"
    }

    package static func boolean(_ value: Bool?) -> String {
        value.map { "\($0)" } ?? "null"
    }

    /// A string in ASCII alone; what steers a terminal is escaped also in what it decodes to.
    package static func string(_ value: String?) -> String {
        guard let value else { return "null" }
        var result = "\""
        for unit in DisplayText.escape(value).utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x20..<0x7F: result.unicodeScalars.append(UnicodeScalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }
        }
        return result + "\""
    }
}

extension ToolFailure {
    /// The failure as the tools' outcomes have it under `error`.
    package var json: String {
        JSON.object([
            ("kind", JSON.string(kind.rawValue)),
            ("code", JSON.number(reply?.code.rawValue)),
            ("enhanced", JSON.string(reply?.enhancedStatusCode?.description)),
            ("command", JSON.string(verb)),
            ("message", JSON.string(message)),
        ])
    }
}
