/// Short replies of one line that came lately.
///
/// A server says the same of each recipient, and of each message's sender. What is said again needs no memory of its
/// own, which is most of what a reply costs.
struct RecentReplies: Sendable {
    /// Longer texts are seldom the same.
    private static let longestText = 60

    /// A power of two, so that a remainder is a mask.
    private static let capacity = 8

    private var replies: [SMTPReply?] = Array(repeating: nil, count: capacity)

    /// The reply of this code and text, if it came before; else a new one, which is kept in place of another.
    mutating func reply(_ code: ReplyCode, _ text: UnsafeRawBufferPointer) -> SMTPReply {
        guard text.count <= Self.longestText else { return SMTPReply(code: code, joinedLines: Array(text)) }
        // The length, and the last digit of an enhanced status code, tell most replies apart.
        let place = (text.count &+ Int(text.count > 4 ? text[4] : 0)) & (Self.capacity - 1)
        if let reply = replies[place], reply.code == code, reply.hasText(text) { return reply }
        let reply = SMTPReply(code: code, joinedLines: Array(text))
        replies[place] = reply
        return reply
    }
}

extension SMTPReply {
    /// Whether the reply is one line with this text.
    fileprivate func hasText(_ text: UnsafeRawBufferPointer) -> Bool {
        joinedLines.span.bytes.withUnsafeBytes { own in
            guard own.count == text.count else { return false }
            var offset = 0
            while offset + 8 <= own.count {
                let left = own.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                guard left == text.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
                offset += 8
            }
            while offset < own.count {
                guard own[offset] == text[offset] else { return false }
                offset += 1
            }
            return true
        }
    }
}
