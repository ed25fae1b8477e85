internal import SMTPWire

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Where a tool reads and writes: the process's own streams, or others in tests.
package struct StandardStreams: Sendable {
    package let input: Descriptor
    package let output: Descriptor
    package let error: Descriptor
    private let told: LineWriter

    package init(input: Descriptor, output: Descriptor, error: Descriptor) {
        self.input = input
        self.output = output
        self.error = error
        told = LineWriter(error)
    }

    package static let process = StandardStreams(
        input: Descriptor(number: 0),
        output: Descriptor(number: 1),
        error: Descriptor(number: 2)
    )

    /// Gives numbers 0, 1 and 2 to something that fails when it is used, where the caller has closed them.
    ///
    /// Or else the connection could be number 2, and what is meant for a person would be sent to the server.
    package static func reserveNumbers() {
        for (number, flags) in [(0, O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)] as [(Int32, Int32)]
        where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is taken: those below are in use by now.
            _ = open("/dev/null", flags)
        }
    }

    /// Writes a result.
    ///
    /// - Throws: Why it could not be written.
    package func writeResult(_ line: String) throws(Descriptor.Failure) {
        try write(line, to: output)
    }

    /// Tells a person something, and does not wait until it is read; that nobody listens is no failure.
    package func tell(_ line: String) {
        told.write(Self.octets(line))
    }

    /// Waits until all that was told is written; gives it up soon after `patience` ends.
    ///
    /// Before a result is written, so that the order is kept where both streams go to the same place, and at the end.
    package func finishTelling(_ patience: Patience = Patience(end: nil)) {
        told.finish(patience)
    }

    /// Writes text of several lines, such as the help.
    package func writeLines(_ text: String, to descriptor: Descriptor) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            try? write(String(line), to: descriptor)
        }
    }

    private func write(_ line: String, to descriptor: Descriptor) throws(Descriptor.Failure) {
        try descriptor.write(Self.octets(line))
    }

    /// Every line passes here: whatever it was made of, nothing in it steers a terminal.
    private static func octets(_ line: String) -> [UInt8] {
        Array(DisplayText.escape(line).utf8) + [0x0A]
    }
}
