/// Until when a message is to be delivered, and what becomes of it if it is not (RFC 2852).
public struct DeliverBy: Hashable, Sendable {
    /// What becomes of a message that is late.
    public enum Mode: String, Hashable, Sendable {
        /// It is returned to its sender.
        case returns = "R"
        /// It is delivered all the same, and its sender is told.
        case notifies = "N"
    }

    /// The times that can be stated, in seconds.
    public static let range = -999_999_999...999_999_999

    /// The seconds from now; negative for a time that has passed.
    public let seconds: Int

    /// What becomes of the message then.
    public let mode: Mode

    /// Whether each server that relays the message tells the sender so.
    public let isTraced: Bool

    /// Creates a time.
    ///
    /// - Throws: ``WireError`` outside ``range``, and for a message that is to be returned at once: with ``Mode/returns``
    ///   the time must be to come.
    public init(seconds: Int, mode: Mode, isTraced: Bool = false) throws(WireError) {
        guard Self.range.contains(seconds), seconds > 0 || mode == .notifies else {
            throw WireError(.outOfRange, in: .deliverBy)
        }
        self.seconds = seconds
        self.mode = mode
        self.isTraced = isTraced
    }
}

extension DeliverBy: CustomStringConvertible {
    /// The parameter as it is sent.
    public var description: String { "BY=\(seconds);\(mode.rawValue)\(isTraced ? "T" : "")" }
}
