/// How urgent a message is: from -9, the least, by 0, the usual, to 9, the most (RFC 6710).
public struct MessagePriority: Hashable, Sendable {
    /// The priorities there are.
    public static let range = -9...9

    /// The number.
    public let rawValue: Int

    /// Creates a priority.
    ///
    /// - Throws: ``WireError`` outside ``range``.
    public init(_ rawValue: Int) throws(WireError) {
        guard Self.range.contains(rawValue) else { throw WireError(.outOfRange, in: .priority) }
        self.rawValue = rawValue
    }
}

extension MessagePriority: Comparable {
    /// Whether one is less urgent than the other.
    public static func < (lhs: MessagePriority, rhs: MessagePriority) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension MessagePriority: CustomStringConvertible {
    /// The number.
    public var description: String { String(rawValue) }
}
