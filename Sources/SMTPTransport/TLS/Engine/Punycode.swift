/// The encoding of a label that is not ASCII (RFC 3492).
enum Punycode {
    /// Encodes `label`, without the prefix of an A-label; `nil` if it is too long to be one.
    static func encode(_ label: String) -> String? {
        let scalars = label.unicodeScalars.map(\.value)
        // A label has 63 octets at most, and no scalar is encoded in less than one.
        guard scalars.count <= 63 else { return nil }
        var output = scalars.filter { $0 < 0x80 }.map { UInt8($0) }
        let basicCount = output.count
        var handled = basicCount
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var state = (code: UInt32(128), delta: 0, bias: 72)
        while handled < scalars.count {
            let next = scalars.filter { $0 >= state.code }.min() ?? state.code
            state.delta += Int(next - state.code) * (handled + 1)
            state.code = next
            for scalar in scalars {
                if scalar < state.code { state.delta += 1 }
                guard scalar == state.code else { continue }
                append(state.delta, bias: state.bias, to: &output)
                state.bias = adapt(state.delta, count: handled + 1, isFirst: handled == basicCount)
                state.delta = 0
                handled += 1
            }
            state.delta += 1
            state.code += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Appends a number of variable length (RFC 3492 §3.3).
    private static func append(_ number: Int, bias: Int, to output: inout [UInt8]) {
        var rest = number
        var position = 36
        while true {
            let threshold = min(max(position - bias, 1), 26)
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (36 - threshold)))
            rest = (rest - threshold) / (36 - threshold)
            position += 36
        }
        output.append(digit(rest))
    }

    /// The bias for the next number (RFC 3492 §3.4).
    private static func adapt(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var bias = 0
        while delta > 455 {
            delta /= 35
            bias += 36
        }
        return bias + 36 * delta / (delta + 38)
    }

    private static func digit(_ value: Int) -> UInt8 {
        UInt8(value < 26 ? 0x61 + value : 0x30 + value - 26)
    }
}
