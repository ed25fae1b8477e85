import Dispatch
import SMTPClient
import Testing
import ToolSupport

@testable import interactive

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What a terminal shows, and in which state it is left.
// One after the other: who hides what is typed keeps the terminal for the handlers of signals.
@Suite("interactive at a terminal", .serialized)
struct TerminalTests {
    @Test("A password is not echoed, can be corrected, and leaves the terminal as it was")
    func hidden() throws {
        let terminal = try Terminal()
        let before = terminal.localModes
        try terminal.keyboard.write(Array("shown\n".utf8))
        let answer = try terminal.interview.ask("User") { $0 }
        // Typed ahead it would be dropped, as at every prompt for a password: so type while it is waited for.
        let typist = Typist(terminal, "wrong\u{15}s3cré\u{7F}eX\u{7F}t\n")
        let secret = try terminal.interview.secret("Password")
        typist.join()
        #expect(answer == "shown")
        #expect(secret.withBytes { $0.withUnsafeBytes(Array.init) } == Array("s3cret".utf8))
        #expect(terminal.localModes == before)
        let screen = try terminal.screen()
        #expect(screen.contains("shown"))
        #expect(!screen.contains("s3cre"))
    }

    @Test("Control-C at the password ends the program's questions, and not the terminal's echo")
    func interrupted() throws {
        let terminal = try Terminal()
        let before = terminal.localModes
        let typist = Typist(terminal, "s3cret\u{03}")
        let error = #expect(throws: ToolFailure.self) { try terminal.interview.secret("Password") }
        typist.join()
        #expect(error?.exitCode == .usage)
        #expect(terminal.localModes == before)
    }
}

/// A terminal that the test types at.
private final class Terminal: Sendable {
    /// The end at which a person sits.
    let keyboard: Descriptor
    /// The end at which the program sits.
    let seat: Descriptor

    init() throws {
        var ends: (Int32, Int32) = (-1, -1)
        try #require(openpty(&ends.0, &ends.1, nil, nil, nil) == 0)
        keyboard = Descriptor(number: ends.0)
        seat = Descriptor(number: ends.1)
    }

    deinit {
        seat.close()
        keyboard.close()
    }

    var interview: Interview { Interview(StandardStreams(input: seat, output: seat, error: seat)) }

    /// The settings that say whether it echoes.
    var localModes: tcflag_t {
        var settings = termios()
        tcgetattr(seat.number, &settings)
        return settings.c_lflag
    }

    /// All that was shown so far.
    func screen() throws -> String {
        var octets: [UInt8] = []
        while keyboard.isReadable(within: 0), let piece = try keyboard.read(4096), !piece.isEmpty { octets += piece }
        return String(decoding: octets, as: UTF8.self)
    }
}

/// Types at a terminal as soon as it does not echo any more.
private struct Typist {
    private let group = DispatchGroup()

    init(_ terminal: Terminal, _ text: String) {
        DispatchQueue(label: "typist").async(group: group) {
            while terminal.localModes & tcflag_t(ECHO) != 0 { sched_yield() }
            try? terminal.keyboard.write(Array(text.utf8))
        }
    }

    func join() {
        group.wait()
    }
}
