internal import SMTPSession
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
    /// The size a piece has at least before it is handed over, the last excepted.
    static let pieceSize = 65_536

    private enum Position {
        case bytes([UInt8], offset: Int)
        case file(FileReader)
        case stream(any ChunkIterator)
    }

    private var position: Position
    private var encoder: ContentEncoder?
    private let isChunked: Bool

    /// - Throws: ``SMTPError/Kind/noInput`` if a file cannot be opened.
    init(_ content: Content, form: ContentForm) throws(SMTPError) {
        position =
            switch content.source {
            case .bytes(let bytes): .bytes(bytes, offset: 0)
            case .file(let path): .file(try FileReader(path: path))
            case .stream(let makeIterator): .stream(makeIterator())
            }
        isChunked = form != .dotStuffed
        encoder =
            switch form {
            case .dotStuffed: ContentEncoder(transparency: .dotStuffing)
            case .normalized: ContentEncoder(transparency: .none)
            case .verbatim: nil
            }
    }

    /// Appends the next piece of a content in memory, encoded, to `output`.
    ///
    /// - Returns: Whether it was the last, which ends with the terminator if there is one; `nil` if the content is not
    ///   in memory.
    func encodeNextInMemory(into output: inout [UInt8]) -> Bool? {
        guard case .bytes(let bytes, let offset) = position else { return nil }
        let end = min(offset + Self.pieceSize, bytes.count)
        encode(bytes.span.bytes.extracting(offset..<end), into: &output)
        position = .bytes(bytes, offset: end)
        if end == bytes.count { encoder?.finish(into: &output) }
        return end == bytes.count
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
        repeat {
            guard let chunk = try await pull(for: channel) else {
                encoder?.finish(into: &output)
                return true
            }
            encode(chunk.span.bytes, into: &output)
        } while output.count - start < Self.pieceSize && channel.mayContentFollow(inChunks: isChunked)
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
        switch position {
        case .bytes: return nil
        case .file(let file): return try await file.nextOffLoop()
        case .stream(let iterator):
            return try await channel.awaitContent(inChunks: isChunked) { await iterator.next() }.get()
        }
    }
}
