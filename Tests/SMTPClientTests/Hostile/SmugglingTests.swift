import SMTPTesting
import SMTPTransport
import SMTPWire
import Testing

@testable import SMTPClient

/// Content that would end itself early and begin a second message, if a lone CR or LF, or a dot behind one, got through.
@Suite("Smuggling")
struct SmugglingTests {
    private static let ends = ["\n", "\r", "\r\n"]

    private static let sequences =
        ends.flatMap { first in ends.map { "\(first).\($0)" } }
        + ["\r\r\n.\r\r\n", "\n\r.\n\r", "\r\n.\0\r\n", "\r\n..\r\n", "\r\n.\r", "\n.\r\n"]

    private static let evil = "MAIL FROM:<evil@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n"

    /// Every way of a content to the server.
    enum Way: CaseIterable, Sendable {
        case data, pipelinedData, chunks

        var keywords: [String] {
            switch self {
            case .data: []
            case .pipelinedData: ["PIPELINING"]
            case .chunks: ["PIPELINING", "CHUNKING"]
            }
        }
    }

    /// The same with CRLF for each line end, and one at its end: octet by octet, as one would write it down.
    private static func lines(of octets: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for (index, octet) in octets.enumerated() {
            switch octet {
            case 0x0D: result += [0x0D, 0x0A]
            case 0x0A: if index == 0 || octets[index - 1] != 0x0D { result += [0x0D, 0x0A] }
            default: result.append(octet)
            }
        }
        return result.suffix(2) == [0x0D, 0x0A] ? result : result + [0x0D, 0x0A]
    }

    /// Sends contents over one connection, and looks whether the server holds them, just so, and nothing else.
    private func check(_ contents: [(content: Content, octets: [UInt8])], _ way: Way) throws {
        var server = SinkConfiguration(offering: way.keywords + ["8BITMIME"])
        server.enforcement = .strict
        let (_, sink) = try converse(server) { configuration in
            configuration.chunking = way == .chunks ? .always : .never
            configuration.contentPolicy.nul = .send
        } client: { connection in
            for (content, _) in contents {
                try await connection.send(content, envelope: try Envelope(from: "a@x.example", to: ["b@x.example"]))
            }
        }
        #expect(sink.messages.count == contents.count && sink.transactions.count == contents.count)
        for (message, sent) in zip(sink.messages, contents) {
            #expect(message.content == Self.lines(of: sent.octets), "\(way): \(sent.octets.suffix(120))")
            #expect(message.reversePath.address == "a@x.example")
        }
        guard way != .chunks, let session = sink.sessions.first else { return }
        let findings = Findings(session.received)
        #expect(findings.terminators == contents.count)
        #expect(findings.bareLineEnds == 0, "\(way)")
    }

    @Test("No sequence passes, wherever a stream is divided", arguments: Way.allCases)
    func streams(way: Way) throws {
        for sequence in Self.sequences {
            let text = Array("Subject: x\r\n\r\nhello\(sequence)\(Self.evil)".utf8)
            let start = text.count - sequence.utf8.count - Self.evil.utf8.count
            let contents = (start...start + sequence.utf8.count).map { place -> (Content, [UInt8]) in
                let (pieces, source) = AsyncStream<[UInt8]>.makeStream()
                for piece in [text[..<place], text[place...]] { source.yield(Array(piece)) }
                source.finish()
                return (.stream(pieces), text)
            }
            try check(contents, way)
            // And by the octet.
            let (octets, source) = AsyncStream<[UInt8]>.makeStream()
            for octet in text { source.yield([octet]) }
            source.finish()
            try check([(.stream(octets), text)], way)
        }
    }

    @Test("No sequence passes at the border of a piece or chunk", arguments: [Way.data, .chunks])
    func borders(way: Way) throws {
        let size = ContentReader.pieceSize
        for sequence in Self.sequences {
            let contents = (size - sequence.utf8.count - 1...size + 1).map { place -> (Content, [UInt8]) in
                let header = "Subject: x\r\n\r\n"
                let rest = place - header.utf8.count
                let filling =
                    String(repeating: "0123456789abcd\r\n", count: rest / 16) + String(repeating: "x", count: rest % 16)
                let text = Array("\(header)\(filling)\(sequence)\(Self.evil)".utf8)
                return (.bytes(text), text)
            }
            try check(contents, way)
        }
    }
}

/// What was found on the wire.
private struct Findings {
    /// How often a lone dot stood on a line.
    var terminators = 0

    /// How many CR and LF were no part of a CRLF.
    var bareLineEnds = 0

    init(_ octets: [UInt8]) {
        // The last five octets.
        var window: UInt64 = 0
        for octet in octets {
            let isPair = window & 0xFF == 0x0D
            if isPair != (octet == 0x0A) { bareLineEnds += 1 }
            window = (window << 8 | UInt64(octet)) & 0xFF_FFFF_FFFF
            if window == 0x0D_0A2E_0D0A { terminators += 1 }
        }
    }
}
