import SMTPClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Shows on the terminal how much of a large file has been sent.
enum Progress {
    /// Smaller messages are gone before anybody could read the bar.
    static let threshold = 4 << 20

    /// The content, sent by way of a counter if that is of use: a terminal to show it on, and enough to wait for.
    static func watching(_ content: Content, of source: MessageInput.Source, size: Int) -> Content {
        guard case .file(let path) = source, size >= threshold, StandardStream.error.isTerminal,
            let file = fopen(path, "rb")
        else { return content }
        var watched = Content.stream(WatchedFile(file: FileHandle(file), size: size))
        watched.encoding = content.encoding ?? .eightBit
        return watched
    }

    /// The octets of a file as they are taken, with a bar behind them.
    private struct WatchedFile: AsyncSequence, Sendable {
        let file: FileHandle
        let size: Int

        func makeAsyncIterator() -> Iterator { Iterator(file: file, size: size) }

        struct Iterator: AsyncIteratorProtocol {
            let file: FileHandle
            let size: Int
            var sent = 0
            var shown = -1

            mutating func next() async throws -> [UInt8]? {
                let piece = try file.read(262_144)
                sent += piece.count
                show()
                return piece.isEmpty ? nil : piece
            }

            private mutating func show() {
                let percent = Swift.min(100, sent * 100 / Swift.max(1, size))
                guard percent != shown else { return }
                shown = percent
                let bar = String(repeating: "#", count: percent / 4) + String(repeating: ".", count: 25 - percent / 4)
                let end = percent == 100 ? "\n" : ""
                StandardStream.error.write("\r[\(bar)] \(percent) % of \(size >> 20) MiB\(end)")
            }
        }
    }

    /// Unchecked: the one iterator uses it, one call at a time.
    private final class FileHandle: @unchecked Sendable {
        private let file: UnsafeMutablePointer<FILE>

        init(_ file: UnsafeMutablePointer<FILE>) { self.file = file }

        deinit { fclose(file) }

        func read(_ count: Int) throws -> [UInt8] {
            let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
                read = fread(buffer.baseAddress, 1, count, file)
            }
            if piece.isEmpty, ferror(file) != 0 { throw ReadError() }
            return piece
        }
    }

    private struct ReadError: Error {}
}
