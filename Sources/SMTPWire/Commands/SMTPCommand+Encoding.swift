extension SMTPCommand {
    /// The command as a line with its CRLF.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Appends the command as a line with its CRLF to `output`.
    public func append(to output: inout [UInt8]) {
        appendLine(to: &output)
        output.append(Octet.carriageReturn)
        output.append(Octet.lineFeed)
    }

    private func appendLine(to output: inout [UInt8]) {
        switch self {
        case .authResponse(let response):
            output += Base64.encode(response)
            return
        case .authCancel:
            output.append(0x2A)
            return
        default:
            output += verb.utf8
        }
        switch self {
        case .ehlo(let name), .helo(let name), .lhlo(let name): output.append(word: name.text)
        case .mail(let path, let parameters):
            output.append(" FROM:", path)
            for parameter in parameters { output.append(word: parameter.description) }
        case .recipient(let path, let parameters):
            output.append(" TO:<", path.description)
            for parameter in parameters { output.append(word: parameter.description) }
        case .send(let path), .soml(let path), .saml(let path): output.append(" FROM:", path)
        case .bdat(let size, let isLast):
            output.append(word: String(max(0, size)))
            if isLast { output.append(word: "LAST") }
        case .verify(let argument), .expand(let argument), .etrn(let argument): output.append(word: argument.text)
        case .help(let argument), .noop(let argument), .raw(_, let argument):
            if let argument { output.append(word: argument.text) }
        case .atrn(let domains):
            if !domains.isEmpty { output.append(word: domains.map(\.name).joined(separator: ",")) }
        case .auth(let mechanism, let initialResponse):
            output.append(word: mechanism.name)
            if let initialResponse {
                output.append(Octet.space)
                output += initialResponse.isEmpty ? [0x3D] : Base64.encode(initialResponse)
            }
        default:
            break
        }
    }

    /// The command as a transcript shows it: on one line, escaped, and with a mark instead of any credential.
    ///
    /// The mark says nothing of the credential, its length included.
    public var redactedLine: String {
        switch self {
        case .auth(let mechanism, let initialResponse):
            return "AUTH \(mechanism.name)" + (initialResponse == nil ? "" : " (credentials)")
        case .authResponse:
            return "(credentials)"
        case .raw(let verb, let argument?) where verb.text.uppercased() == "AUTH":
            let mechanism = argument.text.split(separator: " ", maxSplits: 1).first.map(String.init) ?? ""
            let hasMore = argument.text.contains(" ")
            return "\(verb.text) \(DisplayText.escape(mechanism))" + (hasMore ? " (credentials)" : "")
        default:
            return DisplayText.escape(bytes.dropLast(2))
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(word: String) {
        append(Octet.space)
        self += word.utf8
    }

    fileprivate mutating func append(_ prefix: StaticString, _ path: ReversePath) {
        prefix.withUTF8Buffer { self += $0 }
        append(0x3C)
        if case .mailbox(let mailbox) = path { self += mailbox.description.utf8 }
        append(0x3E)
    }

    fileprivate mutating func append(_ prefix: StaticString, _ path: String) {
        prefix.withUTF8Buffer { self += $0 }
        self += path.utf8
        append(0x3E)
    }
}
