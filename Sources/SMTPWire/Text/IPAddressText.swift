/// The textual forms of IP addresses (RFC 5321 §4.1.3).
///
/// Where one is illegal, the fault is the first octet that has no place, or the end if something is missing.
enum IPAddressText {
    static let colon: UInt8 = 0x3A

    /// The fault of IPv6 if there is a colon, else of IPv4.
    static func fault(in octets: ArraySlice<UInt8>) -> Int? {
        octets.contains(colon) ? faultInIPv6(octets) : faultInIPv4(octets)
    }

    /// Four numbers of one to three digits, each below 256.
    static func faultInIPv4(_ octets: ArraySlice<UInt8>) -> Int? {
        var rest = octets
        for number in 1...4 {
            if number > 1 {
                guard rest.first == Octet.dot else { return rest.startIndex }
                rest = rest.dropFirst()
            }
            let digits = rest.prefix(while: Octet.isDigit)
            if digits.isEmpty { return rest.startIndex }
            var value = 0
            for index in digits.indices {
                value = value * 10 + Int(digits[index] - 0x30)
                if index == digits.startIndex + 3 || value > 255 { return index }
            }
            rest = rest[digits.endIndex...]
        }
        return rest.isEmpty ? nil : rest.startIndex
    }

    /// Eight groups; or `::` once, for two groups of zeroes or more; an IPv4 address may stand for the last two.
    static func faultInIPv6(_ octets: ArraySlice<UInt8>) -> Int? {
        var rest = octets
        var groupCount = 0
        var hasGap = rest.starts(with: [colon, colon])
        if hasGap {
            rest = rest.dropFirst(2)
            if rest.isEmpty { return nil }
        } else if rest.first == colon {
            // Another one might have followed.
            return rest.startIndex + 1
        }
        while true {
            let group = rest.prefix { $0 != colon }
            rest = rest[group.endIndex...]
            if rest.isEmpty, let dot = group.firstIndex(of: Octet.dot) {
                let isInPlace = hasGap ? groupCount <= 4 : groupCount == 6
                return isInPlace ? faultInIPv4(group) : dot
            }
            if let fault = faultInGroup(group) { return fault }
            groupCount += 1
            if groupCount == (hasGap ? 6 : 8) { return rest.isEmpty ? nil : rest.startIndex }
            // A colon and the next group, or the gap, behind which there may be nothing.
            guard !rest.isEmpty else { return hasGap ? nil : rest.endIndex }
            rest = rest.dropFirst()
            if rest.first == colon {
                if hasGap || groupCount > 6 { return rest.startIndex }
                hasGap = true
                rest = rest.dropFirst()
                if rest.isEmpty { return nil }
                if groupCount == 6 { return rest.startIndex }
            }
        }
    }

    /// One to four hexadecimal digits.
    private static func faultInGroup(_ group: ArraySlice<UInt8>) -> Int? {
        if group.isEmpty { return group.startIndex }
        return group.indices.first { index in
            index == group.startIndex + 4 || Octet.hexadecimalValue(group[index]) == nil
        }
    }
}
