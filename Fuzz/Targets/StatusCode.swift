import SMTPWire

/// The parts of a code at the beginning of a text, by the words of RFC 2034 §4: no state, and no thought of speed.
private func reference(_ text: [UInt8]) -> [Int]? {
    let word = text.prefix { $0 != 0x20 && $0 != 0x09 }
    let parts = word.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 1 else { return nil }
    guard parts.allSatisfy({ (1...3).contains($0.count) && $0.allSatisfy { (0x30...0x39).contains($0) } }) else {
        return nil
    }
    let numbers = parts.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    return [2, 4, 5].contains(numbers[0]) ? numbers : nil
}

/// An enhanced status code is read just where there is one, and says itself again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = octets(data, count)
    let code = EnhancedStatusCode(prefixOf: input)
    require(code.map { [$0.class, $0.subject, $0.detail] } == reference(input), "another code")
    // A slice whose indices do not begin at 0 is read the same.
    require(EnhancedStatusCode(prefixOf: ([0x35, 0x2E] + input).dropFirst(2)) == code, "the indices matter")
    if let code {
        require(EnhancedStatusCode(prefixOf: code.description.utf8) == code, "said again it is another")
        require(
            EnhancedStatusCode(class: code.class, subject: code.subject, detail: code.detail) == code,
            "not the same"
        )
        require(code.meaning?.isEmpty != true, "a meaning that is none")
    }
    if let reply = ReplyCode(rawValue: 550).map({ SMTPReply(code: $0, lines: [String(decoding: input, as: UTF8.self)]) }
    ) {
        _ = (reply.enhancedStatusCode?.meaning, reply.description)
    }
    return 0
}
