/// The status in the JSON by which a server refuses a bearer token (RFC 7628 §3.2.2), such as `invalid_token` or `401`.
///
/// Not a JSON reader: it finds one member of one object, in whatever comes, and never fails but by finding nothing.
public struct BearerErrorStatus: Hashable, Sendable {
    /// The most octets of a status that are kept.
    public static let lengthLimit = 64

    /// The status, escaped for display.
    public let text: String

    /// Finds the status in `json`, or `nil` if there is none.
    public init?(json: [UInt8]) {
        var scanner = Scanner(octets: json)
        guard let value = scanner.value(ofMember: Array("status".utf8)), !value.isEmpty else { return nil }
        text = DisplayText.escape(value.prefix(Self.lengthLimit))
    }
}

private struct Scanner {
    let octets: [UInt8]
    private var index = 0

    init(octets: [UInt8]) {
        self.octets = octets
    }

    /// Returns the string or number that the outermost object has for `name`.
    mutating func value(ofMember name: [UInt8]) -> [UInt8]? {
        var depth = 0
        while let octet = peek() {
            switch octet {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                index += 1
            case UInt8(ascii: "\""):
                let string = takeString()
                skipSpace()
                guard depth == 1, string == name, peek() == UInt8(ascii: ":") else { continue }
                index += 1
                skipSpace()
                return peek() == UInt8(ascii: "\"") ? takeString() : takeWord()
            default:
                index += 1
            }
        }
        return nil
    }

    private func peek() -> UInt8? { index < octets.count ? octets[index] : nil }

    private mutating func skipSpace() {
        while let octet = peek(), octet == 0x20 || octet == 0x09 || octet == 0x0A || octet == 0x0D { index += 1 }
    }

    /// Takes a string with its quotes; of an escape the character after the backslash is kept, which is right for
    /// quotes and backslashes and never a control character.
    private mutating func takeString() -> [UInt8] {
        index += 1
        var result: [UInt8] = []
        while let octet = peek() {
            index += 1
            if octet == UInt8(ascii: "\"") { break }
            guard octet == UInt8(ascii: "\\") else {
                result.append(octet)
                continue
            }
            if let escaped = peek() {
                result.append(escaped)
                index += 1
            }
        }
        return result
    }

    /// Takes a number, or a word without quotes.
    private mutating func takeWord() -> [UInt8] {
        let word = octets[index...].prefix { Octet.isLetterOrDigit($0) || $0 == Octet.hyphen || $0 == Octet.dot }
        index = word.endIndex
        return Array(word)
    }
}
