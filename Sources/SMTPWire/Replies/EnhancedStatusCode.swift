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
    ///
    /// The class is one digit, the others are one to three; zeros before them, which the grammar allows, do not count.
    public init?(prefixOf text: some Collection<UInt8>) {
        var rest = text[...]
        guard let `class` = Self.number(&rest, digits: 1), Self.dot(&rest),
            let subject = Self.number(&rest, digits: 3), Self.dot(&rest),
            let detail = Self.number(&rest, digits: 3),
            rest.first.map({ $0 == Octet.space || $0 == Octet.tab }) ?? true
        else { return nil }
        self.init(class: `class`, subject: subject, detail: detail)
    }

    private static func number<Text: Collection<UInt8>>(_ rest: inout Text, digits limit: Int) -> Int?
    where Text.SubSequence == Text {
        var number = 0
        var count = 0
        while count < limit, let digit = rest.first, Octet.isDigit(digit) {
            number = number * 10 + Int(digit - 0x30)
            count += 1
            rest = rest.dropFirst()
        }
        return count > 0 ? number : nil
    }

    private static func dot<Text: Collection<UInt8>>(_ rest: inout Text) -> Bool where Text.SubSequence == Text {
        guard rest.first == Octet.dot else { return false }
        rest = rest.dropFirst()
        return true
    }
}

extension EnhancedStatusCode: CustomStringConvertible {
    /// The three parts with dots between.
    public var description: String { "\(`class`).\(subject).\(detail)" }
}
