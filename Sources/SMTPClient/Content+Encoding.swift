internal import SMTPWire

extension Content {
    /// Whether the content must be declared as 8-bit to a server that does or does not offer 8BITMIME (RFC 6152 §3).
    ///
    /// A file is looked through only where the answer matters. It is read off the event loop.
    ///
    /// - Throws: ``SMTPError/Kind/content`` if the content has 8-bit octets, or may have, and the server cannot take
    ///   them; ``SMTPError/Kind/noInput`` if a file cannot be read.
    func needs8BitMIME(offered isOffered: Bool) async throws(SMTPError) -> Bool {
        let isEightBit: Bool
        switch (encoding, source) {
        case (.sevenBit?, _): isEightBit = false
        case (.eightBit?, _): isEightBit = true
        case (nil, .bytes(let bytes)): isEightBit = Self.hasEightBitOctets(bytes)
        case (nil, .stream): isEightBit = true
        case (nil, .file(let path)):
            isEightBit = isOffered ? true : try await Self.hasEightBitOctets(path: path)
        }
        guard !isEightBit || isOffered else { throw .eightBitNotOffered }
        return isEightBit
    }

    private static func hasEightBitOctets(_ bytes: [UInt8]) -> Bool {
        // A plain loop over one accumulator, which the compiler turns into vector instructions.
        bytes.reduce(0, |) >= 0x80
    }

    private static func hasEightBitOctets(path: String) async throws(SMTPError) -> Bool {
        let file = try FileReader(path: path)
        while let piece = try await file.nextOffLoop() {
            if hasEightBitOctets(piece) { return true }
        }
        return false
    }
}
