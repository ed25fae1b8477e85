import SMTPClient
import ToolSupport

/// Questions put to whoever sits at the terminal, or to the file or pipe in its place.
struct Interview: Sendable {
    private let streams: StandardStreams

    init(_ streams: StandardStreams) {
        self.streams = streams
    }

    /// Writes a line; nothing in it steers the terminal, whatever a server has put there.
    func say(_ line: String) {
        try? streams.writeResult(line)
    }

    /// Asks until `parse` does not throw; says why where it does.
    ///
    /// - Throws: At the end of the input.
    func ask<Value>(
        _ question: String,
        default standard: String? = nil,
        _ parse: (String) throws(ToolFailure) -> Value
    ) throws(ToolFailure) -> Value {
        while true {
            prompt(question + (standard.map { " [\($0)]" } ?? ""))
            guard let line = readLine() else { throw Self.ended }
            do throws(ToolFailure) {
                return try parse(line.isEmpty ? standard ?? "" : line)
            } catch {
                say("This cannot be: \(error.message)")
            }
        }
    }

    /// Asks for a password, which a terminal does not show.
    ///
    /// - Throws: At the end of the input, or if the person gives up by Control-C.
    func secret(_ question: String) throws(ToolFailure) -> Secret {
        prompt(question)
        let hidden = HiddenInput(streams.input)
        defer { hidden?.end() }
        var octets: [UInt8] = []
        while let octet = readOctet() {
            switch octet {
            case 0x0A, 0x0D:
                if hidden != nil { say("") }
                return Secret(octets)
            case 0x7F where hidden != nil, 0x08 where hidden != nil:
                // A whole character, of one octet or more.
                while let last = octets.popLast(), last & 0xC0 == 0x80 {}
            case 0x15 where hidden != nil: octets = []
            case 0x03 where hidden != nil, 0x04 where hidden != nil && octets.isEmpty: throw Self.ended
            default: octets.append(octet)
            }
        }
        throw Self.ended
    }

    /// The lines up to one with a dot alone, or to the end of the input.
    func lines(_ text: String) -> [String] {
        say(text)
        var lines: [String] = []
        while let line = readLine(), line != "." { lines.append(line) }
        return lines
    }

    private func prompt(_ text: String) {
        try? streams.output.write(Array("\(text): ".utf8))
    }

    private func readLine() -> String? {
        var octets: [UInt8] = []
        while let octet = readOctet() {
            if octet == 0x0A { return String(decoding: octets, as: UTF8.self) }
            octets.append(octet)
        }
        return octets.isEmpty ? nil : String(decoding: octets, as: UTF8.self)
    }

    /// One at a time, so that nothing of a password is read ahead and left in a buffer.
    private func readOctet() -> UInt8? {
        do throws(Descriptor.Failure) {
            while true {
                if let octets = try streams.input.read(1) { return octets.first }
                // None just now: a signal came between, or the input does not block.
                _ = streams.input.isReadable(within: -1)
            }
        } catch {
            return nil
        }
    }

    private static let ended = ToolFailure(.cancelled, "the answers ended", .usage)
}
