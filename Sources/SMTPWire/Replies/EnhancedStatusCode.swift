/// A status in three parts, such as `5.1.1`, at the beginning of a reply's text (RFC 2034 §4, RFC 3463 §2).
///
/// It says more than the reply code and never something else: whether a command succeeded is for the code alone to say.
public struct EnhancedStatusCode: Hashable, Sendable {
    /// 2 for success, 4 for a transient and 5 for a permanent failure.
    public let `class`: Int

    /// What it is about: 1 addressing, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content, 7 security.
    public let subject: Int

    /// What about it.
    public let detail: Int

    /// Creates a code, or `nil` unless the class is 2, 4 or 5 and the others are from 0 to 999.
    public init?(class: Int, subject: Int, detail: Int) {
        guard [2, 4, 5].contains(`class`), (0...999).contains(subject), (0...999).contains(detail) else { return nil }
        self.class = `class`
        self.subject = subject
        self.detail = detail
    }

    /// Reads a code at the beginning of `text`, where a space or the end must follow it.
    public init?(prefixOf text: some Collection<UInt8>) {
        var parts: [Int] = []
        var rest = text[...]
        while true {
            let digits = rest.prefix { Octet.isDigit($0) }
            guard (1...3).contains(digits.count) else { return nil }
            parts.append(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
            rest = rest[digits.endIndex...]
            if parts.count == 3 { break }
            guard rest.first == Octet.dot else { return nil }
            rest = rest.dropFirst()
        }
        guard rest.first.map({ $0 == Octet.space || $0 == 0x09 }) ?? true else { return nil }
        self.init(class: parts[0], subject: parts[1], detail: parts[2])
    }
}

extension EnhancedStatusCode: CustomStringConvertible {
    /// The three parts with dots between.
    public var description: String { "\(`class`).\(subject).\(detail)" }
}
