/// What a ``MailSink`` does otherwise than a friendly server would.
///
/// The first rule that matches decides, so write the special before the general.
///
/// ```swift
/// var script = SinkScript()
/// script.on(.recipient("full@example.org"), .reply(452, "4.2.2 mailbox full"))
/// script.on(.command("MAIL"), occurrence: 2, .reply(421, "4.3.2 shutting down"))
/// script.on(.content, .reply(250, "2.0.0 ok").unsaid().thenClose())
/// ```
public struct SinkScript: Sendable {
    struct Rule: Sendable {
        var point: SinkPoint
        var occurrence: Int?
        var reply: SinkReply
    }

    private(set) var rules: [Rule] = []

    /// Asked before the rules, with the reply a friendly server would give: return another to have that instead, or `nil`.
    ///
    /// It is called on the connection's executor and must not wait. Randomness belongs in here, from a seed.
    public var decide: (@Sendable (_ moment: SinkMoment, _ regular: SinkReply) -> SinkReply?)?

    /// Creates the script of a friendly server.
    public init() {}

    /// Adds a rule behind those there are.
    ///
    /// - Parameters:
    ///   - point: Where it applies.
    ///   - occurrence: Which time in a session the point is reached, counted from 1; every time by default.
    ///   - reply: What is said and done.
    public mutating func on(_ point: SinkPoint, occurrence: Int? = nil, _ reply: SinkReply) {
        var point = point
        if case .command(let verb) = point { point = .command(verb.uppercased()) }
        rules.append(Rule(point: point, occurrence: occurrence, reply: reply))
    }

    /// Whether there is nothing to look up.
    var isEmpty: Bool { rules.isEmpty && decide == nil }

    /// The lengths of content at which something is to happen, in order.
    var contentOffsets: [Int] {
        let offsets = rules.compactMap { rule -> Int? in
            if case .contentOctets(let count) = rule.point { max(0, count) } else { nil }
        }
        return Set(offsets).sorted()
    }
}
