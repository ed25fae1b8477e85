internal import SMTPSession
public import SMTPWire
internal import Synchronization

/// What is sent after DATA: the header and body of a message, as octets.
///
/// On the wire all line ends are CRLF and a last one is added where it is missing: lone CR and LF in the content count
/// as line ends; see ``ContentPolicy``. Whatever the source, memory stays bounded by a piece of it.
public struct Content: Sendable {
    /// What octets a content has, as far as it matters for transport (RFC 6152, RFC 3030).
    @nonexhaustive
    public enum Encoding: Hashable, Sendable {
        /// Octets below 128 only.
        case sevenBit
        /// Any octets, in lines.
        case eightBit
        /// Any octets, sent as they are: by BDAT, where BINARYMIME is offered.
        case binary
    }

    enum Source: Sendable {
        case bytes([UInt8])
        case file(path: String)
        case stream(@Sendable () -> any ChunkIterator)
        case url(ContentURL)
    }

    let source: Source

    /// What a look through the octets found, kept for the next time the same content is sent.
    private let facts = FactsBox()

    /// What the octets are, if the caller states it; `nil`, the default, to have bytes and files looked through.
    ///
    /// Bytes and files are looked through in any case: 8-bit octets that are stated to be 7-bit are an error. A stream
    /// cannot be: without a statement it goes as 8-bit where the server offers 8BITMIME, and elsewhere
    /// ``ContentPolicy/unstatedEncoding`` decides. If its header is not ASCII, the envelope says so by
    /// `MailParameter/smtpUTF8`.
    public var encoding: Encoding?

    private init(_ source: Source) {
        self.source = source
    }

    /// Content in memory.
    public static func bytes(_ bytes: some Sequence<UInt8>) -> Content {
        Content(.bytes(Array(bytes)))
    }

    /// Content in memory, as UTF-8.
    public static func text(_ text: String) -> Content {
        Content(.bytes(Array(text.utf8)))
    }

    /// The content of a regular file, read while it is sent; what else can be read, such as a pipe, goes as a stream.
    public static func file(path: String) -> Content {
        Content(.file(path: path))
    }

    /// Content that comes piece by piece, sent as it comes.
    ///
    /// The sequence is iterated once a delivery, off the connection's event loop, and never ahead of what the server
    /// takes. If it throws, the connection is closed in the midst of the message, so that no part of it is delivered.
    public static func stream<Chunks: AsyncSequence & Sendable>(_ chunks: Chunks) -> Content
    where Chunks.Element: Collection, Chunks.Element.Element == UInt8 {
        Content(.stream { StreamIterator(chunks) })
    }

    /// Content that the server fetches by itself, where it offers BURL for such URLs (RFC 4468).
    ///
    /// Nobody here reads it: state its ``encoding``, or it goes as 8-bit where the server offers 8BITMIME.
    public static func url(_ url: ContentURL) -> Content {
        Content(.url(url))
    }

    /// Where the server finds the content, if it is to fetch it by itself.
    var url: ContentURL? {
        if case .url(let url) = source { url } else { nil }
    }

    /// Whether the content can be read a second time.
    var isRepeatable: Bool {
        if case .stream = source { false } else { true }
    }

    /// What a look through a content in memory finds; `nil` if it is elsewhere.
    var factsInMemory: ContentFacts? {
        guard case .bytes(let bytes) = source else { return nil }
        return facts.value { ContentFacts(bytes) }
    }

    /// Looks through the content.
    ///
    /// A file is read from its beginning to its end.
    ///
    /// - Parameter outer: Where, which must not be an event loop.
    /// - Returns: What was found; `nil` for what cannot be looked through: a stream, and what the server fetches.
    /// - Throws: ``SMTPError`` of kind ``SMTPError/Kind/noInput`` if a file cannot be read.
    func lookThrough(on outer: any TaskExecutor) async throws(SMTPError) -> ContentFacts? {
        switch source {
        case .stream, .url:
            return nil
        case .bytes:
            return factsInMemory
        case .file(let path):
            // Not kept: a file may have changed by the next time.
            let file = try FileReader(path: path)
            var scanner = ContentScanner()
            while let piece = try await file.next(on: outer) { scanner.scan(piece.span.bytes) }
            return scanner.finish()
        }
    }
}

/// The facts about a content in memory, found when first asked for.
private final class FactsBox: Sendable {
    private let facts = Mutex<ContentFacts?>(nil)

    func value(_ find: () -> ContentFacts) -> ContentFacts {
        facts.withLock { facts in
            if let facts { return facts }
            let found = find()
            facts = found
            return found
        }
    }
}

/// Something that gives the chunks of a content, one after the other.
protocol ChunkIterator: AnyObject, Sendable {
    /// The next chunk; `nil` at the end.
    func next() async -> Result<[UInt8]?, SMTPError>
}

/// The iterator of a stream.
///
/// Unchecked: one task at a time uses it, the one that sends, which awaits each call before the next.
private final class StreamIterator<Chunks: AsyncSequence>: ChunkIterator, @unchecked Sendable
where Chunks.Element: Collection, Chunks.Element.Element == UInt8 {
    private var iterator: Chunks.AsyncIterator

    init(_ chunks: Chunks) {
        iterator = chunks.makeAsyncIterator()
    }

    func next() async -> Result<[UInt8]?, SMTPError> {
        do {
            if let chunk = try await iterator.next(isolation: #isolation) { return .success(Array(chunk)) }
            // Many a sequence ends in order when its task is cancelled: what came so far is no message.
            return Task.isCancelled ? .failure(SMTPError(ChannelError.cancelled)) : .success(nil)
        } catch {
            return .failure(.contentFailed(error))
        }
    }
}
