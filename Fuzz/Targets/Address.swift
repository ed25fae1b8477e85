import SMTPWire

private func verify(_ mailbox: Mailbox) {
    let written = mailbox.description
    require(!written.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a control character in a mailbox")
    require((try? Mailbox(lenient: written)) == mailbox, "read again it is another")
    for path in ["<\(written)>", written] {
        // The lenient forms are read again by the lenient initialisers alone.
        require((try? ReversePath(lenient: path)) == .mailbox(mailbox), "a path to another")
    }
    verify(SMTPCommand.mail(.mailbox(mailbox), [.auth(mailbox)]))
    verify(SMTPCommand.recipient(.mailbox(mailbox), [.originalRecipient(mailbox)]))
    let parameter = RecipientParameter.originalRecipient(mailbox).description
    require(parameter.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "ORCPT beyond ASCII")
}

/// What can be built is written on one line and is read as the same again; what cannot is refused for a true reason.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: octets(data, count), as: UTF8.self)
    if let mailbox = attempt(text, { (text) throws(WireError) in try Mailbox(text) }) {
        verify(mailbox)
        require((try? Mailbox(mailbox.description)) == mailbox, "read again it is another")
        require((try? Mailbox(lenient: text)) == mailbox, "strictly and leniently another")
    }
    if let mailbox = attempt(text, { (text) throws(WireError) in try Mailbox(lenient: text) }) { verify(mailbox) }
    if let path = attempt(text, { (text) throws(WireError) in try ReversePath(text) }) { verify(.mail(path, [])) }
    if let path = attempt(text, { (text) throws(WireError) in try ForwardPath(text) }) { verify(.recipient(path, [])) }
    _ = attempt(text) { (text) throws(WireError) in try ForwardPath(lenient: text) }
    if let domain = attempt(text, { (text) throws(WireError) in try Domain(text) }) {
        require(domain.name == text && (try? Domain(lenient: text)) == domain, "another domain")
        verify(.atrn([domain]))
    }
    if let name = attempt(text, { (text) throws(WireError) in try HelloName(text) }) {
        require(name.text == text && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a name beyond ASCII")
        verify(.ehlo(name))
    }
    _ = attempt(text) { (text) throws(WireError) in try HelloName(lenient: text) }
    if let literal = attempt(text, { (text) throws(WireError) in try AddressLiteral(text) }) {
        require(literal.description == text, "another literal")
    }
    if let literal = AddressLiteral(address: text) {
        require((try? AddressLiteral(literal.description)) == literal, "a literal that is none")
    }
    _ = attempt(text) { (text) throws(WireError) in try LocalPart(unquoted: text) }
    return 0
}
