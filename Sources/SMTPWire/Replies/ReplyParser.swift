/// The sizes beyond which a reply is an attack.
public struct ReplyLimits: Hashable, Sendable {
    /// The octets of a line, its end not counted.
    ///
    /// Default 4096; RFC 5321 §4.5.3.1.5 asks for 512.
    public var lineLength = 4096

    /// The octets of a line that bears a SASL challenge (334), as RFC 4954 §4 asks for.
    ///
    /// Default 12,288 of base64 and 4 for the code.
    public var challengeLength = 12_292

    /// The lines of a reply.
    ///
    /// Default 512.
    public var lineCount = 512

    /// The octets of a reply, line ends not counted.
    ///
    /// Default 262,144.
    public var replyLength = 262_144

    /// Creates the defaults.
    public init() {}
}

/// Makes replies of a server's octets, however these are divided (RFC 5321 §4.2).
///
/// Strict where it protects: three digits from 200 to 599, then a space, a hyphen or the line's end, and the same code on
/// each line. Lenient where servers differ: any second digit, a line of the code alone, LF without CR as line end, and any
/// other octets in the text. What is wrong is told as soon as its octets are there: a server that speaks something else
/// may never end a line.
public struct ReplyParser: Sendable {
    private let limits: ReplyLimits

    /// The beginning of a line whose end is still to come.
    private var partialLine: [UInt8] = []

    // Of the lines that have ended.
    private var code: ReplyCode?
    private var text: [UInt8] = []
    private var lineCount = 0
    private var octetCount = 0

    private var recent = RecentReplies()
    private var failure: WireError?

    /// The number of octets consumed that belong to no complete reply.
    public private(set) var partialByteCount = 0

    /// Creates a parser.
    ///
    /// - Parameter limits: The sizes beyond which it refuses.
    public init(limits: ReplyLimits = ReplyLimits()) {
        self.limits = limits
    }

    /// Whether octets of a reply that is not complete have been consumed.
    public var isInsideReply: Bool { partialByteCount > 0 }

    /// The lines, as they came, of what was consumed and is no reply, or none yet: the last may have no end.
    public var unfinishedLines: [[UInt8]] {
        let ended = lineCount == 0 ? [] : text.split(separator: Octet.lineFeed, omittingEmptySubsequences: false)
        let lines = ended.map { Array("\(code.map { "\($0)" } ?? "")-".utf8) + $0 }
        let last = partialLine.last == Octet.carriageReturn ? partialLine.dropLast() : partialLine[...]
        return last.isEmpty ? lines : lines + [Array(last)]
    }

    /// Consumes octets up to the end of the next reply.
    ///
    /// - Parameter bytes: The octets behind those consumed before.
    /// - Returns: How many were consumed, and the reply that ended with them; without one all were.
    /// - Throws: ``WireError`` if this is no reply or one beyond the limits; and the same again ever after.
    public mutating func parse(_ bytes: RawSpan) throws(WireError) -> (consumed: Int, reply: SMTPReply?) {
        if let failure { throw failure }
        do throws(WireError) {
            let (consumed, reply) = try bytes.withUnsafeBytes { octets throws(WireError) in try takeLines(octets) }
            partialByteCount = reply == nil ? partialByteCount + consumed : 0
            return (consumed, reply)
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func takeLines(
        _ octets: UnsafeRawBufferPointer
    ) throws(WireError) -> (consumed: Int, reply: SMTPReply?) {
        if partialLine.isEmpty, lineCount == 0, let again = recent.reply(at: octets) { return again }
        var start = 0
        while start < octets.count {
            let end = LineEndSearch.firstLineFeed(in: octets, from: start)
            let piece = UnsafeRawBufferPointer(rebasing: octets[start..<end])
            guard end < octets.count else {
                try begin(with: piece)
                return (octets.count, nil)
            }
            let isWhole = lineCount == 0 && partialLine.isEmpty
            let line = UnsafeRawBufferPointer(rebasing: octets[start...end])
            start = end + 1
            guard let reply = try takeLine(piece) else { continue }
            if isWhole { recent.remember(line, reply) }
            return (start, reply)
        }
        return (start, nil)
    }

    /// Keeps the beginning of a line, and no more of it than shows that it is too long.
    private mutating func begin(with piece: UnsafeRawBufferPointer) throws(WireError) {
        let room = max(limits.lineLength, limits.challengeLength, 4) - partialLine.count
        partialLine.append(contentsOf: piece.prefix(piece.count <= room ? piece.count : max(0, room + 2)))
        try partialLine.span.bytes.withUnsafeBytes { line throws(WireError) in try check(line) }
    }

    /// Takes the end of a line, and returns the reply if it was the last line.
    private mutating func takeLine(_ piece: UnsafeRawBufferPointer) throws(WireError) -> SMTPReply? {
        // A whole line is read where it lies.
        if partialLine.isEmpty {
            do throws(WireError) {
                return try add(piece)
            } catch {
                partialLine = Array(piece.prefix(max(0, limits.lineLength)))
                throw error
            }
        }
        try begin(with: piece)
        var line: [UInt8] = []
        swap(&line, &partialLine)
        // The memory serves the next line, and the line that is none is shown.
        defer { swap(&line, &partialLine) }
        let reply = try line.span.bytes.withUnsafeBytes { line throws(WireError) in try add(line) }
        line.removeAll(keepingCapacity: true)
        return reply
    }

    /// Checks a line as far as it is there, the CR before its end included.
    private func check(_ line: UnsafeRawBufferPointer) throws(WireError) {
        for index in 0..<min(3, line.count) {
            let octet = line[index]
            guard index == 0 ? (0x32...0x35).contains(octet) : Octet.isDigit(octet) else {
                throw WireError(.malformedReply, in: .reply, octet: octet, at: index)
            }
        }
        guard line.count >= 3 else { return }
        let number = Self.number(line)
        if let code, code.rawValue != number { throw WireError(.mixedReplyCodes, in: .reply) }
        guard line.count >= 4 else { return }
        let separator = line[3]
        let isLineEnd = separator == Octet.carriageReturn && line.count == 4
        guard separator == Octet.space || separator == Octet.hyphen || isLineEnd else {
            throw WireError(.malformedReply, in: .reply, octet: separator, at: 3)
        }
        // A SASL challenge may be longer (RFC 4954 §4). A CR that may belong to the line end is not counted.
        let limit = number == 334 ? max(limits.challengeLength, limits.lineLength) : limits.lineLength
        let count = line.last == Octet.carriageReturn ? line.count - 1 : line.count
        guard count <= limit else { throw WireError(.replyLineTooLong(limit: limit), in: .reply) }
    }

    /// Adds a line to the reply, and returns the reply if it was the last.
    private mutating func add(_ line: UnsafeRawBufferPointer) throws(WireError) -> SMTPReply? {
        try check(line)
        let length = line.last == Octet.carriageReturn ? line.count - 1 : line.count
        guard length >= 3, let code = ReplyCode(rawValue: Self.number(line)) else {
            throw WireError(.malformedReply, in: .reply, octet: Octet.lineFeed, at: length)
        }
        guard lineCount < limits.lineCount else {
            throw WireError(.tooManyReplyLines(limit: limits.lineCount), in: .reply)
        }
        guard octetCount + length <= limits.replyLength else {
            throw WireError(.replyTooLong(limit: limits.replyLength), in: .reply)
        }
        let lineText = UnsafeRawBufferPointer(rebasing: line[min(4, length)..<length])
        let isLast = length == 3 || line[3] == Octet.space
        if isLast, lineCount == 0 { return SMTPReply(code: code, joinedLines: Array(lineText)) }

        if lineCount > 0 { text.append(Octet.lineFeed) }
        text.append(contentsOf: lineText)
        lineCount += 1
        octetCount += length
        self.code = code
        guard isLast else { return nil }
        let reply = SMTPReply(code: code, joinedLines: text)
        self.code = nil
        text = []
        lineCount = 0
        octetCount = 0
        return reply
    }

    /// The number that three digits make.
    private static func number(_ line: UnsafeRawBufferPointer) -> UInt16 {
        UInt16(line[0] &- 0x30) &* 100 &+ UInt16(line[1] &- 0x30) &* 10 &+ UInt16(line[2] &- 0x30)
    }
}
