/// Names inside SASL messages whose parts are divided by commas (RFC 5801 §4, RFC 5802 §5.1).
public enum SASLName {
    /// Returns the octets of `name` with `=2C` for a comma and `=3D` for an equals sign.
    ///
    /// - Throws: ``WireError`` for a name with NUL, which no encoding can carry.
    public static func encode(_ name: String) throws(WireError) -> [UInt8] {
        var result: [UInt8] = []
        for (offset, octet) in name.utf8.enumerated() {
            switch octet {
            case 0: throw WireError(.invalidOctet, in: .saslMessage, octet: octet, at: offset)
            case 0x2C: result += "=2C".utf8
            case 0x3D: result += "=3D".utf8
            default: result.append(octet)
            }
        }
        return result
    }

    /// Returns the name that `encoded` stands for.
    ///
    /// - Throws: ``WireError`` for a comma or NUL, an equals sign that begins neither `=2C` nor `=3D`, octets that are
    ///   no UTF-8, and for nothing at all.
    public static func decode(_ encoded: some Collection<UInt8>) throws(WireError) -> String {
        let encoded = Array(encoded)
        guard !encoded.isEmpty else { throw WireError(.empty, in: .saslMessage) }
        var octets: [UInt8] = []
        var index = 0
        while index < encoded.count {
            var octet = encoded[index]
            guard octet != 0, octet != 0x2C else {
                throw WireError(.invalidOctet, in: .saslMessage, octet: octet, at: index)
            }
            if octet == 0x3D {
                switch Array(encoded[(index + 1)...].prefix(2)) {
                case Array("2C".utf8): octet = 0x2C
                case Array("3D".utf8): octet = 0x3D
                default: throw WireError(.invalidOctet, in: .saslMessage, octet: octet, at: index)
                }
                index += 2
            }
            octets.append(octet)
            index += 1
        }
        guard let name = String(validating: octets, as: UTF8.self) else {
            throw WireError(.invalidOctet, in: .saslMessage)
        }
        return name
    }
}
