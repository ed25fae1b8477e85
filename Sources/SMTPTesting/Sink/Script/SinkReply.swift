/// What a ``MailSink`` says and does at one point of a session: a reply as it should be, or one that is late, split, cut,
/// garbage, or missing.
///
/// The code is what the server has decided, whatever the client gets to see of it: `.reply(250, "ok").unsaid()` accepts
/// the message and never says so.
public struct SinkReply: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case say([UInt8])
        /// Lets the other side read what was said so far.
        case pause
        case wait(Duration)
        case close
        case reset
        /// Begins TLS; no script has it.
        case upgrade
    }

    /// The code that decides what happens, or `nil` to leave everything as it was, as if the command had been refused.
    ///
    /// A reply of 421 closes the connection, as servers do.
    public var code: Int?

    var steps: [Step]

    init(code: Int?, steps: [Step]) {
        self.code = code
        self.steps = steps
    }

    /// The octets that are said.
    public var octetCount: Int {
        steps.reduce(0) { if case .say(let octets) = $1 { $0 + octets.count } else { $0 } }
    }
}

// MARK: What to say

extension SinkReply {
    /// A reply with a code and one line of text or more.
    ///
    /// Nothing is checked: a code that is none and text with line ends are sent as they are.
    public static func reply(_ code: Int, _ lines: String...) -> SinkReply {
        reply(code, lines: lines)
    }

    /// A reply with a code and the lines of `lines`, at least one, which may be empty.
    public static func reply(_ code: Int, lines: [String]) -> SinkReply {
        var octets: [UInt8] = []
        for (index, line) in lines.enumerated() {
            let isLast = index == lines.count - 1
            octets += "\(code)\(isLast ? " " : "-")\(line)\r\n".utf8
        }
        if lines.isEmpty { octets += "\(code)\r\n".utf8 }
        return SinkReply(code: code, steps: [.say(octets)])
    }

    /// Octets as they are, a reply or not.
    ///
    /// - Parameters:
    ///   - octets: What is said.
    ///   - code: What the server has decided; see ``code``.
    /// - Returns: The reply.
    public static func raw(_ octets: [UInt8], code: Int? = nil) -> SinkReply {
        SinkReply(code: code, steps: [.say(octets)])
    }

    /// Text as it is, a reply or not; `code` is what the server has decided.
    public static func raw(_ text: String, code: Int? = nil) -> SinkReply {
        raw(Array(text.utf8), code: code)
    }

    /// Nothing: the client waits.
    public static let silence = SinkReply(code: nil, steps: [])

    /// No reply, and the connection is closed in order.
    public static let close = SinkReply(code: nil, steps: [.close])

    /// No reply, and the connection is broken off.
    public static let reset = SinkReply(code: nil, steps: [.reset])
}

// MARK: How to say it

extension SinkReply {
    /// The same decision, and nothing of it said.
    public func unsaid() -> SinkReply {
        SinkReply(code: code, steps: steps.filter { if case .say = $0 { false } else { true } })
    }

    /// The same, `duration` later on the executor's clock; meanwhile the server does nothing else.
    public func after(_ duration: Duration) -> SinkReply {
        SinkReply(code: code, steps: [.wait(duration)] + steps)
    }

    /// The same, and then what `next` says and does; its code counts for nothing.
    public func followed(by next: SinkReply) -> SinkReply {
        SinkReply(code: code, steps: steps + next.steps)
    }

    /// The same, and then the connection is closed in order.
    public func thenClose() -> SinkReply { followed(by: .close) }

    /// The same, and then the connection is broken off.
    public func thenReset() -> SinkReply { followed(by: .reset) }

    /// The same in pieces of `count` octets, with `pause` between two of them.
    ///
    /// Each piece is written by itself, and the other side gets the chance to read it by itself.
    public func split(every count: Int = 1, pause: Duration? = nil) -> SinkReply {
        let count = max(1, count)
        return SinkReply(
            code: code,
            steps: steps.flatMap { step -> [Step] in
                guard case .say(let octets) = step else { return [step] }
                let starts = stride(from: 0, to: octets.count, by: count)
                let pieces = starts.map { Step.say(Array(octets[$0..<min($0 + count, octets.count)])) }
                return Array(pieces.map { [$0] }.joined(separator: [pause.map(Step.wait) ?? .pause]))
            }
        )
    }

    /// The same in two pieces, the first of `count` octets, with `pause` between.
    public func split(at count: Int, pause: Duration? = nil) -> SinkReply {
        var offset = 0
        return SinkReply(
            code: code,
            steps: steps.flatMap { step -> [Step] in
                guard case .say(let octets) = step else { return [step] }
                defer { offset += octets.count }
                let place = count - offset
                guard place > 0, place < octets.count else { return [step] }
                return [
                    .say(Array(octets[..<place])), pause.map(Step.wait) ?? .pause, .say(Array(octets[place...])),
                ]
            }
        )
    }

    /// The same decision, but no more than the first `count` octets are said.
    ///
    /// What the reply does behind them, such as closing, is left out too.
    public func cut(after count: Int) -> SinkReply {
        var rest = count
        var result = SinkReply(code: code, steps: [])
        for step in steps where rest > 0 {
            guard case .say(let octets) = step else {
                result.steps.append(step)
                continue
            }
            result.steps.append(.say(Array(octets.prefix(rest))))
            rest -= octets.count
        }
        return result
    }
}
