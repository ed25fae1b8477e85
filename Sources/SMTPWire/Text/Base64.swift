/// Base64 as SASL exchanges use it: the standard alphabet, padded, without line breaks (RFC 4648 §4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding: UInt8 = 0x3D

    /// Returns the octets that stand for `octets`.
    public static func encode(_ octets: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        append(octets, to: &result)
        return result
    }

    /// Appends the octets that stand for `octets` to `output`.
    static func append(_ octets: [UInt8], to output: inout [UInt8]) {
        output.reserveCapacity(output.count + (octets.count + 2) / 3 * 4)
        for start in stride(from: 0, to: octets.count, by: 3) {
            let count = min(3, octets.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(octets[start + index]) : 0) }
            for index in 0..<4 {
                output.append(index > count ? padding : alphabet[Int(group >> (18 - 6 * UInt32(index)) & 0x3F)])
            }
        }
    }

    /// Returns what `encoded` stands for, or `nil` unless it is exactly what an encoder writes: padded, without white
    /// space, and with no bits set behind the last octet.
    public static func decode(_ encoded: some Collection<UInt8>) -> [UInt8]? {
        let encoded = Array(encoded)
        guard encoded.count % 4 == 0 else { return nil }
        let paddingCount = encoded.suffix(2).reversed().prefix { $0 == padding }.count
        var result: [UInt8] = []
        result.reserveCapacity(encoded.count / 4 * 3)
        var bits: UInt32 = 0
        var bitCount = 0
        for octet in encoded.dropLast(paddingCount) {
            guard let value = value(of: octet) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> bitCount))
                bits &= 1 << bitCount - 1
            }
        }
        return bits == 0 ? result : nil
    }

    private static func value(of octet: UInt8) -> UInt8? {
        switch octet {
        case 0x41...0x5A: octet - 0x41
        case 0x61...0x7A: octet - 0x61 + 26
        case 0x30...0x39: octet - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
