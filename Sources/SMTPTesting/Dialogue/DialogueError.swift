internal import SMTPWire

/// Where a dialogue went another way than it was written.
///
/// The description shows what was expected and what came instead, on several lines and escaped. It shows what the client
/// said, credentials too: use made-up ones in tests.
public struct DialogueError: Error, Sendable {
    /// What went wrong.
    @nonexhaustive
    public enum Kind: Hashable, Sendable {
        /// A line of the text is none of a dialogue.
        case malformed
        /// Something else came than was expected.
        case mismatch
        /// Something came before it was that side's turn, or behind the end.
        case outOfTurn
        /// The connection ended before the dialogue did.
        case unfinished
        /// Nothing more came, though the connection was there.
        case stalled
        /// The client's code threw an error of its own.
        case clientFailed
    }

    /// What went wrong.
    public let kind: Kind

    /// The line of the dialogue's text at which it did, counted from 1; `nil` behind the end.
    public let line: Int?

    /// The line as it is written.
    public let expected: String?

    /// What came instead, escaped.
    public let got: String?

    /// How the octets were delivered, if the dialogue was run in several ways.
    public internal(set) var delivery: Dialogue.Delivery?

    /// The error of the client or the connection, if there is one.
    public internal(set) var underlying: (any Error)?

    init(_ kind: Kind, line: Int?, expected: String? = nil, got: String? = nil, underlying: (any Error)? = nil) {
        self.kind = kind
        self.line = line
        self.expected = expected
        self.got = got
        self.underlying = underlying
    }

    init(_ kind: Kind, at step: Dialogue.Step?, got: String? = nil, underlying: (any Error)? = nil) {
        self.init(kind, line: step?.line, expected: step?.text, got: got, underlying: underlying)
    }
}

extension DialogueError: CustomStringConvertible {
    /// What was expected, what came instead, where, and how it was delivered.
    public var description: String {
        var lines = ["dialogue \(line.map { "line \($0)" } ?? "end"): \(kind.text)"]
        if let expected { lines.append("  expected: \(DisplayText.escape(expected))") }
        if let got { lines.append("  got:      \(got)") }
        if let underlying { lines.append("  because:  \(DisplayText.escape(String(describing: underlying)))") }
        if let delivery { lines.append("  delivery: \(delivery)") }
        return lines.joined(separator: "\n")
    }
}

extension DialogueError.Kind {
    fileprivate var text: String {
        switch self {
        case .malformed: "no line of a dialogue"
        case .mismatch: "something else came"
        case .outOfTurn: "something came out of turn"
        case .unfinished: "the connection ended before"
        case .stalled: "nothing more came"
        case .clientFailed: "the client failed"
        }
    }
}
