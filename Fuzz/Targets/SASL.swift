import SMTPWire

/// The grammar that mechanisms share: what can be built is read as the same again, and what is read can be built.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = octets(data, count)
    let text = String(decoding: input, as: UTF8.self)
    verifyNames(text, input)
    verifyHeaders(text, input)
    verifyMessages(text, input)
    if let mechanism = attempt(text, { (text) throws(WireError) in try AuthenticationMechanism(text) }) {
        require(mechanism.name.utf8.count == text.utf8.count, "another name")
        for response in [nil, [], input] as [[UInt8]?] {
            let command = SMTPCommand.auth(mechanism: mechanism, initialResponse: response)
            verify(command)
            let words = command.bytes.dropLast(2).split(separator: 0x20, omittingEmptySubsequences: false)
            require(words.count == (response == nil ? 2 : 3), "more words than there are")
            if let response, !response.isEmpty { require(Base64.decode(words[2]) == response, "another response") }
            if response == [] { require(words[2].elementsEqual("=".utf8), "an empty response that is none") }
        }
    }
    return 0
}

private func verifyNames(_ text: String, _ input: [UInt8]) {
    if let encoded = attempt(text, { (text) throws(WireError) in try SASLName.encode(text) }) {
        require(!encoded.contains(0x2C) && !encoded.contains(0), "a name that ends early")
        require(text.isEmpty || (try? SASLName.decode(encoded)) == text, "another name")
    }
    do throws(WireError) {
        let name = try SASLName.decode(input)
        // Scalar by scalar: strings that look alike are equal.
        let again = try SASLName.encode(name)
        require(!name.isEmpty && again == input, "a name that is encoded in another way")
    } catch {
        verify(error, of: input)
    }
}

private func verifyHeaders(_ text: String, _ input: [UInt8]) {
    for binding in [.unsupported, .notOffered, .used(type: text)] as [GS2Header.ChannelBinding] {
        for identity in [nil, text] {
            guard let header = try? GS2Header(binding, authorizationIdentity: identity) else { continue }
            require(header.octets.last == 0x2C && header.octets.count { $0 == 0x2C } == 2, "more parts than there are")
            require((try? GS2Header(prefixOf: header.octets + input)) == header, "another header")
        }
    }
    if let header = try? GS2Header(prefixOf: input) {
        require(input.starts(with: header.octets), "a header that is not there")
    }
}

private func verifyMessages(_ text: String, _ input: [UInt8]) {
    if let message = try? PlainMessage.octets(authorizationIdentity: text, user: "user", password: input) {
        let parts = message.split(separator: 0, omittingEmptySubsequences: false)
        require(parts.map { Array($0) } == [Array(text.utf8), Array("user".utf8), input], "other parts")
    }
    for message in [
        try? BearerMessage.xoauth2(user: text, token: Array("token".utf8)),
        try? BearerMessage.xoauth2(user: "user", token: input),
        try? BearerMessage.oauthBearer(user: text, host: text, port: 25, token: Array("token".utf8)),
        try? BearerMessage.oauthBearer(user: nil, token: input),
    ] {
        guard let message else { continue }
        require(message.suffix(2) == [1, 1], "a message without its end")
        let parts = message.split(separator: 1)
        require([2, 4].contains(parts.count), "a part that is two")
        require(parts[parts.count - 1].starts(with: "auth=Bearer ".utf8), "no token")
        require(message.count { $0 == 1 } == parts.count + 1, "a divider within a part")
    }
}
