import SMTPWire
import Testing

@Suite("ContentEncoder")
struct ContentEncoderTests {
    /// The encoder as one would write it without a thought of speed: octet by octet, the last one remembered.
    private struct ByteLoop {
        let isStuffing: Bool

        func encode(_ content: [UInt8]) -> [UInt8] {
            var result: [UInt8] = []
            var isLineStart = true
            for (index, octet) in content.enumerated() {
                let isSecondOfPair = octet == 0x0A && index > 0 && content[index - 1] == 0x0D
                if isSecondOfPair { continue }
                if octet == 0x0D || octet == 0x0A {
                    result += [0x0D, 0x0A]
                    isLineStart = true
                } else {
                    if isLineStart, isStuffing, octet == 0x2E { result.append(0x2E) }
                    result.append(octet)
                    isLineStart = false
                }
            }
            if !isLineStart { result += [0x0D, 0x0A] }
            return isStuffing ? result + [0x2E, 0x0D, 0x0A] : result
        }
    }

    private static let transparencies: [ContentEncoder.Transparency] = [.dotStuffing, .none]

    private func encode(_ pieces: [ArraySlice<UInt8>], _ transparency: ContentEncoder.Transparency) -> [UInt8] {
        var encoder = ContentEncoder(transparency: transparency)
        var output: [UInt8] = []
        for piece in pieces { encoder.encode(piece.span.bytes, into: &output) }
        encoder.finish(into: &output)
        return output
    }

    private func reference(_ content: [UInt8], _ transparency: ContentEncoder.Transparency) -> [UInt8] {
        ByteLoop(isStuffing: transparency == .dotStuffing).encode(content)
    }

    @Test(
        "What becomes of a content",
        arguments: [
            ("", ".\r\n", ""),
            ("a", "a\r\n.\r\n", "a\r\n"),
            ("a\r\n", "a\r\n.\r\n", "a\r\n"),
            ("a\n", "a\r\n.\r\n", "a\r\n"),
            ("a\r", "a\r\n.\r\n", "a\r\n"),
            ("a\nb\rc\r\nd", "a\r\nb\r\nc\r\nd\r\n.\r\n", "a\r\nb\r\nc\r\nd\r\n"),
            ("\n\r", "\r\n\r\n.\r\n", "\r\n\r\n"),
            ("\r\r\n", "\r\n\r\n.\r\n", "\r\n\r\n"),
            (".", "..\r\n.\r\n", ".\r\n"),
            ("..", "...\r\n.\r\n", "..\r\n"),
            ("a.b", "a.b\r\n.\r\n", "a.b\r\n"),
            ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"),
            ("a\r.\rb", "a\r\n..\r\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"),
            ("\r\n.\r\n", "\r\n..\r\n.\r\n", "\r\n.\r\n"),
        ]
    )
    func forms(content: String, data: String, bdat: String) {
        #expect(string(encode([Array(content.utf8)[...]], .dotStuffing)) == data)
        #expect(string(encode([Array(content.utf8)[...]], .none)) == bdat)
    }

    @Test("Every text of CR, LF, dot and `a` up to eight octets, in any two pieces", arguments: transparencies)
    func exhaustive(transparency: ContentEncoder.Transparency) {
        let alphabet: [UInt8] = [0x0D, 0x0A, 0x2E, 0x61]
        var output: [UInt8] = []
        var wrong = 0
        var count = 0
        for length in 0...8 {
            for number in 0..<(1 << (2 * length)) {
                let content = (0..<length).map { alphabet[number >> (2 * $0) & 3] }
                let expected = reference(content, transparency)
                let bytes = content.span.bytes
                for border in 0...length {
                    count += 1
                    var encoder = ContentEncoder(transparency: transparency)
                    output.removeAll(keepingCapacity: true)
                    encoder.encode(bytes.extracting(0..<border), into: &output)
                    encoder.encode(bytes.extracting(border..<length), into: &output)
                    encoder.finish(into: &output)
                    if output != expected { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
        #expect(count == 757_305)
    }

    @Test(
        "Great contents of few kinds of octets in random pieces, against the byte loop",
        arguments: [1, 2, 3, 4] as [UInt64]
    )
    func differential(seed: UInt64) {
        print("ContentEncoder: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let content = content(of: Int.random(in: 0...2000, using: &generator), &generator)
            var pieces: [ArraySlice<UInt8>] = []
            var start = 0
            while start < content.count {
                let end = min(content.count, start + Int.random(in: 0...130, using: &generator))
                pieces.append(content[start..<end])
                start = end
            }
            for transparency in Self.transparencies {
                let expected = reference(content, transparency)
                #expect(encode(pieces, transparency) == expected)
                #expect(encode([content[...]], transparency) == expected)
                #expect(encode(content.indices.map { content[$0...$0] }, transparency) == expected)
            }
        }
    }

    /// Lines of random lengths with random ends, which now and then begin with dots; or nothing but ends and dots.
    private func content(of count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        let isDense = Bool.random(using: &generator)
        var result: [UInt8] = []
        while result.count < count {
            if isDense || Int.random(in: 0..<40, using: &generator) == 0 {
                let ends: [[UInt8]] = [
                    [0x0D], [0x0A], [0x0D, 0x0A], [0x2E], [0x0D, 0x0A, 0x2E], [0x00], [0x8A], [0x8D],
                ]
                result += ends.randomElement(using: &generator) ?? []
            } else {
                result.append(UInt8.random(in: 0...255, using: &generator))
            }
        }
        return result
    }

    @Test("Undone as a server undoes it, the content is what it was, with its line ends made CRLF")
    func undone() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let content = content(of: 300, &generator)
            var wire = encode([content[...]], .dotStuffing)
            // The first dot alone on a line is the end, and nothing follows it.
            wire = [0x0D, 0x0A] + wire
            let end = (0..<wire.count - 4).first { Array(wire[$0..<$0 + 5]) == [0x0D, 0x0A, 0x2E, 0x0D, 0x0A] }
            #expect(end == wire.count - 5)
            var received: [UInt8] = []
            for line in lines(wire.dropFirst(2).dropLast(3)) {
                received += (line.first == 0x2E ? line.dropFirst() : line)
            }
            #expect(received == reference(content, .none))
        }
    }

    /// The lines of `wire`, each with its CRLF.
    private func lines(_ wire: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = wire.startIndex
        for index in wire.indices where wire[index] == 0x0A {
            lines.append(wire[start...index])
            start = index + 1
        }
        return lines
    }

    @Test("No bare CR or LF ever leaves")
    func bareLineEnds() {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<200 {
            for transparency in Self.transparencies {
                let wire = encode([content(of: 200, &generator)[...]], transparency)
                for (index, octet) in wire.enumerated() {
                    if octet == 0x0D { #expect(index + 1 < wire.count && wire[index + 1] == 0x0A) }
                    if octet == 0x0A { #expect(index > 0 && wire[index - 1] == 0x0D) }
                }
            }
        }
    }

    @Test("What is behind a search's last octet is not read: every length and every place of the end")
    func borders() {
        for length in 0...70 {
            for place in 0..<max(1, length) {
                var content = [UInt8](repeating: 0x61, count: length)
                if place < length { content[place] = 0x0A }
                // In the midst of line ends, which must not be seen.
                let surrounded = [UInt8](repeating: 0x0A, count: 16) + content + [UInt8](repeating: 0x0A, count: 16)
                let piece = surrounded[16..<16 + length]
                #expect(encode([piece], .dotStuffing) == reference(content, .dotStuffing))
            }
        }
    }

    @Test("After the end the encoder begins anew")
    func reuse() {
        var encoder = ContentEncoder(transparency: .dotStuffing)
        var output: [UInt8] = []
        encoder.encode(Array("a\r".utf8).span.bytes, into: &output)
        encoder.finish(into: &output)
        encoder.encode(Array("\n.".utf8).span.bytes, into: &output)
        encoder.finish(into: &output)
        #expect(string(output) == "a\r\n.\r\n\r\n..\r\n.\r\n")
    }

    @Test(
        "Transparency alone changes nothing but dots",
        arguments: [
            ("", ""), (".", ".."), ("a\n.b\r.c\r\n.", "a\n..b\r.c\r\n.."), ("a.", "a."), ("..\n..", "...\n..."),
        ]
    )
    func dotStuffed(content: String, stuffed: String) {
        #expect(string(ContentEncoder.dotStuffed(Array(content.utf8))) == stuffed)
    }
}
