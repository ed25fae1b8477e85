import SMTPWire

/// Each encoding gives back what it was given, and decodes nothing else.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = octets(data, count)
    let text = String(decoding: input, as: UTF8.self)

    let xtext = XText.encode(input)
    require(xtext.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3D }, "xtext that is none")
    require((try? XText.decode(xtext)) == input, "xtext that says something else")
    if let decoded = attempt(text, { (text) throws(WireError) in try XText.decode(text) }) {
        require(decoded.count <= text.utf8.count, "xtext that grows")
    }

    require(Base64.decode(Base64.encode(input)) == input, "base64 that says something else")
    if let decoded = Base64.decode(input) { require(Base64.encode(decoded) == input, "base64 of no encoder") }

    let shown = DisplayText.escape(input)
    for scalar in shown.unicodeScalars {
        require(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value), "a control character is shown")
        require(!(0x202A...0x202E).contains(scalar.value), "a change of direction is shown")
    }
    require(DisplayText.escape(shown) == shown, "what is safe is not safe")

    if let code = EnhancedStatusCode(prefixOf: input) {
        require([2, 4, 5].contains(code.class), "a class that is none")
        require(EnhancedStatusCode(prefixOf: code.description.utf8) == code, "another code")
        _ = code.meaning
    }
    return 0
}
