/// Addresses beyond ASCII in ORCPT, which may go to servers without SMTPUTF8 (RFC 6533 §3, `utf-8-addr-xtext`).
enum UTF8AddressText {
    /// Appends `text` with space, `+`, `=`, `\` and all beyond ASCII as `\x{…}`, without leading zeros.
    ///
    /// What stands in a mailbox has no controls, so no code point needs a digit put before it.
    static func append(_ text: String, to output: inout [UInt8]) {
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x20, 0x2B, 0x3D, 0x5C, 0x7F...:
                output += "\\x{".utf8
                output += String(scalar.value, radix: 16, uppercase: true).utf8
                output.append(0x7D)
            default:
                output.append(UInt8(truncatingIfNeeded: scalar.value))
            }
        }
    }
}
