/// Ranges of scalars with a value each, searched by halving.
struct ScalarTable: Sendable {
    private var firsts: [UInt32] = []
    private var lasts: [UInt32] = []
    private var values: [UInt8] = []

    /// Reads ranges as `A0-A8` or `A0`, with `=` and a value behind them where they have one, divided by spaces.
    init(_ text: StaticString) {
        for entry in TableText.entries(text) {
            guard let first = entry.numbers.first else { continue }
            firsts.append(first)
            lasts.append(entry.isRange && entry.numbers.count > 1 ? entry.numbers[1] : first)
            values.append(UInt8(truncatingIfNeeded: entry.numbers.last ?? 0))
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool { index(of: scalar) != nil }

    /// The value of the range that has `scalar`, or 0.
    func value(of scalar: Unicode.Scalar) -> UInt8 { index(of: scalar).map { values[$0] } ?? 0 }

    private func index(of scalar: Unicode.Scalar) -> Int? {
        let index = TableText.lastIndex(in: firsts, notAbove: scalar.value)
        return index.flatMap { scalar.value <= lasts[$0] ? $0 : nil }
    }
}

/// Sequences of scalars for keys, searched by halving.
struct SequenceTable: Sendable {
    private var keys: [UInt32] = []
    private var starts: [Int] = [0]
    private var scalars: [Unicode.Scalar] = []

    /// Reads a key, `=`, and its scalars with `+` between, divided by spaces.
    init(_ text: StaticString) {
        for entry in TableText.entries(text) {
            guard let key = entry.numbers.first else { continue }
            keys.append(key)
            scalars += entry.numbers.dropFirst().compactMap { Unicode.Scalar($0) }
            starts.append(scalars.count)
        }
    }

    /// The sequence for `scalar`, or `nil` if it has none.
    func sequence(for scalar: Unicode.Scalar) -> ArraySlice<Unicode.Scalar>? {
        let index = TableText.lastIndex(in: keys, notAbove: scalar.value)
        guard let index, keys[index] == scalar.value else { return nil }
        return scalars[starts[index]..<starts[index + 1]]
    }
}

/// Scalars for pairs of scalars.
struct PairTable: Sendable {
    private var scalars: [UInt64: Unicode.Scalar] = [:]

    /// Reads the first and the second scalar with `+` between, `=` and the third, divided by spaces.
    init(_ text: StaticString) {
        for entry in TableText.entries(text) where entry.numbers.count == 3 {
            scalars[Self.key(entry.numbers[0], entry.numbers[1])] = Unicode.Scalar(entry.numbers[2])
        }
    }

    func scalar(for first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        scalars[Self.key(first.value, second.value)]
    }

    private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }
}

/// How the tables are written: literals of text compile in no time, where arrays of thousands of numbers do not.
private enum TableText {
    struct Entry {
        var numbers: [UInt32] = []
        var isRange = false
    }

    static func entries(_ text: StaticString) -> [Entry] {
        text.withUTF8Buffer { octets in
            octets.split(separator: 0x20).map { word in
                var entry = Entry(numbers: [0])
                for octet in word {
                    switch octet {
                    case 0x30...0x39: entry.append(octet - 0x30)
                    case 0x41...0x46: entry.append(octet - 0x37)
                    default:
                        if octet == UInt8(ascii: "-") { entry.isRange = true }
                        entry.numbers.append(0)
                    }
                }
                return entry
            }
        }
    }

    /// The index of the greatest of the sorted `values` that is not above `value`.
    static func lastIndex(in values: [UInt32], notAbove value: UInt32) -> Int? {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }
}

extension TableText.Entry {
    fileprivate mutating func append(_ digit: UInt8) {
        numbers[numbers.count - 1] = numbers[numbers.count - 1] << 4 | UInt32(digit)
    }
}
