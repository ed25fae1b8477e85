/// A path of MAIL or RCPT with its parameters, exactly as the client wrote them.
public struct SinkPath: Hashable, Sendable {
    /// What followed `FROM:` or `TO:`, to the end of the line.
    public let octets: [UInt8]

    /// Where the closing angle bracket is.
    private let end: Int

    /// Takes a path in angle brackets and what follows it, or `nil` if this is none.
    init?(_ octets: some Collection<UInt8>) {
        guard octets.first == 0x3C else { return nil }
        var isQuoted = false
        var isEscaped = false
        var end: Int?
        for (offset, octet) in octets.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if isQuoted, octet == 0x5C {
                isEscaped = true
            } else if octet == 0x22 {
                isQuoted.toggle()
            } else if octet == 0x3E, !isQuoted {
                end = offset
                break
            }
        }
        guard let end else { return nil }
        self.octets = Array(octets)
        self.end = end
        guard self.octets.count == end + 1 || self.octets[end + 1] == 0x20 else { return nil }
    }

    /// What stands in the angle brackets: an address, or nothing for the null reverse-path.
    public var address: String { String(decoding: octets[1..<end], as: UTF8.self) }

    /// The parameters in order, as `KEYWORD=value` or `KEYWORD`.
    public var parameters: [String] {
        octets[(end + 1)...].split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The value of a parameter, empty if it has none; `nil` if the parameter is not there.
    public func value(of keyword: String) -> String? {
        for parameter in parameters {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0].uppercased() == keyword.uppercased() { return parts.count > 1 ? String(parts[1]) : "" }
        }
        return nil
    }

    var hasParameters: Bool { octets.count > end + 1 }

    var isEmpty: Bool { end == 1 }

    var isASCII: Bool { octets[..<end].allSatisfy { $0 < 0x80 } }
}

extension SinkPath: CustomStringConvertible {
    /// The path and its parameters as the client wrote them.
    public var description: String { String(decoding: octets, as: UTF8.self) }
}
