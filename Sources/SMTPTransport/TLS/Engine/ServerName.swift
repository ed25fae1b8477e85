internal import COpenSSL

/// The name or address that a server is expected to have (RFC 9525 §6.1).
enum ServerName: Hashable {
    /// A host name in A-labels, in lower case and without a dot at its end.
    case dns(String)
    /// An address of 4 or 16 octets.
    case address([UInt8])

    /// How OpenSSL compares names: the common name counts for nothing, and a wildcard stands for one whole label
    /// (RFC 9525 §6.3).
    static let checks = UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)

    /// Reads a host as people and configurations write it; `nil` if no certificate could be valid for it.
    init?(_ text: String) {
        if let octets = Self.octets(ofAddress: text) {
            self = .address(octets)
        } else if let name = Self.hostName(text) {
            self = .dns(name)
        } else {
            return nil
        }
    }

    /// The name to verify by `configuration` when `host` was dialled; `nil` where none is needed and none is given.
    static func expected(host: String, _ configuration: TLSConfiguration) throws(TLSError) -> ServerName? {
        let text = configuration.serverName ?? host
        if let name = ServerName(text) { return name }
        // Whoever gives a name means it, also where it is for SNI alone.
        guard configuration.verifiesName || configuration.serverName != nil else { return nil }
        throw TLSError(.invalidServerName(text), in: .configuration)
    }

    /// The name, or the address as text.
    var description: String {
        switch self {
        case .dns(let name): name
        case .address(let octets): Self.text(ofAddress: octets)
        }
    }

    /// The octets of an address, which may stand in brackets and have a zone, or `nil` if it is none.
    private static func octets(ofAddress text: String) -> [UInt8]? {
        var text = text[...]
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        if let zone = text.firstIndex(of: "%"), text.contains(":") { text = text[..<zone] }
        guard !text.utf8.contains(0) else { return nil }
        OpenSSLErrorQueue.clear()
        defer { OpenSSLErrorQueue.clear() }
        guard let octets = a2i_IPADDRESS(String(text)) else { return nil }
        defer { ASN1_OCTET_STRING_free(octets) }
        return OpenSSLBytes.copy(octets)
    }

    static func text(ofAddress octets: [UInt8]) -> String {
        switch octets.count {
        case 4: octets.map { String($0) }.joined(separator: ".")
        case 16: text(ofGroups: stride(from: 0, to: 16, by: 2).map { Int(octets[$0]) << 8 | Int(octets[$0 + 1]) })
        default: "malformed address \(Hexadecimal.text(octets))"
        }
    }

    /// The text of an IPv6 address, without the first of its longest runs of zeros (RFC 5952 §4.2).
    private static func text(ofGroups groups: [Int]) -> String {
        var longest = 0..<0
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            // A single zero is written.
            if index - start > max(longest.count, 1) { longest = start..<index }
            start = index + 1
        }
        let words = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return words.joined(separator: ":") }
        let (head, tail) = (words[..<longest.lowerBound], words[longest.upperBound...])
        return "\(head.joined(separator: ":"))::\(tail.joined(separator: ":"))"
    }

    private static func hostName(_ text: String) -> String? {
        var labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count > 1, labels.last == "" { labels.removeLast() }
        var encoded: [String] = []
        for label in labels {
            guard let label = asciiLabel(label) else { return nil }
            encoded.append(label)
        }
        // A number at the end would make it an address to whoever else reads it.
        guard let last = encoded.last, !last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let name = encoded.joined(separator: ".")
        return name.utf8.count <= 253 ? name : nil
    }

    private static func asciiLabel(_ label: Substring) -> String? {
        let label = label.lowercased()
        let ascii = label.utf8.allSatisfy { $0 < 0x80 } ? label : Punycode.encode(label).map { "xn--" + $0 }
        guard let ascii, (1...63).contains(ascii.utf8.count), ascii.utf8.allSatisfy(isNameOctet) else { return nil }
        return ascii
    }

    /// Letters, digits and the hyphen; and the underscore, which is no host name's but is in use.
    private static func isNameOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

extension TLSConfiguration {
    /// Whether a client of this configuration must have a name to verify.
    fileprivate var verifiesName: Bool {
        if case .insteadOfChain? = pinning { return false }
        return verification == .required
    }
}
