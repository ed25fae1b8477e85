import SMTPWire

/// Whatever a caller gives as an argument, a command is one line, or is refused for a true reason.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: octets(data, count), as: UTF8.self)
    if let parameter = attempt(text, { (text) throws(WireError) in try ESMTPParameter(text) }) {
        verify(.mail(.null, [.other(parameter)]))
    }
    if let parameter = attempt(text, { (text) throws(WireError) in try ESMTPParameter("X", value: text) }) {
        verify(.recipient(.postmaster, [.other(parameter)]))
        require(!text.utf8.contains(0x20) && !text.utf8.contains(0x3D), "a value that is two")
    }
    if let id = attempt(text, { (text) throws(WireError) in try EnvelopeID(text) }) {
        let parameter = MailParameter.envelopeID(id).description
        require(
            parameter.utf8.count <= 106 && parameter.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F },
            "a long identifier"
        )
        require((try? XText.decode(String(parameter.dropFirst(6)))) == Array(text.utf8), "another identifier")
    }
    if let keywords = try? SolicitationKeywords(text.split(separator: ",").map(String.init)) {
        verify(.mail(.null, [.solicitation(keywords)]))
    }
    if let url = attempt(text, { (text) throws(WireError) in try ContentURL(text) }) {
        verify(.burl(url, last: true))
        require(!SMTPCommand.burl(url, last: true).redactedLine.contains(text), "a URL is shown")
    }
    if let value = try? ClientAttribute(.helo, .text(text)), let attributes = try? ClientAttributes([value]) {
        verify(.xclient(attributes))
        require(SMTPCommand.xforward(attributes).bytes.count <= 512, "a line that is too long")
    }
    if let argument = attempt(text, { (text) throws(WireError) in try CommandArgument(text) }) {
        for command in [.verify(argument), .noop(argument), .etrn(argument)] as [SMTPCommand] { verify(command) }
        if let verb = try? CommandVerb("AUTH") { verify(.raw(verb: verb, argument: argument)) }
    }
    if let verb = attempt(text, { (text) throws(WireError) in try CommandVerb(text) }) {
        verify(.raw(verb: verb, argument: nil))
    }
    if let mechanism = attempt(text, { (text) throws(WireError) in try AuthenticationMechanism(text) }) {
        verify(.auth(mechanism: mechanism, initialResponse: Array(text.utf8)))
    }
    verify(.authResponse(Array(text.utf8)))
    if let time = UTCTime(text) { require(UTCTime(time.description) == time, "another time") }
    return 0
}
