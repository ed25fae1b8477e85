internal import SMTPSession
internal import SMTPTransport
internal import SMTPWire

/// How a content's octets are made fit for the wire.
enum ContentForm: Hashable, Sendable {
    /// For DATA: line ends made CRLF, lines that begin with a dot given another, and the terminator at the end.
    case dotStuffed
    /// For BDAT: line ends made CRLF.
    case normalized
    /// For BDAT with BINARYMIME: as they are.
    case verbatim
}

/// Reads a content once, piece by piece, and encodes it.
final class ContentReader {
    /// The size a piece has at least before it is handed over, the last excepted; a chunk for BDAT has just this.
    static let pieceSize = 65_536

    private enum Source {
        case memory
        case file(FileReader)
        case stream(any ChunkIterator)
    }

    private let source: Source
    @exclusivity(unchecked) private var encoder: ContentEncoder?
    private let isChunked: Bool

    /// What was read last, and how much of it is encoded: of a content in memory, all of it.
    @exclusivity(unchecked) private var read: [UInt8] = []
    @exclusivity(unchecked) private var offset = 0

    /// What is encoded and belongs to the next chunk.
    @exclusivity(unchecked) private var excess: [UInt8] = []
    @exclusivity(unchecked) private var isAtEnd = false

    /// - Throws: ``SMTPError/Kind/noInput`` if a file cannot be opened.
    init(_ content: Content, form: ContentForm) throws(SMTPError) {
        switch content.source {
        case .bytes(let bytes):
            source = .memory
            read = bytes
        case .file(let path): source = .file(try FileReader(path: path))
        case .stream(let makeIterator): source = .stream(makeIterator())
        // The server reads it.
        case .url: source = .memory
        }
        isChunked = form != .dotStuffed
        encoder =
            switch form {
            case .dotStuffed: ContentEncoder(transparency: .dotStuffing)
            case .normalized: ContentEncoder(transparency: .none)
            case .verbatim: nil
            }
    }

    /// The sizes of the chunks a content of `size` octets goes in; at least one.
    static func chunkSizes(of size: UInt64) -> [UInt64] {
        let whole = size == 0 ? 0 : (size - 1) / UInt64(pieceSize)
        return Array(repeating: UInt64(pieceSize), count: Int(whole)) + [size - whole * UInt64(pieceSize)]
    }

    /// Whether the content is in memory, not read yet, and so short that it is one piece however it is encoded.
    var isShort: Bool {
        guard case .memory = source else { return false }
        // Each octet becomes two at the most, and some are added at the end.
        return !isAtEnd && read.count <= Self.pieceSize / 4
    }

    /// Appends the next piece of a content in memory, encoded, to `output`.
    ///
    /// - Returns: Whether it was the last, which ends with the terminator if there is one; `nil` if the content is not
    ///   in memory.
    func encodeNextInMemory(into output: inout [UInt8]) -> Bool? {
        guard case .memory = source else { return nil }
        let start = output.count
        encodeRead(into: &output, from: start)
        return endPiece(of: &output, from: start)
    }

    /// Appends the next piece, encoded.
    ///
    /// - Parameters:
    ///   - output: Where the piece is appended.
    ///   - channel: Where the content goes; what it learns ends the waiting for a stream.
    /// - Returns: Whether it was the last piece, which ends with the terminator if there is one.
    /// - Throws: ``SMTPError/Kind/noInput`` if a file cannot be read, ``SMTPError/Kind/content`` if a stream throws.
    func encodeNext(into output: inout [UInt8], for channel: isolated CommandChannel) async throws(SMTPError) -> Bool {
        if let isLast = encodeNextInMemory(into: &output) { return isLast }
        let start = output.count
        encodeRead(into: &output, from: start)
        while !isAtEnd, !isComplete(output, from: start), channel.mayContentFollow(inChunks: isChunked) {
            if let piece = try await pull(for: channel) {
                read = piece
                offset = 0
                encodeRead(into: &output, from: start)
            } else {
                isAtEnd = true
            }
        }
        return endPiece(of: &output, from: start)
    }

    /// Whether a chunk is known not to be the last, or a piece is large enough.
    private func isComplete(_ output: [UInt8], from start: Int) -> Bool {
        output.count - start >= Self.pieceSize + (isChunked ? 1 : 0)
    }

    /// Encodes what was read, as far as it fits into the piece.
    private func encodeRead(into output: inout [UInt8], from start: Int) {
        if !excess.isEmpty {
            output.append(contentsOf: excess)
            excess.removeAll(keepingCapacity: true)
        }
        // The array is held here: without exclusivity checks the compiler takes a span of the property for escaping.
        let read = read
        while offset < read.count, !isComplete(output, from: start) {
            let room = Self.pieceSize + 1 - (output.count - start)
            let end = min(read.count, offset + max(1, room))
            encode(read.span.bytes.extracting(offset..<end), into: &output)
            offset = end
        }
        if case .memory = source, offset == read.count { isAtEnd = true }
    }

    /// Ends the piece, and returns whether the content ends with it; a chunk's excess is kept for the next.
    private func endPiece(of output: inout [UInt8], from start: Int) -> Bool {
        if isAtEnd, offset == read.count {
            encoder?.finish(into: &output)
            encoder = nil
        }
        guard isChunked, output.count - start > Self.pieceSize else { return isAtEnd && offset == read.count }
        excess.append(contentsOf: output[(start + Self.pieceSize)...])
        output.removeLast(excess.count)
        return false
    }

    private func encode(_ chunk: RawSpan, into output: inout [UInt8]) {
        if encoder == nil {
            chunk.withUnsafeBytes { output.append(contentsOf: $0) }
        } else {
            encoder?.encode(chunk, into: &output)
        }
    }

    /// Takes the next chunk where it may block: off the event loop, which serves other connections too.
    private func pull(for channel: isolated CommandChannel) async throws(SMTPError) -> [UInt8]? {
        switch source {
        case .memory: return nil
        case .file(let file): return try await file.next(on: channel.executor.outerExecutor)
        case .stream(let iterator):
            return try await channel.awaitContent(inChunks: isChunked) { await iterator.next() }.get()
        }
    }
}
