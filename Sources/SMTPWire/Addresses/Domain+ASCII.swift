extension Domain {
    /// The domain with its labels in ASCII (A-labels, RFC 5890 §2.3.2.1), or `nil` if one cannot be put so.
    ///
    /// Only labels that IDNA knows as they are: letters, digits and marks in lower case, composed (NFC, and stable under
    /// NFKC case folding). Nothing is mapped, so that no other domain is addressed than the one that was written.
    public var asciiForm: Domain? {
        guard isInternationalized else { return self }
        var labels: [String] = []
        for label in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard let ascii = Punycode.asciiLabel(String(label)) else { return nil }
            labels.append(ascii)
        }
        return try? Domain(labels.joined(separator: "."))
    }
}

/// Labels of domains in ASCII (RFC 3492).
enum Punycode {
    /// The label as it is if it is ASCII, otherwise as an A-label; `nil` if it is no U-label.
    static func asciiLabel(_ label: String) -> String? {
        if label.utf8.allSatisfy({ $0 < 0x80 }) { return label }
        guard isULabel(label) else { return nil }
        let ascii = "xn--" + encode(Array(label.unicodeScalars))
        return ascii.utf8.count <= 63 ? ascii : nil
    }

    /// What RFC 5892 calls PVALID, as far as the properties of its characters tell; what depends on context is not.
    private static func isULabel(_ label: String) -> Bool {
        let scalars = Array(label.unicodeScalars)
        guard let first = scalars.first, !first.isMark, first != "-", scalars.last != "-",
            !(scalars.count > 3 && scalars[2] == "-" && scalars[3] == "-")
        else { return false }
        return scalars.allSatisfy { $0 == "-" || $0.isProtocolValid } && ComposedForm.isComposed(scalars)
    }

    private static let base = 36
    private static let tMin = 1
    private static let tMax = 26

    static func encode(_ input: [Unicode.Scalar]) -> String {
        var output = String(String.UnicodeScalarView(input.filter { $0.isASCII }))
        let basicCount = output.unicodeScalars.count
        if basicCount > 0 { output += "-" }
        var (n, delta, bias, handled) = (UInt32(128), 0, 72, basicCount)
        while handled < input.count {
            guard let next = input.lazy.map(\.value).filter({ $0 >= n }).min() else { break }
            delta += Int(next - n) * (handled + 1)
            n = next
            for scalar in input {
                if scalar.value < n { delta += 1 }
                guard scalar.value == n else { continue }
                append(delta, bias: bias, to: &output)
                bias = adapt(delta, count: handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return output
    }

    private static func append(_ delta: Int, bias: Int, to output: inout String) {
        var q = delta
        var k = base
        while true {
            let t = k <= bias ? tMin : min(tMax, k - bias)
            if q < t { break }
            output.unicodeScalars.append(digit(t + (q - t) % (base - t)))
            q = (q - t) / (base - t)
            k += base
        }
        output.unicodeScalars.append(digit(q))
    }

    private static func adapt(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var k = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + 38)
    }

    private static func digit(_ value: Int) -> Unicode.Scalar {
        Unicode.Scalar(UInt8(truncatingIfNeeded: value < 26 ? value + 0x61 : value - 26 + 0x30))
    }
}

extension Unicode.Scalar {
    fileprivate var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    fileprivate var isProtocolValid: Bool {
        switch value {
        // By exception (RFC 5892 §2.6), such as sharp s and final sigma, which folding changes.
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        // The letters that syllables of Hangul are composed of (§2.9).
        case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: return false
        default: break
        }
        if properties.changesWhenNFKCCaseFolded || properties.isDefaultIgnorableCodePoint { return false }
        return switch properties.generalCategory {
        case .lowercaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .nonspacingMark, .spacingMark: true
        default: false
        }
    }
}
