internal import SMTPTransport
internal import SMTPWire

/// Decides how a message can go to a server, or why it cannot.
///
/// Pure: what the server offers and what the content is come in as values.
struct DeliveryPlanner {
    let extensions: ServiceExtensions
    let security: TransportSecurity
    let isLMTP: Bool
    var isPipeliningAllowed = true
    var usesChunks = false
    var usesPRDR = false
    var contentPolicy = ContentPolicy()

    private var warnings: [DeliveryPlan.Warning] = []

    init(extensions: ServiceExtensions, security: TransportSecurity = .none, isLMTP: Bool = false) {
        self.extensions = extensions
        self.security = security
        self.isLMTP = isLMTP
    }

    /// Makes the plan.
    ///
    /// - Parameters:
    ///   - message: The message; its content is not read.
    ///   - facts: What a look through the content found, or `nil` if nobody has looked.
    /// - Returns: What will be sent.
    /// - Throws: ``SMTPError`` that says what the server does not offer or what the content must not be.
    consuming func plan(_ message: MailObject, facts: ContentFacts?) throws(SMTPError) -> DeliveryPlan {
        guard !message.envelope.recipients.isEmpty else { throw .usage("the envelope has no recipient") }
        let body = try bodyType(message.content.encoding, facts)
        if let facts { try check(facts, isBinary: body == .binaryMIME) }
        let isChunked = try usesChunks(body)
        let envelope = try addressed(message.envelope, hasEightBitHeader: facts?.hasEightBitHeader ?? false)
        let size = facts.map { body == .binaryMIME ? $0.rawSize : $0.normalizedSize }
        let parameters = try mailParameters(envelope, body, size)
        let transactions = try transactions(message, envelope, parameters)
        let wireSize = size.map { $0 + (isChunked ? 0 : (facts?.dottedLineCount ?? 0) + 3) }
        return DeliveryPlan(
            transactions: transactions,
            transfer: isChunked ? .chunks : .data,
            isPipelined: isPipeliningAllowed && extensions.contains(.pipelining),
            isLMTP: isLMTP,
            policy: message.policy,
            size: size,
            wireSize: wireSize,
            warnings: warnings,
            form: !isChunked ? .dotStuffed : body == .binaryMIME ? .verbatim : .normalized,
            limits: SessionLimits(
                mailCount: extensions.limits.mailMaximum,
                domainCount: extensions.limits.recipientDomainMaximum
            ),
            forwardPaths: message.envelope.forwardPaths
        )
    }

    // MARK: The content

    /// What BODY says, or `nil` where it need not say anything.
    private mutating func bodyType(_ stated: Content.Encoding?, _ facts: ContentFacts?) throws(SMTPError) -> BodyType? {
        let isKept = contentPolicy.lineEnds == .keep && facts.map { $0.needsNormalizing || $0.hasNUL } ?? true
        if stated == .binary || isKept {
            guard extensions.contains(.binaryMIME), extensions.contains(.chunking) else {
                throw .notOffered("BINARYMIME with CHUNKING", because: "the content is to be sent as it is")
            }
            return .binaryMIME
        }
        let isEightBit: Bool? = stated.map { $0 == .eightBit } ?? facts?.hasEightBitOctets
        if extensions.contains(.eightBitMIME) { return isEightBit ?? true ? .eightBitMIME : nil }
        if isEightBit == nil, contentPolicy.unstatedEncoding == .send {
            warnings.append(.unstatedEncoding)
            return nil
        }
        guard isEightBit == false else { throw .eightBitNotOffered }
        return nil
    }

    private mutating func check(_ facts: ContentFacts, isBinary: Bool) throws(SMTPError) {
        guard !isBinary else { return }
        if contentPolicy.lineEnds == .refuse, facts.needsNormalizing {
            throw .content("the content has line ends that are not CRLF, or none at its end")
        }
        if facts.hasNUL {
            guard contentPolicy.nul == .send else {
                throw .content("the content has NUL octets: encode it as base64, or as quoted-printable")
            }
            warnings.append(.nul)
        }
        if facts.longestLine > ContentPolicy.lineLengthLimit {
            guard contentPolicy.longLines == .send else {
                throw .content(
                    "the content has a line of \(facts.longestLine) octets, and no server must take more than "
                        + "\(ContentPolicy.lineLengthLimit): encode it as quoted-printable or base64"
                )
            }
            warnings.append(.longLine(facts.longestLine))
        }
    }

    private func usesChunks(_ body: BodyType?) throws(SMTPError) -> Bool {
        body == .binaryMIME || (usesChunks && extensions.contains(.chunking))
    }

    // MARK: The envelope

    /// The envelope as this server can take it: in ASCII, or with SMTPUTF8 (RFC 6531 §3.2).
    private mutating func addressed(_ envelope: Envelope, hasEightBitHeader: Bool) throws(SMTPError) -> Envelope {
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

    private func mailParameters(
        _ envelope: Envelope,
        _ body: BodyType?,
        _ size: UInt64?
    ) throws(SMTPError) -> [MailParameter] {
        var parameters = envelope.parameters
        for parameter in parameters { try check(parameter) }
        if let size, extensions.contains(.size) {
            if let limit = extensions.sizeLimit, size > UInt64(limit) {
                throw .content("the content has \(size) octets, and the server takes no more than \(limit)")
            }
            if !parameters.contains(where: { if case .size = $0 { true } else { false } }) {
                parameters.insert(.size(size), at: 0)
            }
        }
        if let body, !parameters.contains(where: { if case .body = $0 { true } else { false } }) {
            parameters.append(.body(body))
        }
        let wantsPRDR = usesPRDR && extensions.contains(.prdr) && !isLMTP && envelope.recipients.count > 1
        if wantsPRDR, !parameters.contains(.prdr) { parameters.append(.prdr) }
        return parameters
    }

    /// Refuses a parameter whose extension is not there, or that the server has said it will not take.
    private func check(_ parameter: MailParameter) throws(SMTPError) {
        guard let keyword = parameter.requiredKeyword else { return }
        guard extensions.contains(keyword) else {
            throw .notOffered(keyword.name, because: "the envelope asks for \(parameter)")
        }
        switch parameter {
        case .requireTLS where !security.isSecure:
            // The server's word for what it will do is worth something only over such a channel (RFC 8689 §4.2.1).
            throw .insecure("REQUIRETLS asks for TLS with a verified certificate, and the connection has none")
        case .deliverBy(let time):
            guard let minimum = extensions.deliverByMinimum, time.mode == .returns, time.seconds < minimum else {
                return
            }
            throw .notOffered("\(parameter)", because: "the server takes no less than \(minimum) seconds")
        case .futureRelease(let release):
            guard case .after(let seconds) = release.moment, let limits = extensions.futureReleaseLimits,
                let most = limits.interval, seconds > most
            else { return }
            throw .notOffered("\(parameter)", because: "the server holds messages no longer than \(most) seconds")
        default:
            return
        }
    }

    // MARK: The recipients

    private mutating func transactions(
        _ message: MailObject,
        _ envelope: Envelope,
        _ parameters: [MailParameter]
    ) throws(SMTPError) -> [DeliveryPlan.Transaction] {
        for recipient in envelope.recipients {
            for parameter in recipient.parameters {
                guard let keyword = parameter.requiredKeyword, !extensions.contains(keyword) else { continue }
                throw .notOffered(keyword.name, because: "a recipient asks for \(parameter)")
            }
        }
        lookForExcess(envelope)
        let count = envelope.recipients.count
        let most = max(1, extensions.limits.recipientMaximum ?? count)
        guard count <= most || message.policy != .allOrNothing else {
            throw .usage("all-or-nothing needs one transaction, and the server takes no more than \(most) recipients")
        }
        if min(count, most) > 100 { warnings.append(.manyRecipients(min(count, most))) }
        let mail = SMTPCommand.mail(envelope.reversePath, parameters)
        return stride(from: 0, to: count, by: most).map { start in
            let indices = Array(start..<min(start + most, count))
            let commands = indices.map { index in
                SMTPCommand.recipient(envelope.recipients[index].forwardPath, envelope.recipients[index].parameters)
            }
            return DeliveryPlan.Transaction(mail: mail, recipients: commands, indices: indices)
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

extension RecipientParameter {
    /// The extension that must be offered for it, or `nil` if that is for the caller to know.
    var requiredKeyword: ServiceExtensions.Keyword? {
        switch self {
        case .notify, .originalRecipient: .dsn
        case .other: nil
        @unknown default: nil
        }
    }
}
