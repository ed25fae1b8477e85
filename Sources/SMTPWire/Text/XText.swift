/// Any octets as visible ASCII, for the values of parameters (RFC 3461 §4).
public enum XText {
    /// Returns `octets` with `+`, `=` and all that is not visible ASCII as `+XX`.
    public static func encode(_ octets: some Sequence<UInt8>) -> String {
        var result = ""
        for octet in octets {
            if Octet.isVisible(octet), octet != 0x2B, octet != 0x3D {
                result.unicodeScalars.append(UnicodeScalar(octet))
            } else {
                result += "+" + Octet.hexadecimal(octet)
            }
        }
        return result
    }

    /// Returns the octets that `text` stands for.
    ///
    /// - Throws: ``WireError`` for what is no xtext: other octets, or `+` without two hexadecimal digits.
    public static func decode(_ text: String) throws(WireError) -> [UInt8] {
        let octets = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < octets.count {
            let octet = octets[index]
            guard Octet.isVisible(octet), octet != 0x3D else {
                throw WireError(.invalidOctet, in: .xtext, octet: octet, at: index)
            }
            guard octet == 0x2B else {
                result.append(octet)
                index += 1
                continue
            }
            guard index + 2 < octets.count else { throw WireError(.incomplete, in: .xtext, at: octets.count) }
            guard let high = Octet.hexadecimalValue(octets[index + 1]),
                let low = Octet.hexadecimalValue(octets[index + 2])
            else { throw WireError(.invalidOctet, in: .xtext, octet: octets[index + 1], at: index + 1) }
            result.append(high << 4 | low)
            index += 3
        }
        return result
    }
}
