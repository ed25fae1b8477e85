import SMTPSession
import Synchronization
import ToolSupport

/// Shows on a terminal how much of a large message has been sent.
final class ProgressBar: Sendable {
    /// Smaller messages are gone before anybody could read the bar.
    private static let threshold = 4 << 20

    private struct State {
        var sent = 0
        /// The percentage shown, or `nil` while the line is not begun.
        var shown: Int?
    }

    private let terminal: Descriptor
    private let size: Int
    private let state = Mutex(State())

    /// Creates a bar, or `nil` where there is no terminal to show it on or too little to wait for.
    init?(for message: Message, on terminal: Descriptor) {
        guard message.size >= Self.threshold, terminal.isTerminal else { return nil }
        self.terminal = terminal
        size = message.size
    }

    /// Takes notice of a line of the transcript: of content it tells the size, as `(65536 octets of content)`.
    func take(_ event: TranscriptEvent) {
        guard event.direction == .sent, event.line.hasPrefix("("), event.line.contains(" octets of content"),
            let count = Int(event.line.dropFirst().prefix { $0 != " " })
        else { return }
        show(count)
    }

    private func show(_ count: Int) {
        let percent = state.withLock { state -> Int? in
            state.sent += count
            let percent = min(100, state.sent * 100 / size)
            defer { state.shown = percent }
            return state.shown == percent ? nil : percent
        }
        guard let percent else { return }
        let bar = String(repeating: "#", count: percent / 4) + String(repeating: ".", count: 25 - percent / 4)
        try? terminal.write(Array("\r[\(bar)] \(percent) % of \(size >> 20) MiB".utf8))
    }

    /// Ends the bar's line, so that what follows has one of its own.
    func finish() {
        guard state.withLock({ $0.shown.take() }) != nil else { return }
        try? terminal.write([0x0A])
    }
}
