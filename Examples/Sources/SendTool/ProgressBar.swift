import SMTPClient
import Synchronization

/// Shows on a terminal how much of a large file has been sent.
final class ProgressBar: Sendable {
    /// Smaller messages are gone before anybody could read the bar.
    static let threshold = 4 << 20

    private let terminal: Descriptor
    private let size: Int

    /// The percentage shown, or `nil` while the line is not begun.
    private let shown = Mutex<Int?>(nil)

    private init(terminal: Descriptor, size: Int) {
        self.terminal = terminal
        self.size = size
    }

    /// The content of `message`, with a bar behind it if there is a terminal to show it on and enough to wait for.
    static func watching(
        _ message: Message,
        on terminal: Descriptor
    ) throws(SendFailure) -> (content: Content, bar: ProgressBar?) {
        guard let path = message.path, message.size >= threshold, terminal.isTerminal else {
            return (message.content, nil)
        }
        let bar = ProgressBar(terminal: terminal, size: message.size)
        var content = Content.stream(WatchedFile(path: path, bar: bar))
        // A stream cannot be looked through by the library, so it is here: the bar must not change what is sent.
        content.encoding = try isEightBit(path) ? .eightBit : .sevenBit
        return (content, bar)
    }

    private static func isEightBit(_ path: String) throws(SendFailure) -> Bool {
        do throws(WatchedFile.ReadFailure) {
            var file = WatchedFile.Iterator(path: path, bar: nil)
            while let piece = try file.read() {
                if piece.reduce(0, |) >= 0x80 { return true }
            }
            return false
        } catch {
            throw SendFailure(error)
        }
    }

    fileprivate func show(_ sent: Int) {
        let percent = min(100, sent * 100 / max(1, size))
        let isNews = shown.withLock { shown in
            defer { shown = percent }
            return shown != percent
        }
        guard isNews else { return }
        let bar = String(repeating: "#", count: percent / 4) + String(repeating: ".", count: 25 - percent / 4)
        try? terminal.write(Array("\r[\(bar)] \(percent) % of \(size >> 20) MiB".utf8))
    }

    /// Ends the bar's line, so that what follows has one of its own.
    func finish() {
        guard shown.withLock({ $0.take() }) != nil else { return }
        try? terminal.write([0x0A])
    }
}

/// The octets of a file as they are taken, with a bar that is told of each piece.
struct WatchedFile: AsyncSequence, Sendable {
    /// The file could be opened before and cannot be read now.
    struct ReadFailure: Error {
        let path: String
        let reason: Descriptor.Failure
    }

    let path: String
    let bar: ProgressBar?

    func makeAsyncIterator() -> Iterator { Iterator(path: path, bar: bar) }

    struct Iterator: AsyncIteratorProtocol {
        let path: String
        let bar: ProgressBar?
        private var file: OpenFile?
        private var sent = 0

        init(path: String, bar: ProgressBar?) {
            self.path = path
            self.bar = bar
        }

        mutating func next() async throws -> [UInt8]? {
            let piece = try read()
            sent += piece?.count ?? 0
            bar?.show(sent)
            return piece
        }

        mutating func read() throws(ReadFailure) -> [UInt8]? {
            do throws(Descriptor.Failure) {
                let file = if let file { file } else { OpenFile(try Descriptor.open(path: path)) }
                self.file = file
                while true {
                    if let piece = try file.descriptor.read(262_144) { return piece.isEmpty ? nil : piece }
                }
            } catch {
                throw ReadFailure(path: path, reason: error)
            }
        }
    }

    /// Closed when it goes away.
    private final class OpenFile: Sendable {
        let descriptor: Descriptor

        init(_ descriptor: Descriptor) { self.descriptor = descriptor }

        deinit { descriptor.close() }
    }
}
