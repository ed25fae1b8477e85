internal import SMTPWire

/// The parts of an SMTP URL, percent-encoding taken away (RFC 3986).
struct URLParts {
    /// Octets of the text, with where they begin.
    typealias Slice = ArraySlice<UInt8>

    struct Option {
        let name: String
        let value: String
        let nameOffset: Int
        let valueOffset: Int
    }

    let isImplicitTLS: Bool
    let login: (user: String, secret: Secret)?
    let host: String
    let port: Int?
    let options: [Option]

    init(_ text: String) throws(SMTPURLError) {
        let octets = Array(text.utf8)
        isImplicitTLS = try Self.isImplicitTLS(octets)
        let start = (isImplicitTLS ? "smtps://" : "smtp://").utf8.count
        let authorityEnd = octets[start...].firstIndex { [0x2F, 0x3F, 0x23].contains($0) } ?? octets.endIndex
        let authority = octets[start..<authorityEnd]
        if let at = authority.firstIndex(of: 0x40) {
            login = try Self.login(authority[..<at])
            // Whatever else there is of it, an @ within the password is the likely mistake.
            guard !authority[(at + 1)...].contains(0x40) else {
                throw SMTPURLError(.invalidCharacter, in: .password, at: at)
            }
            (host, port) = try Self.hostAndPort(authority[(at + 1)...])
        } else {
            login = nil
            (host, port) = try Self.hostAndPort(authority)
        }
        options = try Self.options(octets[authorityEnd...])
    }

    private static func isImplicitTLS(_ octets: [UInt8]) throws(SMTPURLError) -> Bool {
        for (scheme, isImplicitTLS) in [("smtp://", false), ("smtps://", true)]
        where octets.prefix(scheme.utf8.count).elementsEqual(
            scheme.utf8,
            by: { $0 == $1 || ($1 >= 0x61 && $0 | 0x20 == $1) }
        ) {
            return isImplicitTLS
        }
        let hasScheme = octets.firstIndex(of: 0x3A).map { octets[$0...].starts(with: "://".utf8) } ?? false
        throw SMTPURLError(hasScheme ? .unknown : .missing, in: .scheme, at: 0)
    }
}

// MARK: The authority

extension URLParts {
    private static func login(_ userInfo: Slice) throws(SMTPURLError) -> (user: String, secret: Secret) {
        let colon = userInfo.firstIndex(of: 0x3A) ?? userInfo.endIndex
        guard colon > userInfo.startIndex else { throw SMTPURLError(.missing, in: .user, at: userInfo.startIndex) }
        let user = try text(userInfo[..<colon], .user)
        guard colon + 1 < userInfo.endIndex else { throw SMTPURLError(.missing, in: .password, at: colon) }
        return (user, Secret(try decode(userInfo[(colon + 1)...], .password)))
    }

    private static func hostAndPort(_ octets: Slice) throws(SMTPURLError) -> (String, Int?) {
        if octets.first == 0x5B {
            guard let end = octets.firstIndex(of: 0x5D) else {
                throw SMTPURLError(.invalidValue, in: .host, at: octets.startIndex)
            }
            return (try address(octets[(octets.startIndex + 1)..<end]), try port(octets[(end + 1)...]))
        }
        let colon = octets.firstIndex(of: 0x3A) ?? octets.endIndex
        return (try name(octets[..<colon]), try port(octets[colon...]))
    }

    /// An address in IPv6, with a zone behind `%25` (RFC 6874).
    private static func address(_ octets: Slice) throws(SMTPURLError) -> String {
        let address = try text(octets, .host, allowing: ":")
        let parts = address.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard address.contains(":"), HelloName(address: String(parts[0])) != nil, parts.last?.isEmpty == false else {
            throw SMTPURLError(.invalidValue, in: .host, at: octets.startIndex)
        }
        return address
    }

    /// A host name, or an address in IPv4.
    private static func name(_ octets: Slice) throws(SMTPURLError) -> String {
        guard !octets.isEmpty else { throw SMTPURLError(.missing, in: .host, at: octets.startIndex) }
        let name = try text(octets, .host)
        do throws(WireError) {
            // A dot at the end says that the name is whole.
            _ = try Domain(lenient: name)
        } catch {
            throw SMTPURLError(.invalidValue, in: .host, at: octets.startIndex)
        }
        return name
    }

    /// A colon and a number; without the number, or without both, the port that is usual (RFC 3986 §3.2.3).
    private static func port(_ octets: Slice) throws(SMTPURLError) -> Int? {
        guard !octets.isEmpty else { return nil }
        let digits = octets.dropFirst()
        guard octets.first == 0x3A else { throw SMTPURLError(.invalidCharacter, in: .host, at: octets.startIndex) }
        guard !digits.isEmpty else { return nil }
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.count <= 5,
            let port = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(port)
        else { throw SMTPURLError(.invalidValue, in: .port, at: digits.startIndex) }
        return port
    }
}

// MARK: The rest

extension URLParts {
    /// What stands behind host and port: nothing but options.
    private static func options(_ octets: Slice) throws(SMTPURLError) -> [Option] {
        if let hash = octets.firstIndex(of: 0x23) { throw SMTPURLError(.notAllowed, in: .fragment, at: hash) }
        let mark = octets.firstIndex(of: 0x3F) ?? octets.endIndex
        guard mark - octets.startIndex <= 1 else { throw SMTPURLError(.notAllowed, in: .path, at: octets.startIndex) }
        let query = octets[mark...].dropFirst()
        var options: [Option] = []
        for pair in query.split(separator: 0x26, omittingEmptySubsequences: false) where !query.isEmpty {
            guard let equals = pair.firstIndex(of: 0x3D), equals > pair.startIndex else {
                throw SMTPURLError(.missing, in: .option, at: pair.startIndex)
            }
            options.append(
                Option(
                    name: try text(pair[..<equals], .option),
                    value: try text(pair[(equals + 1)...], .option, allowing: "/:@,;?"),
                    nameOffset: pair.startIndex,
                    valueOffset: equals + 1
                )
            )
        }
        return options
    }

    private static func text(
        _ octets: Slice,
        _ part: SMTPURLError.Part,
        allowing others: StaticString = ""
    ) throws(SMTPURLError) -> String {
        guard let text = String(validating: try decode(octets, part, allowing: others), as: UTF8.self) else {
            throw SMTPURLError(.invalidEncoding, in: part, at: octets.startIndex)
        }
        return text
    }

    /// Takes the percent-encoding away; what must be encoded and is not is refused rather than guessed at.
    private static func decode(
        _ octets: Slice,
        _ part: SMTPURLError.Part,
        allowing others: StaticString = ""
    ) throws(SMTPURLError) -> [UInt8] {
        var result: [UInt8] = []
        var index = octets.startIndex
        while index < octets.endIndex {
            let octet = octets[index]
            if octet == 0x25 {
                guard index + 2 < octets.endIndex, let high = digit(octets[index + 1]),
                    let low = digit(octets[index + 2])
                else { throw SMTPURLError(.invalidEncoding, in: part, at: index) }
                result.append(high << 4 | low)
                index += 3
            } else {
                guard isAllowed(octet, others) else { throw SMTPURLError(.invalidCharacter, in: part, at: index) }
                result.append(octet)
                index += 1
            }
        }
        return result
    }

    /// `unreserved` and `sub-delims` of RFC 3986 §2.2 and §2.3, and what the part allows beside.
    private static func isAllowed(_ octet: UInt8, _ others: StaticString) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x2D, 0x2E, 0x5F, 0x7E, 0x21, 0x24, 0x26...0x2C, 0x3B, 0x3D: true
        default: others.withUTF8Buffer { $0.contains(octet) }
        }
    }

    private static func digit(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x41...0x46: octet - 0x37
        case 0x61...0x66: octet - 0x57
        default: nil
        }
    }
}
