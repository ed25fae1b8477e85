import SMTPWire

/// A reader of JSON (RFC 8259) that takes nothing but JSON, to compare with.
private struct StrictReader {
    let octets: [UInt8]
    var index = 0

    /// The string that the object has for `status`, its escapes left as the reader under test leaves them.
    ///
    /// `nil` unless all of it is one object, whose members are strings and numbers and have different names.
    mutating func status() -> [UInt8]? {
        var status: [UInt8]?
        var names: Set<[UInt8]> = []
        skipSpace()
        guard take(UInt8(ascii: "{")) else { return nil }
        repeat {
            skipSpace()
            guard let name = string(), names.insert(name).inserted else { return nil }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { return nil }
            skipSpace()
            guard index < octets.count else { return nil }
            guard let value = octets[index] == UInt8(ascii: "\"") ? string() : number() else { return nil }
            if name == Array("status".utf8) { status = value }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { return nil }
        skipSpace()
        return index == octets.count ? status : nil
    }

    private mutating func take(_ octet: UInt8) -> Bool {
        guard index < octets.count, octets[index] == octet else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < octets.count, [0x20, 0x09, 0x0A, 0x0D].contains(octets[index]) { index += 1 }
    }

    private mutating func string() -> [UInt8]? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var result: [UInt8] = []
        while index < octets.count {
            let octet = octets[index]
            index += 1
            switch octet {
            case UInt8(ascii: "\""): return result
            case 0..<0x20: return nil
            case UInt8(ascii: "\\"):
                guard index < octets.count else { return nil }
                result.append(octets[index])
                index += 1
            default: result.append(octet)
            }
        }
        return nil
    }

    private mutating func number() -> [UInt8]? {
        let digits = octets[index...].prefix { (0x30...0x39).contains($0) }
        index = digits.endIndex
        return digits.isEmpty ? nil : Array(digits)
    }
}

/// Whatever a server sends as its error, a status is short, safe to show, and the one that JSON has.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = octets(data, count)
    let found = BearerErrorStatus(json: input)
    if let found {
        require(!found.text.isEmpty && found.text.utf8.count <= BearerErrorStatus.lengthLimit * 8, "a long status")
        require(!found.text.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a status that is not safe to show")
    }
    var reader = StrictReader(octets: input)
    if let status = reader.status(), !status.isEmpty {
        require(found?.text == DisplayText.escape(status.prefix(BearerErrorStatus.lengthLimit)), "another status")
    }
    // In an object of our own any octets are found, as far as they end nothing.
    let plain = input.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    if !plain.isEmpty {
        let json = Array(#"{"scope":{"status":"no"},"status":""#.utf8) + plain + Array("\"}".utf8)
        let expected = DisplayText.escape(plain.prefix(BearerErrorStatus.lengthLimit))
        require(BearerErrorStatus(json: json)?.text == expected, "not what stands there")
    }
    return 0
}
