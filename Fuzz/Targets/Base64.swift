import SMTPWire

private let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// The decoder without a thought of speed: bit by bit.
private func reference(_ encoded: [UInt8]) -> [UInt8]? {
    var digits = encoded[...]
    while digits.last == UInt8(ascii: "="), encoded.count - digits.count < 2 { digits = digits.dropLast() }
    var bits: [Bool] = []
    for digit in digits {
        guard let value = alphabet.firstIndex(of: digit) else { return nil }
        for place in (0..<6).reversed() { bits.append(value >> place & 1 == 1) }
    }
    let rest = bits.count % 8
    guard encoded.count % 4 == 0, !bits.suffix(rest).contains(true) else { return nil }
    return stride(from: 0, to: bits.count - rest, by: 8).map { start in
        bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
    }
}

/// What is encoded comes back, and what is decoded is what an encoder has written, and nothing else is decoded.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = octets(data, count)
    let encoded = Base64.encode(input)
    require(encoded.count == (input.count + 2) / 3 * 4, "base64 of another length")
    require(reference(encoded) == input, "the encoder is wrong")
    require(Base64.decode(encoded) == input, "what is encoded does not come back")
    require(Base64.decode(input) == reference(input), "the decoder is wrong")
    if let decoded = Base64.decode(input) { require(Base64.encode(decoded) == input, "base64 of no encoder") }
    // One octet changed is something else, or nothing.
    if let place = input.first.map({ Int($0) % encoded.count }) {
        var changed = encoded
        changed[place] ^= input[input.count / 2]
        if changed != encoded { require(Base64.decode(changed) != input, "two texts for the same octets") }
    }
    return 0
}
