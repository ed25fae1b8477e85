/// A session written down as RFCs write it, which plays one side and checks every octet of the other.
///
/// ```swift
/// let dialogue = try Dialogue("""
///     S: 220 server.example ESMTP
///     C: EHLO client.example
///     S: 250-server.example
///     S: 250 PIPELINING
///     C: QUIT
///     S: 221 bye
///     S* close
///     """)
/// try dialogue.run { transport in
///     try await myClient(over: transport)
/// }
/// ```
///
/// Each line begins with who acts, `C` for the client or `S` for the server, and how:
///
/// - `C: text` is a line of text, with CRLF added. Spaces at its end count.
/// - `C| text` is text as it is, without a line end, in which `\r`, `\n`, `\t`, `\0`, `\\` and `\xFF` stand for octets.
/// - `C* close` ends the connection in order, `C* reset` breaks it off.
/// - `C* wait 2.5` lets so many seconds pass first, on the executor's clock; a billion at most.
/// - Empty lines, and those that begin with `#`, say nothing. Spaces before all are left out.
///
/// What one side says without the other between may be sent in one segment, as commands are with PIPELINING; but nobody
/// may speak before a line of the other's that comes first. The client must be the first to end the connection, unless
/// the dialogue says that the server is.
public struct Dialogue: Hashable, Sendable {
    /// Who acts.
    public enum Side: Hashable, Sendable {
        /// Who connects.
        case client
        /// Who is connected to.
        case server
    }

    struct Step: Hashable, Sendable {
        enum Act: Hashable, Sendable {
            case say([UInt8])
            case close
            case reset
            case wait(Duration)
        }

        let line: Int
        let side: Side
        let act: Act
        let text: String
    }

    /// The most seconds that a line may wait: some thirty years, beyond which it is a slip of the pen.
    static let longestWait = 1e9

    let steps: [Step]

    /// Reads a dialogue.
    ///
    /// - Throws: ``DialogueError`` of kind ``DialogueError/Kind/malformed``.
    public init(_ text: String) throws(DialogueError) {
        var steps: [Step] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let step = Step(String(line), line: index + 1) else {
                throw DialogueError(.malformed, line: index + 1, got: String(line))
            }
            steps.append(step)
        }
        self.steps = steps
    }
}

extension Dialogue.Step {
    fileprivate init?(_ text: String, line: Int) {
        let side: Dialogue.Side
        switch text.first {
        case "C": side = .client
        case "S": side = .server
        default: return nil
        }
        let mark = text.dropFirst().first
        var rest = text.dropFirst(2)
        if rest.hasPrefix(" ") { rest.removeFirst() }
        let act: Act?
        switch mark {
        case ":": act = .say(Array(rest.utf8) + [0x0D, 0x0A])
        case "|": act = Self.unescape(rest).map { .say($0) }
        case "*": act = Self.event(rest)
        default: act = nil
        }
        guard let act else { return nil }
        self.init(line: line, side: side, act: act, text: text)
    }

    private static func event(_ text: Substring) -> Act? {
        let words = text.split(separator: " ")
        switch words.first {
        case "close" where words.count == 1: return .close
        case "reset" where words.count == 1: return .reset
        case "wait" where words.count == 2: return wait(Double(words[1]))
        default: return nil
        }
    }

    private static func wait(_ seconds: Double?) -> Act? {
        // A duration traps for what is no number or too large a one.
        guard let seconds, (0...Dialogue.longestWait).contains(seconds) else { return nil }
        return .wait(.seconds(seconds))
    }

    private static func unescape(_ text: Substring) -> [UInt8]? {
        var octets: [UInt8] = []
        var rest = text.utf8[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\") else {
                octets.append(octet)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "r"): octets.append(0x0D)
            case UInt8(ascii: "n"): octets.append(0x0A)
            case UInt8(ascii: "t"): octets.append(0x09)
            case UInt8(ascii: "0"): octets.append(0)
            case UInt8(ascii: "\\"): octets.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "x"):
                guard rest.count >= 2, let octet = UInt8(Substring(rest.prefix(2)), radix: 16) else { return nil }
                octets.append(octet)
                rest = rest.dropFirst(2)
            default: return nil
            }
        }
        return octets
    }
}
