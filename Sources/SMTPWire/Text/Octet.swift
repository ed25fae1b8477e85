/// The classes of octets that the grammars are made of.
enum Octet {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let dot: UInt8 = 0x2E
    static let hyphen: UInt8 = 0x2D
    static let tab: UInt8 = 0x09

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

    /// The digit, in upper case, of a value from 0 to 15.
    static func hexadecimalDigit(_ value: UInt8) -> UInt8 { value < 10 ? value &+ 0x30 : value &+ 0x37 }

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

extension Octet {
    /// The octet in lower case, if it is a letter of ASCII.
    static func lowercased(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }
}

extension String {
    /// The text with the letters of ASCII in upper case, and no other: `ſ` and `ı` are not to become `S` and `I`.
    package var asciiUppercased: String {
        guard utf8.contains(where: { $0 &- 0x61 < 26 }) else { return self }
        return String(decoding: utf8.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }, as: UTF8.self)
    }

    /// Whether both texts are the same octets, the case of ASCII letters apart.
    ///
    /// `==` of strings takes different octets for the same text if they are canonically equivalent; a server does not.
    package func isSameIgnoringASCIICase(as other: String) -> Bool {
        compare(to: other) { $0 == $1 || Octet.lowercased($0) == Octet.lowercased($1) }
    }

    /// Whether both texts are the same octets.
    func hasSameOctets(as other: String) -> Bool {
        compare(to: other) { $0 == $1 }
    }

    /// Whether both are equally long, and `isSame` says so of each octet.
    @inline(__always)
    private func compare(to other: String, _ isSame: (UInt8, UInt8) -> Bool) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let result = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { octets in
                for index in 0..<own.count where !isSame(own[index], octets[index]) { return false }
                return true
            }
        }
        // A string that is not stored as UTF-8, as one from Objective-C can be.
        return (result ?? nil) ?? utf8.elementsEqual(other.utf8, by: isSame)
    }

    /// Hashes what ``isSameIgnoringASCIICase(as:)`` compares.
    func hashIgnoringASCIICase(into hasher: inout Hasher) {
        for octet in utf8 { hasher.combine(Octet.lowercased(octet)) }
        hasher.combine(0xFF as UInt8)
    }
}

extension [UInt8] {
    /// Appends `octet` as two digits in upper case.
    mutating func append(hexadecimal octet: UInt8) {
        append(Octet.hexadecimalDigit(octet >> 4))
        append(Octet.hexadecimalDigit(octet & 0xF))
    }

    /// Appends `number` in decimal, without a string between.
    mutating func append(decimal number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(truncatingIfNeeded: number / divisor % 10) &+ 0x30)
            divisor /= 10
        }
    }

    /// Appends `number` in decimal.
    mutating func append(decimal number: Int) {
        if number < 0 { append(Octet.hyphen) }
        append(decimal: UInt64(number.magnitude))
    }
}
