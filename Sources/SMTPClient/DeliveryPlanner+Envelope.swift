internal import SMTPTransport
internal import SMTPWire

/// How the addresses, the parameters and the number of recipients suit the server.
extension DeliveryPlanner {
    /// The envelope as this server can take it: in ASCII, or with SMTPUTF8 (RFC 6531 §3.2).
    mutating func addressed(_ envelope: Envelope, hasEightBitHeader: Bool) throws(SMTPError) -> Envelope {
        if extensions.contains(.smtpUTF8) {
            guard hasEightBitHeader || envelope.isInternationalized, !envelope.parameters.contains(.smtpUTF8) else {
                return envelope
            }
            var envelope = envelope
            envelope.parameters.append(.smtpUTF8)
            return envelope
        }
        if envelope.parameters.contains(.smtpUTF8) {
            throw .notOffered("SMTPUTF8", because: "the envelope asks for it")
        }
        if hasEightBitHeader {
            throw .notOffered("SMTPUTF8", because: "the header is not ASCII: encode it as RFC 2047 says")
        }
        guard envelope.isInternationalized else { return envelope }
        if let parameter = envelope.parameterBeyondASCII {
            throw .notOffered("SMTPUTF8", because: "the parameter \(DisplayText.escape("\(parameter)")) is not ASCII")
        }
        var envelope = envelope
        if case .mailbox(let mailbox) = envelope.reversePath { envelope.reversePath = .mailbox(try ascii(mailbox)) }
        for index in envelope.recipients.indices {
            guard case .mailbox(let mailbox) = envelope.recipients[index].forwardPath else { continue }
            envelope.recipients[index].forwardPath = .mailbox(try ascii(mailbox))
        }
        return envelope
    }

    private mutating func ascii(_ mailbox: Mailbox) throws(SMTPError) -> Mailbox {
        guard mailbox.isInternationalized else { return mailbox }
        guard !mailbox.localPart.isInternationalized, case .domain(let domain) = mailbox.host,
            let ascii = domain.asciiForm
        else { throw .notOffered("SMTPUTF8", because: "the address \(DisplayText.escape("\(mailbox)")) is not ASCII") }
        warnings.append(.asciiDomain(ascii.name))
        return Mailbox(localPart: mailbox.localPart, host: .domain(ascii))
    }

    // MARK: The parameters

    mutating func mailParameters(
        _ envelope: Envelope,
        _ body: BodyType?,
        _ size: UInt64?
    ) throws(SMTPError) -> [MailParameter] {
        var parameters: [MailParameter] = []
        for parameter in envelope.parameters where try isTaken(parameter) { parameters.append(parameter) }
        if let twice = Self.firstNamedTwice(parameters) { throw .usage("the envelope has \(twice) twice") }
        if extensions.contains(.size) {
            if let size = size ?? parameters.statedSize, let limit = extensions.sizeLimit, size > UInt64(limit) {
                throw .content("the content has \(size) octets, and the server takes no more than \(limit)")
            }
            if let size, !parameters.contains(named: "SIZE") { parameters.insert(.size(size), at: 0) }
        }
        if let body, !parameters.contains(named: "BODY") { parameters.append(.body(body)) }
        let wantsPRDR = usesPRDR && extensions.contains(.prdr) && !isLMTP
        if wantsPRDR, envelope.recipients.count > 1, !parameters.contains(named: "PRDR") { parameters.append(.prdr) }
        return parameters
    }

    /// Whether a parameter goes along: `false` if it may be left out where its extension is not offered.
    private mutating func isTaken(_ parameter: MailParameter) throws(SMTPError) -> Bool {
        guard let keyword = parameter.requiredKeyword else { return true }
        guard extensions.contains(keyword) else {
            guard dropsOptionalParameters, parameter.isOptional else {
                throw .notOffered(keyword.name, because: "the envelope asks for \(parameter)")
            }
            dropped.append(.mailParameter(parameter))
            return false
        }
        try checkLimits(of: parameter)
        return true
    }

    /// Refuses what the server has said it will not take.
    private func checkLimits(of parameter: MailParameter) throws(SMTPError) {
        switch parameter {
        case .requireTLS:
            try checkRequireTLS()
        case .prdr where isLMTP:
            throw .usage("LMTP answers for each recipient anyway: PRDR is for SMTP")
        case .deliverBy(let time):
            // The least is for messages that come back when they are late (RFC 2852 §4.1.1).
            guard let minimum = extensions.deliverByMinimum, time.mode == .returns, time.seconds < minimum else {
                return
            }
            throw .beyondOffer("\(parameter)", because: "it takes no less than \(minimum) seconds")
        case .futureRelease(let release):
            try checkLimits(of: release)
        case .solicitation(let keywords):
            // RFC 3865 §2.3: what a server does not want must not be sent to it.
            let refused = Set(extensions.refusedSolicitations?.keywords.map { $0.lowercased() } ?? [])
            guard let unwanted = keywords.keywords.first(where: { refused.contains($0.lowercased()) }) else { return }
            throw .beyondOffer("\(parameter)", because: "it does not want to be solicited for \(unwanted)")
        default:
            return
        }
    }

    private func checkLimits(of release: FutureRelease) throws(SMTPError) {
        guard let limits = extensions.futureReleaseLimits else { return }
        switch release.moment {
        case .after(let seconds):
            guard let most = limits.interval, seconds > most else { return }
            throw .beyondOffer("\(release)", because: "it holds messages no longer than \(most) seconds")
        case .at(let time):
            guard let latest = limits.time, time > latest else { return }
            throw .beyondOffer("\(release)", because: "it holds messages no longer than until \(latest)")
        @unknown default:
            return
        }
    }

    /// The server's word for what it will do is worth something only over a connection that proves whose word it is
    /// (RFC 8689 §4.2.1).
    private func checkRequireTLS() throws(SMTPError) {
        guard security.isSecure else {
            throw .insecure("REQUIRETLS asks for TLS with a verified certificate, and the connection has none")
        }
        if hostOrigin == .unvalidatedMX {
            throw .insecure(
                "REQUIRETLS asks for a host that DNSSEC or MTA-STS vouches for, and this one comes from an MX record alone"
            )
        }
    }

    private static func firstNamedTwice(_ parameters: [MailParameter]) -> String? {
        guard parameters.count > 1 else { return nil }
        var seen: Set<String> = []
        return parameters.lazy.map(\.name).first { !seen.insert($0).inserted }
    }

    // MARK: The recipients

    /// The most recipients of a transaction where the server states no limit, if they may be divided.
    ///
    /// It is the limit of Postfix, which refuses the rest, and ends the connection at some 2,020: nobody would have the
    /// message then, however often it is sent.
    private static let mostRecipients = 1000

    mutating func transactions(
        _ message: MailObject,
        _ envelope: Envelope,
        _ parameters: [MailParameter]
    ) throws(SMTPError) -> [DeliveryPlan.Transaction] {
        lookForExcess(envelope)
        let count = envelope.recipients.count
        // What can be read once goes once.
        let isDivisible = message.policy != .allOrNothing && message.content.isRepeatable
        let unstated = isDivisible ? Self.mostRecipients : count
        let most = max(1, extensions.limits.recipientMaximum ?? unstated)
        guard count <= most || message.policy != .allOrNothing else {
            throw .usage("all-or-nothing needs one transaction, and the server takes no more than \(most) recipients")
        }
        if min(count, most) > 100 { warnings.append(.manyRecipients(min(count, most))) }
        let mail = SMTPCommand.mail(envelope.reversePath, parameters)
        let commands = try recipientCommands(envelope)
        return stride(from: 0, to: count, by: most).map { start in
            let indices = Array(start..<min(start + most, count))
            return DeliveryPlan.Transaction(
                mail: mail,
                recipients: Array(commands[start..<start + indices.count]),
                indices: indices
            )
        }
    }

    private mutating func recipientCommands(_ envelope: Envelope) throws(SMTPError) -> [SMTPCommand] {
        var commands: [SMTPCommand] = []
        commands.reserveCapacity(envelope.recipients.count)
        for recipient in envelope.recipients {
            var parameters = recipient.parameters
            if !parameters.isEmpty { try keepOffered(&parameters, of: recipient.forwardPath) }
            commands.append(.recipient(recipient.forwardPath, parameters))
        }
        return commands
    }

    private mutating func keepOffered(
        _ parameters: inout [RecipientParameter],
        of path: ForwardPath
    ) throws(SMTPError) {
        for parameter in parameters {
            guard let keyword = parameter.requiredKeyword, !extensions.contains(keyword) else { continue }
            guard dropsOptionalParameters else {
                throw .notOffered(keyword.name, because: "a recipient asks for \(parameter)")
            }
            dropped.append(.recipientParameter(parameter, of: path))
        }
        let extensions = extensions
        parameters.removeAll { $0.requiredKeyword.map { !extensions.contains($0) } ?? false }
        if Set(parameters.map(\.name)).count < parameters.count {
            throw .usage("a recipient has the same parameter twice: \(DisplayText.escape("\(path)"))")
        }
    }

    /// RFC 5321 §4.5.3.1 says what everyone must take, and not what nobody may send.
    private mutating func lookForExcess(_ envelope: Envelope) {
        var mailboxes = envelope.recipients.compactMap { $0.forwardPath.mailbox }
        if case .mailbox(let mailbox) = envelope.reversePath { mailboxes.append(mailbox) }
        for mailbox in mailboxes {
            let text = mailbox.description
            // The shortest of the three limits: nothing shorter can be beyond any.
            guard text.utf8.count > 64 else { continue }
            let host = mailbox.host.description.utf8.count
            if text.utf8.count - host - 1 > 64 { warnings.append(.longLocalPart(text)) }
            if host > 255 { warnings.append(.longDomain(text)) }
            if text.utf8.count + 2 > 256 { warnings.append(.longPath(text)) }
        }
    }
}

extension ForwardPath {
    fileprivate var mailbox: Mailbox? {
        if case .mailbox(let mailbox) = self { mailbox } else { nil }
    }
}

extension MailParameter {
    /// The extension that must be offered for it, or `nil` if that is for the caller to know.
    var requiredKeyword: ServiceExtensions.Keyword? {
        switch self {
        case .size: .size
        case .body(.binaryMIME): .binaryMIME
        case .body: .eightBitMIME
        case .smtpUTF8: .smtpUTF8
        case .ret, .envelopeID: .dsn
        case .auth: .auth
        case .deliverBy: .deliverBy
        case .futureRelease: .futureRelease
        case .priority: .mtPriority
        case .solicitation: .noSoliciting
        case .requireTLS: .requireTLS
        case .prdr: .prdr
        case .other: nil
        @unknown default: nil
        }
    }
}

extension MailParameter {
    /// The name, in upper case: none may stand twice (RFC 5321 §4.1.1.11); the two of FUTURERELEASE count as one.
    fileprivate var name: String {
        if case .futureRelease = self { return "HOLDFOR or HOLDUNTIL" }
        return description.parameterName
    }

    /// Whether the message may go without it: what asks for a service that is not needed to deliver it.
    ///
    /// DSN (RFC 3461 §5.2.2), AUTH (RFC 4954 §5), MT-PRIORITY (RFC 6710 §4.2), SOLICIT (RFC 3865 §2.7), PRDR, and BY if
    /// nothing is to be returned (RFC 2852 §4.2).
    fileprivate var isOptional: Bool {
        switch self {
        case .ret, .envelopeID, .auth, .priority, .solicitation, .prdr: true
        case .deliverBy(let time): time.mode == .notifies
        default: false
        }
    }
}

extension [MailParameter] {
    fileprivate func contains(named name: String) -> Bool { contains { $0.name == name } }

    /// The size that the caller states, for content whose size is not known here.
    fileprivate var statedSize: UInt64? {
        for case .size(let size) in self { return size }
        return nil
    }
}

extension String {
    /// What stands before the `=`.
    fileprivate var parameterName: String { String(prefix { $0 != "=" }).uppercased() }
}

extension RecipientParameter {
    fileprivate var name: String { description.parameterName }

    /// The extension that must be offered for it, or `nil` if that is for the caller to know.
    var requiredKeyword: ServiceExtensions.Keyword? {
        switch self {
        case .notify, .originalRecipient: .dsn
        case .other: nil
        @unknown default: nil
        }
    }
}
