/// The classes of octets that the grammars are made of.
enum Octet {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let dot: UInt8 = 0x2E
    static let hyphen: UInt8 = 0x2D

    static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    static func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 }

    static func isLetterOrDigit(_ octet: UInt8) -> Bool { isDigit(octet) || isLetter(octet) }

    /// A control character: C0 or DEL.
    static func isControl(_ octet: UInt8) -> Bool { octet < 0x20 || octet == 0x7F }

    /// `atext` of RFC 5322 §3.2.3, without what lies beyond ASCII.
    static func isAtomText(_ octet: UInt8) -> Bool {
        if isLetterOrDigit(octet) { return true }
        return switch octet {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    static func isVisible(_ octet: UInt8) -> Bool { octet > 0x20 && octet < 0x7F }

    static func hexadecimal(_ octet: UInt8) -> String {
        let digits = String(octet, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }

    /// The value of a hexadecimal digit; RFC 3461's xtext has upper case alone, and lower case is understood.
    static func hexadecimalValue(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x41...0x46: octet - 0x37
        case 0x61...0x66: octet - 0x57
        default: nil
        }
    }
}

extension StringProtocol {
    /// Where a control character of the second range (U+0080 to U+009F) begins; it is legal UTF-8 and steers terminals.
    var firstC1ControlOffset: Int? {
        var previous: UInt8 = 0
        for (offset, octet) in utf8.enumerated() {
            if previous == 0xC2, octet < 0xA0 { return offset - 1 }
            previous = octet
        }
        return nil
    }
}
