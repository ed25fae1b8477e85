import SMTPWire

/// The outcome as one line of JSON; written by hand, because the order of the keys and the nulls are part of the format.
extension SendOutcome {
    var json: String {
        let error = failure.map { failure in
            JSON.object([
                ("kind", JSON.string(failure.kind.rawValue)),
                ("code", JSON.number(failure.reply?.code.rawValue)),
                ("enhanced", JSON.string(failure.reply?.enhancedStatusCode?.description)),
                ("command", JSON.string(failure.verb)),
                ("message", JSON.string(failure.message)),
            ])
        }
        return Self.json(
            isOK: isAcceptedForAll && failure == nil,
            state: state.rawValue,
            error: error,
            recipients: recipients
        )
    }

    /// The keys that are always there; a plan only where one was asked for.
    static func json(
        isOK: Bool,
        state: String,
        error: String?,
        recipients: [Recipient],
        plan: String? = nil
    ) -> String {
        JSON.object(
            [
                ("ok", "\(isOK)"),
                ("outcome", JSON.string(state)),
                ("error", error ?? "null"),
                ("recipients", JSON.array(recipients.map(\.json))),
            ] + (plan.map { [("plan", $0)] } ?? [])
        )
    }
}

extension SendOutcome.Recipient {
    fileprivate var json: String {
        JSON.object([
            ("address", JSON.string(address)),
            ("outcome", JSON.string(state.rawValue)),
            ("command", JSON.string(verb)),
            ("code", JSON.number(reply?.code.rawValue)),
            ("enhanced", JSON.string(reply?.enhancedStatusCode?.description)),
            ("message", JSON.string(reply?.text.joined(separator: " "))),
        ])
    }
}

enum JSON {
    static func array(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }

    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    static func number(_ value: UInt16?) -> String {
        value.map { "\($0)" } ?? "null"
    }

    /// A string in ASCII alone; what steers a terminal is escaped also in what it decodes to.
    static func string(_ value: String?) -> String {
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
