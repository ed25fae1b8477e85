/// Characters beyond ASCII that are legal UTF-8 and yet have no place in an address: those that nobody sees, and those
/// that make of one line two.
enum UnsafeCharacters {
    /// Where the first control character or line break beyond ASCII begins.
    static func firstBreak(in octets: ArraySlice<UInt8>) -> Int? {
        first(in: octets) { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }

    /// Where the first character beyond ASCII begins that a label of a domain cannot bear: besides breaks, spaces and
    /// what is invisible, which RFC 5892 §2.6 disallows; the two joiners are for the contexts that need them.
    static func firstOutsideLabel(in octets: ArraySlice<UInt8>) -> Int? {
        first(in: octets) { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: true
            case .format: scalar.value != 0x200C && scalar.value != 0x200D
            default: false
            }
        }
    }

    private static func first(in octets: ArraySlice<UInt8>, where isUnsafe: (Unicode.Scalar) -> Bool) -> Int? {
        guard octets.contains(where: { $0 >= 0x80 }) else { return nil }
        var offset = octets.startIndex
        for scalar in String(decoding: octets, as: UTF8.self).unicodeScalars {
            if !scalar.isASCII, isUnsafe(scalar) { return offset }
            offset += UTF8.width(scalar)
        }
        return nil
    }
}
