import SMTPWire

private func attempt<Value>(_ message: [UInt8], _ parse: ([UInt8]) throws(WireError) -> Value) -> Value? {
    do throws(WireError) {
        return try parse(message)
    } catch {
        verify(error, of: message)
        return nil
    }
}

/// What a server says is a message in its bounds, or is refused for a true reason.
private func verifyServer(_ message: [UInt8]) {
    if let first = attempt(message, { (octets) throws(WireError) in try SCRAMServerFirst(parsing: octets) }) {
        require(first.iterationCount > 0, "no iteration at all")
        require(!first.salt.isEmpty && !first.nonce.isEmpty, "nothing, where there must be something")
        require(first.nonce.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2C }, "a nonce that is none")
        // Extensions behind it are skipped, and the rest is said as it was read.
        require(message.starts(with: first.octets), "said again it is another")
        require((try? SCRAMServerFirst(parsing: first.octets)) == first, "read again it is another")
    }
    switch attempt(message, { (octets) throws(WireError) in try SCRAMServerFinal(parsing: octets) }) {
    case .verifier(let signature):
        require(!signature.isEmpty, "an empty signature")
        require(message.starts(with: SCRAMServerFinal.verifier(signature).octets), "another signature")
    case .error(let text):
        // One octet becomes six characters at most.
        require(text.utf8.count <= 64 * 8, "a long error")
        require(!text.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "an error that is not safe to show")
    default:
        break
    }
}

/// What a client says, as a server in tests reads it.
private func verifyClient(_ message: [UInt8]) {
    if let first = try? SCRAMClientFirst(parsing: message) {
        require(!first.user.isEmpty && !first.nonce.isEmpty, "nobody, or no nonce")
        require(message.starts(with: first.octets), "said again it is another")
        let again = try? SCRAMClientFirst(header: first.header, user: first.user, nonce: first.nonce)
        require(again != nil, "a message that cannot be built")
        if let again { require((try? SCRAMClientFirst(parsing: again.octets)) == again, "read again it is another") }
    }
    if let final = try? SCRAMClientFinal(parsing: message) {
        require((try? SCRAMClientFinal(parsing: final.octets)) == final, "read again it is another")
        require(!final.proof.isEmpty && !final.channelBindingInput.isEmpty, "no proof, or bound to nothing")
    }
}

/// The messages of SCRAM: whatever comes, each is read as what it says, or refused.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = octets(data, count)
    verifyServer(input)
    verifyClient(input)
    // A client's name comes back whatever is in it.
    let text = String(decoding: input, as: UTF8.self)
    if let header = try? GS2Header(.unsupported, authorizationIdentity: text.isEmpty ? nil : text),
        let first = try? SCRAMClientFirst(header: header, user: text, nonce: Array("nonce".utf8))
    {
        let read = try? SCRAMClientFirst(parsing: first.octets)
        require(read?.user == text && read?.header.authorizationIdentity == text, "another name")
    }
    return 0
}
