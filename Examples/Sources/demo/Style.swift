import SMTPClient
import SMTPSession

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// How the demo looks: in colours where there is a terminal, and nobody objects (no-color.org).
enum Style {
    case coloured
    case bare

    static var fitting: Style {
        let isUnwanted = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        return isatty(STDOUT_FILENO) == 1 && !isUnwanted ? .coloured : .bare
    }

    private enum Colour: Int {
        case bold = 1
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
    }

    func title(_ text: String) -> String {
        paint(text, .bold)
    }

    /// A line of the dialogue: the client's in one colour, the server's in another, refusals in a third.
    func line(_ event: TranscriptEvent) -> String {
        switch event.direction {
        case .sent: return paint("\(event)", .cyan)
        case .received:
            let isRefusal = event.line.hasPrefix("4") || event.line.hasPrefix("5")
            return paint("\(event)", isRefusal ? .red : .green)
        @unknown default: return "\(event)"
        }
    }

    func outcome(_ address: String, _ outcome: DeliveryReport.Outcome) -> String {
        switch outcome {
        case .accepted(let answer): return paint("accepted       \(address)  \(answer.reply)", .green)
        case .rejected(let answer): return paint("rejected       \(address)  \(answer.reply)", .red)
        case .notAttempted: return paint("not attempted  \(address)", .yellow)
        case .unknown: return paint("unknown        \(address)", .yellow)
        @unknown default: return address
        }
    }

    private func paint(_ text: String, _ colour: Colour) -> String {
        switch self {
        case .coloured: "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
        case .bare: text
        }
    }
}
