/// Any octets as visible ASCII, for the values of parameters (RFC 3461 §4).
public enum XText {
    /// Returns `octets` with `+`, `=` and all that is not visible ASCII as `+XX`.
    public static func encode(_ octets: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        append(octets, to: &result)
        return String(decoding: result, as: UTF8.self)
    }

    /// Returns the octets that `text` stands for; lower-case digits, which the grammar does not have, are understood.
    ///
    /// - Throws: ``WireError`` for what is no xtext: other octets, or `+` without two hexadecimal digits.
    public static func decode(_ text: String) throws(WireError) -> [UInt8] {
        let octets = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(octets.count)
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
            result.append(try digit(octets, at: index + 1) << 4 | (try digit(octets, at: index + 2)))
            index += 3
        }
        return result
    }

    /// Appends the xtext of `octets` to `output`.
    static func append(_ octets: some Sequence<UInt8>, to output: inout [UInt8]) {
        for octet in octets {
            if isUnchanged(octet) {
                output.append(octet)
            } else {
                output.append(0x2B)
                output.append(hexadecimal: octet)
            }
        }
    }

    /// Refuses a text that is longer than `limit` in xtext.
    static func checkLength(of text: String, limit: Int, in subject: WireError.Subject) throws(WireError) {
        var count = 0
        for (offset, octet) in text.utf8.enumerated() {
            count += isUnchanged(octet) ? 1 : 3
            guard count <= limit else { throw WireError(.tooLong(limit: limit), in: subject, octet: octet, at: offset) }
        }
    }

    private static func isUnchanged(_ octet: UInt8) -> Bool { Octet.isVisible(octet) && octet != 0x2B && octet != 0x3D }

    private static func digit(_ octets: [UInt8], at index: Int) throws(WireError) -> UInt8 {
        guard index < octets.count else { throw WireError(.incomplete, in: .xtext, at: octets.count) }
        guard let value = Octet.hexadecimalValue(octets[index]) else {
            throw WireError(.invalidOctet, in: .xtext, octet: octets[index], at: index)
        }
        return value
    }
}
