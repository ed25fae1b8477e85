import SMTPClient

/// The message that is sent: a header, and a body of a given size in lines of 78 octets.
struct LoadMessage: Sendable {
    /// Larger messages are made while they are sent, so that memory does not grow with them.
    private static let largestInMemory = 1 << 20

    /// The lines that a stream gives at once: less than a quarter of a mebioctet.
    private static let linesAtOnce = 3_360

    let size: Int
    let line: [UInt8]

    /// What tells the Message-IDs of this run from those of others; `nil` if all messages are to be the same.
    private let token: String?

    /// The content of all messages, where they are the same.
    private var content: Content?

    init(size: Int, isDotted: Bool = false, isUnique: Bool = false) {
        self.size = size
        let letters = (0..<76).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        line = (isDotted ? [UInt8(ascii: ".")] + letters.dropFirst() : letters) + [0x0D, 0x0A]
        token = isUnique ? String(UInt64.random(in: .min ... .max), radix: 36) : nil
        if !isUnique { content = makeContent(number: 0) }
    }

    /// The content of a message, whose number makes it unique if it is to be.
    func content(number: Int) -> Content {
        content ?? makeContent(number: number)
    }

    private func makeContent(number: Int) -> Content {
        let header = header(number: number)
        if size <= Self.largestInMemory {
            var bytes = header
            bytes.reserveCapacity(header.count + size)
            for _ in 0..<(size / line.count) { bytes += line }
            return .bytes(bytes + lastLine)
        }
        let lines = size / line.count
        var block: [UInt8] = []
        block.reserveCapacity(Self.linesAtOnce * line.count)
        for _ in 0..<min(lines, Self.linesAtOnce) { block += line }
        let rest = Array(block.prefix(lines % Self.linesAtOnce * line.count)) + lastLine
        var content = Content.stream(
            LoadChunks(first: header, block: block, blockCount: lines / Self.linesAtOnce, last: rest)
        )
        content.encoding = .sevenBit
        return content
    }

    private func header(number: Int) -> [UInt8] {
        let name = token.map { "bench.\($0).\(number)" } ?? "bench"
        let lines = [
            "From: <sender@bench.example>", "To: <rcpt0@bench.example>", "Subject: bench",
            "Date: Mon, 23 Nov 2026 12:00:00 +0000", "Message-ID: <\(name)@bench.example>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=us-ascii", "",
        ]
        return lines.flatMap { Array($0.utf8) + [0x0D, 0x0A] }
    }

    /// What is left for a last line that is not full: nothing where a line end would have no room.
    private var lastLine: [UInt8] {
        let rest = size % line.count
        return rest < 2 ? [] : Array(repeating: UInt8(ascii: "x"), count: rest - 2) + [0x0D, 0x0A]
    }
}

/// The octets of a large message, made as they are asked for; all blocks share their memory.
struct LoadChunks: AsyncSequence, Sendable {
    let first: [UInt8]
    let block: [UInt8]
    let blockCount: Int
    let last: [UInt8]

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let chunks: LoadChunks
        private var index = 0

        fileprivate init(_ chunks: LoadChunks) {
            self.chunks = chunks
        }

        mutating func next() async -> [UInt8]? {
            defer { index += 1 }
            switch index {
            case 0: return chunks.first
            case ...chunks.blockCount: return chunks.block
            case chunks.blockCount + 1: return chunks.last
            default: return nil
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }
}
