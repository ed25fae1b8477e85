import SMTPWire
import Testing

@Suite("ContentFacts")
struct ContentFactsTests {
    /// What the encoder makes of a content is what the facts count.
    private func check(_ content: [UInt8], cut: Int?) {
        var scanner = ContentScanner()
        if let cut {
            scanner.scan(content.span.bytes.extracting(0..<cut))
            scanner.scan(content.span.bytes.extracting(cut..<content.count))
        } else {
            scanner.scan(content.span.bytes)
        }
        let facts = scanner.finish()
        var encoder = ContentEncoder(transparency: .none)
        var encoded: [UInt8] = []
        encoder.encode(content.span.bytes, into: &encoded)
        encoder.finish(into: &encoded)
        var stuffer = ContentEncoder(transparency: .dotStuffing)
        var stuffed: [UInt8] = []
        stuffer.encode(content.span.bytes, into: &stuffed)
        stuffer.finish(into: &stuffed)
        #expect(facts.normalizedSize == UInt64(encoded.count), "\(content)")
        #expect(facts.needsNormalizing == (encoded != content), "\(content)")
        #expect(facts.dottedLineCount == UInt64(stuffed.count - 3 - encoded.count), "\(content)")
        let lines = encoded.split(separator: 0x0A, omittingEmptySubsequences: false).map { $0.count - 1 }
        #expect(facts.longestLine == max(0, lines.max() ?? 0), "\(content)")
    }

    @Test("Sizes, dots and lines are those of the encoded content, for all short contents and every cut")
    func exhaustive() {
        let alphabet: [UInt8] = [0x0D, 0x0A, 0x2E, 0x61]
        for length in 0...6 {
            for number in 0..<(1 << (2 * length)) {
                let content = (0..<length).map { alphabet[number >> (2 * $0) & 3] }
                check(content, cut: nil)
                for cut in 0...length { check(content, cut: cut) }
            }
        }
    }

    @Test(
        "Octets above 127 and NUL are found wherever they stand",
        arguments: [0, 1, 15, 16, 17, 31, 32, 100]
    )
    func octets(offset: Int) {
        var body = [UInt8](repeating: 0x61, count: 101)
        #expect(!ContentFacts(body).hasEightBitOctets && !ContentFacts(body).hasNUL)
        body[offset] = 0x80
        #expect(ContentFacts(body).hasEightBitOctets && !ContentFacts(body).hasNUL)
        body[offset] = 0
        #expect(!ContentFacts(body).hasEightBitOctets && ContentFacts(body).hasNUL)
    }

    @Test("The header ends at the first line that is empty or no field")
    func header() {
        #expect(ContentFacts(Array("Subject: grüße\r\n\r\nx".utf8)).hasEightBitHeader)
        #expect(!ContentFacts(Array("Subject: x\r\n\r\ngrüße".utf8)).hasEightBitHeader)
        #expect(!ContentFacts(Array("Subject: x\n\ngrüße".utf8)).hasEightBitHeader)
        #expect(!ContentFacts(Array("Subject: x\ngrüße".utf8)).hasEightBitHeader)
        #expect(!ContentFacts(Array("grüße: x\n".utf8)).hasEightBitHeader)
        #expect(ContentFacts(Array("Subject: x\r\n\tgrüße\r\n\r\n".utf8)).hasEightBitHeader)
        #expect(ContentFacts(Array("A: x\rB: ü".utf8)).hasEightBitHeader)
    }
}
