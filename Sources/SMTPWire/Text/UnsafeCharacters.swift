/// What has no place in an address beyond ASCII: octets that are no UTF-8, and of the characters those that nobody sees
/// and those that make of one line two.
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
            default: scalar.properties.isDefaultIgnorableCodePoint
            }
        }
    }

    /// Where the first such character begins, or the first octets that are no UTF-8.
    private static func first(in octets: ArraySlice<UInt8>, where isUnsafe: (Unicode.Scalar) -> Bool) -> Int? {
        guard octets.contains(where: { $0 >= 0x80 }) else { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var rest = octets.makeIterator()
        var offset = octets.startIndex
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                if !scalar.isASCII, isUnsafe(scalar) { return offset }
                offset += encoded.count
            case .error: return offset
            case .emptyInput: return nil
            }
        }
    }
}
