/// The attributes of a SCRAM message: a letter, an equals sign and a value each, with commas between (RFC 5802 §5.1).
struct SCRAMAttributes {
    private var rest: [(name: UInt8, value: ArraySlice<UInt8>)] = []

    /// Reads all attributes of `message`.
    ///
    /// - Throws: ``WireError`` for one that is malformed, one that stands twice, and `m`, which announces an extension
    ///   that must be understood: there is none.
    init(_ message: some Collection<UInt8>) throws(WireError) {
        let message = Array(message)
        var seen: Set<UInt8> = []
        for part in message.split(separator: 0x2C, omittingEmptySubsequences: false) {
            guard let name = part.first, Octet.isLetter(name), part.dropFirst().first == 0x3D else {
                throw WireError(.invalidOctet, in: .saslMessage, octet: part.first, at: part.startIndex)
            }
            guard part.count > 2 else { throw WireError(.empty, in: .saslMessage, at: part.endIndex) }
            guard name != UInt8(ascii: "m") else { throw WireError(.mandatoryExtension, in: .saslMessage) }
            guard seen.insert(name).inserted else {
                throw WireError(.duplicate, in: .saslMessage, octet: name, at: part.startIndex)
            }
            if let zero = part.firstIndex(of: 0) {
                throw WireError(.invalidOctet, in: .saslMessage, octet: 0, at: zero)
            }
            rest.append((name, part.dropFirst(2)))
        }
        rest.reverse()
    }

    /// The name of the next attribute.
    var next: UInt8? { rest.last?.name }

    /// Takes the next attribute, which must be this one.
    mutating func take(_ name: Unicode.Scalar) throws(WireError) -> ArraySlice<UInt8> {
        guard let attribute = rest.popLast() else { throw WireError(.incomplete, in: .saslMessage) }
        guard attribute.name == UInt8(ascii: name) else {
            throw WireError(.invalidOctet, in: .saslMessage, octet: attribute.name)
        }
        return attribute.value
    }

    /// Takes the next attribute, which must be this one, and returns what its base64 stands for.
    mutating func takeBase64(_ name: Unicode.Scalar) throws(WireError) -> [UInt8] {
        guard let octets = Base64.decode(try take(name)), !octets.isEmpty else {
            throw WireError(.invalidBase64, in: .saslMessage)
        }
        return octets
    }

    /// Takes the next attribute, which must be a nonce: visible ASCII.
    mutating func takeNonce() throws(WireError) -> [UInt8] {
        let nonce = try take("r")
        if let index = nonce.firstIndex(where: { !Octet.isVisible($0) }) {
            throw WireError(.invalidOctet, in: .saslMessage, octet: nonce[index], at: index)
        }
        return Array(nonce)
    }

    /// Takes the next attribute, which must be a number without leading zeros.
    mutating func takePositiveNumber(_ name: Unicode.Scalar) throws(WireError) -> Int {
        let digits = try take(name)
        guard digits.allSatisfy(Octet.isDigit), digits.first != 0x30,
            let number = Int(String(decoding: digits, as: UTF8.self))
        else { throw WireError(.outOfRange, in: .saslMessage, at: digits.startIndex) }
        return number
    }
}
