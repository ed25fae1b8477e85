@testable import SMTPTesting

/// Speaks to a sink's machine without any I/O.
struct MachineDriver {
    var machine: SinkMachine

    /// What was to be done besides writing and reading, in order.
    var actions: [SinkMachine.Action] = []

    var transactions: [SinkTransaction] = []

    /// What the machine has greeted with.
    var greeting = ""

    init(_ configure: (inout SinkConfiguration) -> Void = { _ in }) {
        var configuration = SinkConfiguration()
        configuration.enforcement = .strict
        configure(&configuration)
        machine = SinkMachine(configuration, session: 0)
        greeting = drain()
    }

    /// Gives the machine `text`, with CRLF for each LF, in pieces of `size`, and returns what it says.
    mutating func say(_ text: String, piece size: Int = .max) -> String {
        write(Array(text.replacing("\n", with: "\r\n").utf8), piece: size)
    }

    mutating func write(_ octets: [UInt8], piece size: Int = .max) -> String {
        var said = ""
        for start in stride(from: 0, to: octets.count, by: min(size, octets.count)) {
            let piece = Array(octets[start..<min(start + min(size, octets.count), octets.count)])
            machine.received(piece.span.bytes)
            said += drain()
        }
        return said
    }

    /// The codes of what the machine says to `text`.
    mutating func codes(_ text: String, piece size: Int = .max) -> [Int] {
        say(text, piece: size).split(separator: "\r\n").filter { $0.dropFirst(3).first != "-" }
            .compactMap { Int($0.prefix(3)) }
    }

    private mutating func drain() -> String {
        var said = ""
        while actions.last != .close, actions.last != .reset {
            let action = machine.next()
            transactions += machine.takeEndedTransactions()
            switch action {
            case .read: return said
            case .write(let octets): said += String(decoding: octets, as: UTF8.self)
            default:
                actions.append(action)
                if case .startTLS = action { machine.tlsStarted() }
            }
        }
        return said
    }
}
