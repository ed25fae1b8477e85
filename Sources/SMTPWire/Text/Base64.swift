/// Base64 as SASL exchanges use it: the standard alphabet, padded, without line breaks (RFC 4648 §4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Returns the octets that stand for `octets`.
    public static func encode(_ octets: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity((octets.count + 2) / 3 * 4)
        for start in stride(from: 0, to: octets.count, by: 3) {
            let count = min(3, octets.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(octets[start + index]) : 0) }
            for index in 0..<4 {
                let isPadding = index > count
                result.append(isPadding ? 0x3D : alphabet[Int(group >> (18 - 6 * UInt32(index)) & 0x3F)])
            }
        }
        return result
    }

    /// Returns what `encoded` stands for, or `nil` unless it is exactly what an encoder writes: padded, without white
    /// space, and with no bits set behind the last octet.
    public static func decode(_ encoded: some Collection<UInt8>) -> [UInt8]? {
        let encoded = Array(encoded)
        guard encoded.count % 4 == 0 else { return nil }
        let padding = encoded.reversed().prefix(2).prefix { $0 == 0x3D }.count
        var result: [UInt8] = []
        result.reserveCapacity(encoded.count / 4 * 3)
        var group: UInt32 = 0
        for (index, octet) in encoded.dropLast(padding).enumerated() {
            guard let value = value(of: octet) else { return nil }
            group = group << 6 | UInt32(value)
            if index % 4 == 3 {
                result += [UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8)]
                result.append(UInt8(truncatingIfNeeded: group))
                group = 0
            }
        }
        switch padding {
        case 1:
            guard group & 0x3 == 0 else { return nil }
            result += [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
        case 2:
            guard group & 0xF == 0 else { return nil }
            result.append(UInt8(truncatingIfNeeded: group >> 4))
        default:
            break
        }
        return result
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
