/// Makes names and passwords that a person takes for the same the same (RFC 4013, a profile of RFC 3454).
enum SASLprep {
    /// What a string is for, which decides about scalars that Unicode 3.2 does not assign (RFC 3454 §7).
    enum Purpose {
        /// To be compared with what is stored: they may be there.
        case query
        /// To be stored, or hashed like what is stored: they may not.
        case stored
    }

    /// Why a string cannot be prepared; it says nothing of the string.
    enum Failure: String, Error {
        case prohibited = "it has a character that is not allowed there (RFC 4013 §2.3)"
        case bidirectional = "it mixes directions of writing in a way that is not allowed there (RFC 3454 §6)"
        case unassigned = "it has a character that is newer than Unicode 3.2 (RFC 4013 §2.5)"
    }

    private static let unassigned = ScalarTable(PreparationTables.unassigned)
    private static let mappedToNothing = ScalarTable(PreparationTables.mappedToNothing)
    private static let nonASCIISpaces = ScalarTable(PreparationTables.nonASCIISpaces)
    private static let prohibited = ScalarTable(PreparationTables.prohibited)
    private static let rightToLeft = ScalarTable(PreparationTables.rightToLeft)
    private static let leftToRight = ScalarTable(PreparationTables.leftToRight)

    /// Returns `text` as it is to be sent or hashed.
    static func prepare(_ text: String, as purpose: Purpose) throws(Failure) -> String {
        // What most names are; nothing of ASCII is changed, and only its controls are prohibited.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        // U+200B is in both tables; it becomes a space, as it does in libidn and in PostgreSQL.
        let mapped = text.unicodeScalars.lazy.map { nonASCIISpaces.contains($0) ? " " : $0 }
            .filter { !mappedToNothing.contains($0) }
        let scalars = CompatibilityComposition.normalize(Array(mapped))
        guard !scalars.contains(where: prohibited.contains) else { throw .prohibited }
        guard purpose == .query || !scalars.contains(where: unassigned.contains) else { throw .unassigned }
        guard isLegalInDirection(scalars) else { throw .bidirectional }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return String(result)
    }

    /// RFC 3454 §6: text with anything written from right to left begins and ends so, and has nothing the other way.
    private static func isLegalInDirection(_ scalars: [Unicode.Scalar]) -> Bool {
        guard scalars.contains(where: rightToLeft.contains) else { return true }
        guard let first = scalars.first, let last = scalars.last else { return true }
        return rightToLeft.contains(first) && rightToLeft.contains(last)
            && !scalars.contains(where: leftToRight.contains)
    }
}
