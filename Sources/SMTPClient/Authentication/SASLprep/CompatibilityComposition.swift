/// Normalisation form KC of Unicode 3.2 (Unicode Standard Annex #15), which RFC 3454 §4 fixes for all times.
///
/// The standard library and Foundation have that of the Unicode they were built with, which has other scalars.
enum CompatibilityComposition {
    private static let decompositions = SequenceTable(NormalizationTables.decompositions)
    private static let compositions = PairTable(NormalizationTables.compositions)
    private static let classes = ScalarTable(NormalizationTables.combiningClasses)

    static func normalize(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        composed(ordered(scalars.flatMap(decomposed)))
    }

    private static func decomposed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        Hangul.decomposed(scalar) ?? decompositions.sequence(for: scalar).map(Array.init) ?? [scalar]
    }

    /// Sorts each run of scalars that combine by their class; equal ones keep their order.
    private static func ordered(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var run: [(class: UInt8, scalar: Unicode.Scalar)] = []
        func endRun() {
            // The standard library's sort is stable, though it does not promise so: the offset does.
            result += run.enumerated().sorted { ($0.element.class, $0.offset) < ($1.element.class, $1.offset) }
                .map(\.element.scalar)
            run = []
        }
        for scalar in scalars {
            let combiningClass = classes.value(of: scalar)
            if combiningClass == 0 {
                endRun()
                result.append(scalar)
            } else {
                run.append((combiningClass, scalar))
            }
        }
        endRun()
        return result
    }

    /// Makes one scalar of each pair that has one, unless a scalar between them blocks it.
    private static func composed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var starter: Int?
        var lastClass: UInt8 = 0
        for scalar in scalars {
            let combiningClass = classes.value(of: scalar)
            if let starter {
                let isAdjacent = starter == result.count - 1
                let isBlocked = !isAdjacent && lastClass >= combiningClass
                if !isBlocked, let composite = pair(result[starter], scalar) {
                    result[starter] = composite
                    continue
                }
            }
            if combiningClass == 0 { starter = result.count }
            lastClass = combiningClass
            result.append(scalar)
        }
        return result
    }

    private static func pair(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        Hangul.composed(first, second) ?? compositions.scalar(for: first, second)
    }
}

/// The syllables of Hangul, which are reckoned and not looked up (Unicode 3.2 §3.12).
private enum Hangul {
    private static let leads: Range<UInt32> = 0x1100..<0x1113
    private static let vowels: Range<UInt32> = 0x1161..<0x1176
    /// The first of these stands for none.
    private static let tails: Range<UInt32> = 0x11A7..<0x11C3
    private static let syllables: Range<UInt32> = 0xAC00..<0xD7A4

    static func decomposed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        guard syllables.contains(scalar.value) else { return nil }
        let index = scalar.value - syllables.lowerBound
        let tailCount = UInt32(tails.count)
        let blockCount = UInt32(vowels.count) * tailCount
        let parts = [
            leads.lowerBound + index / blockCount, vowels.lowerBound + index % blockCount / tailCount,
            tails.lowerBound + index % tailCount,
        ]
        return (index % tailCount == 0 ? Array(parts.dropLast()) : parts).compactMap { Unicode.Scalar($0) }
    }

    static func composed(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        let (first, second) = (first.value, second.value)
        if leads.contains(first), vowels.contains(second) {
            let index = (first - leads.lowerBound) * UInt32(vowels.count) + second - vowels.lowerBound
            return Unicode.Scalar(syllables.lowerBound + index * UInt32(tails.count))
        }
        let takesTail = syllables.contains(first) && (first - syllables.lowerBound) % UInt32(tails.count) == 0
        guard takesTail, tails.dropFirst().contains(second) else { return nil }
        return Unicode.Scalar(first + second - tails.lowerBound)
    }
}
