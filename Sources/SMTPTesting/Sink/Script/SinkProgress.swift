/// A script in one session: how often each of its rules has matched.
struct SinkProgress {
    private let script: SinkScript
    private var matches: [Int]

    init(_ script: SinkScript) {
        self.script = script
        matches = Array(repeating: 0, count: script.rules.count)
    }

    var isEmpty: Bool { script.isEmpty }

    var contentOffsets: [Int] { script.contentOffsets }

    /// What the script has for `moment`, or `nil` to do the regular thing.
    mutating func reply(at moment: SinkMoment, regular: SinkReply) -> SinkReply? {
        if let reply = script.decide?(moment, regular) { return reply }
        var reply: SinkReply?
        // All are counted, also those behind the one that decides.
        for (index, rule) in script.rules.enumerated() where moment.matches(rule.point) {
            matches[index] += 1
            if reply == nil, rule.occurrence ?? matches[index] == matches[index] { reply = rule.reply }
        }
        return reply
    }
}
