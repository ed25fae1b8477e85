extension SMTPCommand {
    /// The command as a line with its CRLF.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Appends the command as a line with its CRLF to `output`.
    public func append(to output: inout [UInt8]) {
        switch self {
        case .authResponse(let response): Base64.append(response, to: &output)
        case .authCancel: output.append(0x2A)
        case .mail, .recipient, .send, .soml, .saml: appendEnvelope(to: &output)
        default:
            output += verb.utf8
            appendArgument(to: &output)
        }
        output.append(Octet.carriageReturn)
        output.append(Octet.lineFeed)
    }

    private func appendEnvelope(to output: inout [UInt8]) {
        switch self {
        case .mail(let path, let parameters):
            output.append("MAIL FROM:<", path)
            for parameter in parameters {
                output.append(Octet.space)
                parameter.append(to: &output)
            }
        case .recipient(let path, let parameters):
            output.append("RCPT TO:<", path)
            for parameter in parameters {
                output.append(Octet.space)
                parameter.append(to: &output)
            }
        case .send(let path): output.append("SEND FROM:<", path)
        case .soml(let path): output.append("SOML FROM:<", path)
        case .saml(let path): output.append("SAML FROM:<", path)
        default: break
        }
    }

    private func appendArgument(to output: inout [UInt8]) {
        switch self {
        case .ehlo(let name), .helo(let name), .lhlo(let name): output.append(word: name.text)
        case .bdat(let size, let isLast):
            output.append(Octet.space)
            output.append(decimal: max(0, size))
            if isLast { output.append(word: "LAST") }
        case .burl(let url, let isLast):
            output.append(word: url.text)
            if isLast { output.append(word: "LAST") }
        case .verify(let argument), .expand(let argument), .etrn(let argument): output.append(word: argument.text)
        case .help(let argument), .noop(let argument), .raw(_, let argument):
            if let argument { output.append(word: argument.text) }
        case .atrn(let domains):
            if !domains.isEmpty { output.append(word: domains.map(\.name).joined(separator: ",")) }
        case .xclient(let attributes), .xforward(let attributes): output.append(word: attributes.description)
        case .auth(let mechanism, let initialResponse):
            output.append(word: mechanism.name)
            if let initialResponse {
                output.append(word: initialResponse.isEmpty ? "=" : "")
                Base64.append(initialResponse, to: &output)
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
            return "AUTH \(mechanism.name)" + (initialResponse == nil ? "" : " " + DisplayText.credentials)
        case .authResponse:
            return DisplayText.credentials
        case .burl(_, let isLast):
            return "BURL (URL)" + (isLast ? " LAST" : "")
        case .raw(let verb, let argument?) where verb.text.isSameIgnoringASCIICase(as: "AUTH"):
            return "\(verb.text) \(Self.redactedAuthArgument(argument.text))"
        case .raw(let verb, _?) where verb.text.isSameIgnoringASCIICase(as: "BURL"):
            return "\(verb.text) (URL)"
        default:
            return DisplayText.escape(bytes.dropLast(2))
        }
    }

    /// The mechanism, if the first word is one that is known, and whether anything follows.
    ///
    /// Any other word may itself be a credential, given by somebody who forgot the mechanism.
    private static func redactedAuthArgument(_ argument: String) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == Octet.space || $0 == Octet.tab }
        let words = Array(argument.utf8).split(maxSplits: 1, whereSeparator: isBlank)
        let first = words.first.map { String(decoding: $0, as: UTF8.self).asciiUppercased } ?? ""
        guard knownMechanisms.contains(first) else { return DisplayText.credentials }
        return words.count > 1 ? "\(first) \(DisplayText.credentials)" : first
    }

    private static let knownMechanisms: Set<String> = [
        "PLAIN", "LOGIN", "EXTERNAL", "ANONYMOUS", "CRAM-MD5", "DIGEST-MD5", "GSSAPI", "NTLM", "XOAUTH2", "OAUTHBEARER",
        "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS",
    ]
}

extension [UInt8] {
    fileprivate mutating func append(word: String) {
        append(Octet.space)
        self += word.utf8
    }

    fileprivate mutating func append(_ prefix: StaticString, _ path: ReversePath) {
        if case .mailbox(let mailbox) = path {
            append(prefix, mailbox.description)
        } else {
            append(prefix, "")
        }
    }

    fileprivate mutating func append(_ prefix: StaticString, _ path: ForwardPath) {
        append(prefix, path.description)
    }

    fileprivate mutating func append(_ prefix: StaticString, _ path: String) {
        prefix.withUTF8Buffer { self += $0 }
        self += path.utf8
        append(0x3E)
    }
}
