internal import SMTPSession
internal import SMTPWire

/// Reads a content once, piece by piece, and encodes it for DATA.
final class ContentReader {
    /// The size a piece has at least before it is handed over, the last excepted.
    static let pieceSize = 65_536

    private enum Position {
        case bytes([UInt8], offset: Int)
        case file(FileReader)
        case stream(any ChunkIterator)
    }

    private var position: Position
    private var encoder = ContentEncoder(transparency: .dotStuffing)

    /// - Throws: ``SMTPError/Kind/noInput`` if a file cannot be opened.
    init(_ content: Content) throws(SMTPError) {
        position =
            switch content.source {
            case .bytes(let bytes): .bytes(bytes, offset: 0)
            case .file(let path): .file(try FileReader(path: path))
            case .stream(let makeIterator): .stream(makeIterator())
            }
    }

    /// Appends the next piece, encoded.
    ///
    /// - Parameters:
    ///   - output: Where the piece is appended.
    ///   - channel: Where the content goes; what it learns ends the waiting for a stream.
    /// - Returns: Whether it was the last piece, which ends with the terminator.
    /// - Throws: ``SMTPError/Kind/noInput`` if a file cannot be read, ``SMTPError/Kind/content`` if a stream throws.
    func encodeNext(into output: inout [UInt8], for channel: isolated CommandChannel) async throws(SMTPError) -> Bool {
        if case .bytes(let bytes, let offset) = position {
            let end = min(offset + Self.pieceSize, bytes.count)
            encoder.encode(bytes.span.bytes.extracting(offset..<end), into: &output)
            position = .bytes(bytes, offset: end)
            if end == bytes.count { encoder.finish(into: &output) }
            return end == bytes.count
        }
        while output.count < Self.pieceSize, channel.mayContentFollow {
            guard let chunk = try await pull(for: channel) else {
                encoder.finish(into: &output)
                return true
            }
            encoder.encode(chunk.span.bytes, into: &output)
        }
        return false
    }

    /// Takes the next chunk where it may block: off the event loop, which serves other connections too.
    private func pull(for channel: isolated CommandChannel) async throws(SMTPError) -> [UInt8]? {
        switch position {
        case .bytes: return nil
        case .file(let file): return try await file.nextOffLoop()
        case .stream(let iterator): return try await channel.awaitContent { await iterator.next() }.get()
        }
    }
}
