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
/// other octets in the text.
public struct ReplyParser: Sendable {
    private let limits: ReplyLimits
    private var line: [UInt8] = []
    private var code: ReplyCode?
    private var text: [UInt8] = []
    private var lineCount = 0
    private var failure: WireError?

    /// Creates a parser.
    ///
    /// - Parameter limits: The sizes beyond which it refuses.
    public init(limits: ReplyLimits = ReplyLimits()) {
        self.limits = limits
    }

    /// Whether octets of a reply that is not complete have been consumed.
    public var isInsideReply: Bool { code != nil || !line.isEmpty }

    /// The number of octets consumed that belong to no complete reply.
    public var partialByteCount: Int { line.count + text.count + (code == nil ? 0 : 4 * lineCount) }

    /// Consumes octets up to the end of the next reply.
    ///
    /// - Parameter bytes: The octets behind those consumed before.
    /// - Returns: How many were consumed, and the reply that ended with them; without one all were.
    /// - Throws: ``WireError`` if this is no reply or one beyond the limits; and the same again ever after.
    public mutating func parse(_ bytes: RawSpan) throws(WireError) -> (consumed: Int, reply: SMTPReply?) {
        if let failure { throw failure }
        do throws(WireError) {
            var consumed = 0
            while consumed < bytes.byteCount {
                let isLineComplete = try takeLine(bytes, &consumed)
                guard isLineComplete else { break }
                if let reply = try lineCompleted() { return (consumed, reply) }
            }
            return (consumed, nil)
        } catch {
            failure = error
            throw error
        }
    }

    /// Consumes octets up to the end of the line, and returns whether that is there.
    private mutating func takeLine(_ bytes: RawSpan, _ consumed: inout Int) throws(WireError) -> Bool {
        while consumed < bytes.byteCount {
            let octet = bytes.unsafeLoad(fromByteOffset: consumed, as: UInt8.self)
            consumed += 1
            if octet == Octet.lineFeed { return true }
            line.append(octet)
            // Whether this is a reply at all shows at once: a server that speaks something else may never end a line.
            if line.count <= 4 { try checkPrefix() }
            if line.count > limits.lineLength { try checkLineLength() }
        }
        return false
    }

    /// The code, and what divides it from the text.
    private func checkPrefix() throws(WireError) {
        let index = line.count - 1
        let octet = line[index]
        let isLegal =
            switch index {
            case 0: (0x32...0x35).contains(octet)
            case 1, 2: Octet.isDigit(octet)
            default: octet == Octet.space || octet == Octet.hyphen || octet == Octet.carriageReturn
            }
        guard isLegal else { throw WireError(.malformedReply, in: .reply, octet: octet, at: index) }
    }

    /// A CR that may belong to the line end is not counted.
    private func checkLineLength() throws(WireError) {
        let isChallenge = line.starts(with: [0x33, 0x33, 0x34])
        let limit = isChallenge ? max(limits.challengeLength, limits.lineLength) : limits.lineLength
        let count = line.last == Octet.carriageReturn ? line.count - 1 : line.count
        guard count <= limit else { throw WireError(.replyLineTooLong(limit: limit), in: .reply) }
    }

    /// Adds the line to the reply, and returns the reply if it was the last.
    private mutating func lineCompleted() throws(WireError) -> SMTPReply? {
        if line.last == Octet.carriageReturn { line.removeLast() }
        guard line.count >= 3, line.count == 3 || line[3] != Octet.carriageReturn else {
            throw WireError(.malformedReply, in: .reply, octet: line.count < 3 ? nil : line[3], at: min(3, line.count))
        }
        try addLine(code: try lineCode())
        let isLast = line.count == 3 || line[3] == Octet.space
        line.removeAll(keepingCapacity: true)
        guard isLast, let code else { return nil }
        let reply = SMTPReply(code: code, joinedLines: text)
        self.code = nil
        text = []
        lineCount = 0
        return reply
    }

    private func lineCode() throws(WireError) -> ReplyCode {
        let number = line.prefix(3).reduce(UInt16(0)) { $0 * 10 + UInt16($1 - 0x30) }
        guard let code = ReplyCode(rawValue: number) else { throw WireError(.malformedReply, in: .reply, at: 0) }
        guard self.code == nil || self.code == code else { throw WireError(.mixedReplyCodes, in: .reply) }
        return code
    }

    private mutating func addLine(code: ReplyCode) throws(WireError) {
        guard lineCount < limits.lineCount else {
            throw WireError(.tooManyReplyLines(limit: limits.lineCount), in: .reply)
        }
        guard text.count + line.count <= limits.replyLength else {
            throw WireError(.replyTooLong(limit: limits.replyLength), in: .reply)
        }
        if lineCount > 0 { text.append(Octet.lineFeed) }
        text.append(contentsOf: line.dropFirst(4))
        lineCount += 1
        self.code = code
    }
}
