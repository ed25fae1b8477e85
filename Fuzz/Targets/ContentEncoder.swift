import SMTPWire

/// The encoder without a thought of speed: octet by octet.
private func reference(_ content: ArraySlice<UInt8>, isStuffing: Bool) -> [UInt8] {
    var result: [UInt8] = []
    var isLineStart = true
    var previous: UInt8 = 0
    for octet in content {
        defer { previous = octet }
        if octet == 0x0A, previous == 0x0D { continue }
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

private func encode(_ pieces: [ArraySlice<UInt8>], _ transparency: ContentEncoder.Transparency) -> [UInt8] {
    var encoder = ContentEncoder(transparency: transparency)
    var output: [UInt8] = []
    for piece in pieces { encoder.encode(piece.span.bytes, into: &output) }
    encoder.finish(into: &output)
    return output
}

/// The encoder and the plain loop agree, however the content is divided.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = octets(data, count)
    guard let seed = input.first else { return 0 }
    let content = input[1...]
    for transparency in [.dotStuffing, .none] as [ContentEncoder.Transparency] {
        let expected = reference(content, isStuffing: transparency == .dotStuffing)
        // A copy of its own size, so that the sanitizer sees a read beyond it.
        require(encode([Array(content)[...]], transparency) == expected, "the encoder is wrong")
        require(
            encode(pieces(content, seed: seed).map { Array($0)[...] }, transparency) == expected,
            "the borders matter"
        )
    }
    return 0
}
