import SMTPTransport
import Testing

@Suite("ReceiveBuffer")
struct ReceiveBufferTests {
    private func contents(_ buffer: ReceiveBuffer) -> [UInt8] {
        buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
    }

    @Test("Bytes come out in the order they went in, whatever is consumed between")
    func order() {
        let buffer = ReceiveBuffer()
        let bytes = noise(50_000)
        var consumed: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 1000) {
            buffer.append(bytes.span.bytes.extracting(start..<start + 1000))
            let count = buffer.count * 2 / 3
            consumed += contents(buffer).prefix(count)
            buffer.consume(count)
        }
        #expect(consumed + contents(buffer) == bytes)
    }

    @Test("Consuming more than there is, or less than nothing, is harmless")
    func bounds() {
        let buffer = ReceiveBuffer()
        buffer.append(noise(3).span.bytes)
        buffer.consume(-5)
        #expect(buffer.count == 3)
        buffer.consume(100)
        #expect(buffer.isEmpty)
        buffer.append(noise(1).span.bytes)
        #expect(contents(buffer) == noise(1))
    }
}
