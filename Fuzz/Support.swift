import SMTPWire

/// Ends the run with a find unless `condition` holds.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError(what()) }
}

/// The octets of one input.
func octets(_ data: UnsafePointer<UInt8>, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: data, count: count))
}

/// The pieces of `octets` whose lengths a generator of `seed` chooses.
func pieces(_ octets: ArraySlice<UInt8>, seed: UInt8) -> [ArraySlice<UInt8>] {
    var state = UInt32(seed) &+ 1
    var result: [ArraySlice<UInt8>] = []
    var start = octets.startIndex
    while start < octets.endIndex {
        state = state &* 1_664_525 &+ 1_013_904_223
        // Now a few octets, now many.
        let length = Int(state >> 16) % (state >> 30 == 0 ? 200 : 5)
        let end = min(octets.endIndex, start + length)
        result.append(octets[start..<end])
        start = end
    }
    return result
}

/// What an error says of a text must be true of it.
func verify(_ error: WireError, of text: String) {
    verify(error, of: Array(text.utf8))
}

/// What an error says of octets must be true of them.
func verify(_ error: WireError, of octets: [UInt8]) {
    if let offset = error.offset { require((0...octets.count).contains(offset), "offset beyond the end: \(error)") }
    if let octet = error.octet, let offset = error.offset {
        require(offset < octets.count && octets[offset] == octet, "another octet stands there: \(error)")
    }
    require(!error.description.utf8.contains { $0 < 0x20 || $0 > 0x7E }, "a description that is not safe")
}

/// A command must be one line, and be shown on one.
func verify(_ command: SMTPCommand) {
    let bytes = command.bytes
    require(bytes.suffix(2) == [0x0D, 0x0A], "no line end")
    require(!bytes.dropLast(2).contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 }, "more than one line")
    require(!command.redactedLine.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a line that is not safe to show")
}

/// The value, or `nil` after the error has been looked at.
func attempt<T>(_ text: String, _ make: (String) throws(WireError) -> T) -> T? {
    do throws(WireError) {
        return try make(text)
    } catch {
        verify(error, of: text)
        return nil
    }
}
