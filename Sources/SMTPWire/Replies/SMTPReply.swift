/// A server's reply: a code and one line of text or more (RFC 5321 §4.2).
public struct SMTPReply: Hashable, Sendable {
    /// The code, the same on all lines.
    public let code: ReplyCode

    /// The lines with a line feed between, which no line contains: one allocation for the whole reply.
    package let joinedLines: [UInt8]

    package init(code: ReplyCode, joinedLines: [UInt8]) {
        self.code = code
        self.joinedLines = joinedLines
    }

    /// Creates a reply, for tests and for servers.
    ///
    /// - Parameters:
    ///   - code: The code.
    ///   - lines: The text of each line, without code and line end; a line feed in one divides it in two.
    public init(code: ReplyCode, lines: [String]) {
        self.init(code: code, joinedLines: Array(lines.joined(separator: "\n").utf8))
    }

    /// What the first digit of the code says, which alone decides.
    public var severity: ReplyCode.Severity { code.severity }

    /// What the second digit of the code says.
    public var category: ReplyCode.Category { code.category }

    /// The enhanced status code at the beginning of the text, or `nil` if there is none.
    public var enhancedStatusCode: EnhancedStatusCode? {
        // The longest code and the octet behind it; what follows cannot matter.
        EnhancedStatusCode(prefixOf: joinedLines.prefix(10).prefix { $0 != Octet.lineFeed })
    }

    /// The text of each line as octets, without code and line end; at least one line.
    public var lines: [ArraySlice<UInt8>] {
        joinedLines.split(separator: Octet.lineFeed, omittingEmptySubsequences: false)
    }

    /// The text of each line, safe to show; see ``DisplayText``.
    public var text: [String] {
        lines.map { DisplayText.escape($0) }
    }

    /// 2yz: what was asked for was done.
    public var isPositiveCompletion: Bool { severity == .positiveCompletion }

    /// 3yz: the server waits for more.
    public var isPositiveIntermediate: Bool { severity == .positiveIntermediate }

    /// 4yz: not now; later it may be done.
    public var isTransientNegative: Bool { severity == .transientNegative }

    /// 5yz: not like this.
    public var isPermanentNegative: Bool { severity == .permanentNegative }

    /// 4yz or 5yz: no, for now or for good.
    public var isNegative: Bool { code.rawValue >= 400 }

    /// 500, 501, 502 or 504: the command, or what stands behind it, is not known to the server (RFC 5321 §4.2.2).
    package var isOfUnknownCommand: Bool { [500, 501, 502, 504].contains(code.rawValue) }
}

extension SMTPReply: CustomStringConvertible {
    /// The code and the text on one line, safe to log; a long reply is cut.
    public var description: String {
        let limit = 1024
        let text = DisplayText.escape(joinedLines.prefix(limit).map { $0 == Octet.lineFeed ? Octet.space : $0 })
        return text.isEmpty ? "\(code)" : "\(code) \(text)\(joinedLines.count > limit ? "…" : "")"
    }
}
