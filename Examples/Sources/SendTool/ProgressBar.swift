import SMTPClient
import ToolSupport

/// Shows on a terminal how much of a large message has been sent.
final class ProgressBar: Sendable {
    /// Smaller messages are gone before anybody could read the bar.
    private static let threshold = 4 << 20

    /// What the sender tells of the message.
    let progress = DeliveryProgress()

    private let terminal: Descriptor
    private let size: Int

    /// Creates a bar, or `nil` where there is no terminal to show it on or too little to wait for.
    init?(for message: Message, on terminal: Descriptor) {
        guard message.size >= Self.threshold, terminal.isTerminal else { return nil }
        self.terminal = terminal
        size = message.size
    }

    /// Draws the bar until what became of the message is settled, and ends its line.
    func show() async {
        var shown: UInt64?
        for await count in progress.updates {
            let percent = min(100, count.sent * 100 / max(1, count.total ?? UInt64(size)))
            guard percent != shown else { continue }
            shown = percent
            let done = Int(percent / 4)
            let bar = String(repeating: "#", count: done) + String(repeating: ".", count: 25 - done)
            try? terminal.write(Array("\r[\(bar)] \(percent) % of \(size >> 20) MiB".utf8))
        }
        if shown != nil { try? terminal.write([0x0A]) }
    }
}
