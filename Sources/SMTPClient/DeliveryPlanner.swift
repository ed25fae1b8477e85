internal import SMTPTransport
internal import SMTPWire

/// Decides how a message can go to a server, or why it cannot.
///
/// Pure: what the server offers and what the content is come in as values.
struct DeliveryPlanner: Equatable {
    let extensions: ServiceExtensions
    let security: TransportSecurity
    let isLMTP: Bool
    var isPipeliningAllowed = true
    var usesChunks = false
    var usesPRDR = false
    var contentPolicy = ContentPolicy()

    /// Whether a parameter that only asks goes missing where its extension is, and is no error there.
    var dropsOptionalParameters = false

    /// Where the name of the host came from.
    var hostOrigin = HostOrigin.configuration

    var warnings: [DeliveryPlan.Warning] = []
    var dropped: [DeliveryPlan.Dropped] = []

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
        let stated = try statedEncoding(message)
        let url = message.content.url
        if let url { try checkURL(url) }
        let body = try bodyType(stated, facts, isFetched: url != nil)
        if let facts { try check(facts, isBinary: body == .binaryMIME) }
        let isChunked = usesChunks(body)
        let envelope = try addressed(message.envelope, hasEightBitHeader: facts?.hasEightBitHeader ?? false)
        let size = facts.map { body == .binaryMIME ? $0.rawSize : $0.normalizedSize }
        let parameters = try mailParameters(envelope, body, size)
        let transactions = try transactions(message, envelope, parameters)
        let wireSize = size.map { $0 + (isChunked ? 0 : (facts?.dottedLineCount ?? 0) + 3) }
        return DeliveryPlan(
            transactions: transactions,
            transfer: url != nil ? .url : isChunked ? .chunks : .data,
            // BURL must be the last of its group (RFC 4468 §3.2), and is not sent before anybody is accepted.
            isPipelined: isPipeliningAllowed && extensions.contains(.pipelining) && url == nil,
            isLMTP: isLMTP,
            policy: message.policy,
            size: size,
            wireSize: wireSize,
            dropped: dropped,
            warnings: warnings,
            form: !isChunked ? .dotStuffed : body == .binaryMIME ? .verbatim : .normalized,
            url: url,
            security: security,
            limits: SessionLimits(
                mailCount: extensions.limits.mailMaximum,
                domainCount: extensions.limits.recipientDomainMaximum
            ),
            forwardPaths: message.envelope.forwardPaths
        )
    }

    // MARK: The content

    /// What the caller says the content is, by the content itself or by BODY in the envelope.
    private func statedEncoding(_ message: MailObject) throws(SMTPError) -> Content.Encoding? {
        var stated = message.content.encoding
        for case .body(let type) in message.envelope.parameters {
            let declared: Content.Encoding =
                switch type {
                case .sevenBit: .sevenBit
                case .eightBitMIME: .eightBit
                case .binaryMIME: .binary
                }
            guard stated == nil || stated == declared else {
                throw .usage("the envelope says BODY=\(type.rawValue), and the content is stated to be otherwise")
            }
            stated = declared
        }
        return stated
    }

    /// What BODY says, or `nil` where it need not say anything.
    private mutating func bodyType(
        _ stated: Content.Encoding?,
        _ facts: ContentFacts?,
        isFetched: Bool
    ) throws(SMTPError) -> BodyType? {
        // What the server fetches does not pass through here, and needs no policy.
        let mayNeedKeeping = contentPolicy.lineEnds == .keep && !isFetched
        let isKept = mayNeedKeeping && facts.map { $0.needsNormalizing || $0.hasNUL } ?? true
        if stated == .binary || isKept {
            guard extensions.contains(.binaryMIME), extensions.contains(.chunking) else {
                throw .notOffered("BINARYMIME with CHUNKING", because: "the content is to be sent as it is")
            }
            return .binaryMIME
        }
        if stated == .sevenBit, facts?.hasEightBitOctets ?? false {
            throw .content("the content is stated to be 7-bit, and has 8-bit octets")
        }
        if extensions.contains(.eightBitMIME) {
            return stated.map { $0 == .eightBit } ?? facts?.hasEightBitOctets ?? true ? .eightBitMIME : nil
        }
        // What was seen counts for more than what was stated: 7-bit content goes anywhere.
        let isEightBit = facts?.hasEightBitOctets ?? stated.map { $0 == .eightBit }
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
                throw .content("the content has NUL octets", hint: "encode it as base64, or as quoted-printable")
            }
            warnings.append(.nul)
        }
        if facts.longestLine > ContentPolicy.lineLengthLimit {
            guard contentPolicy.longLines == .send else {
                throw .content(
                    "the content has a line of \(facts.longestLine) octets, and no server must take more than "
                        + "\(ContentPolicy.lineLengthLimit)",
                    hint: "encode it as quoted-printable or base64"
                )
            }
            warnings.append(.longLine(facts.longestLine))
        }
    }

    /// Refuses a URL that the server does not take: it names the schemes, or `scheme://host` for a server it is trusted by
    /// (RFC 4468 §3.3).
    private func checkURL(_ url: ContentURL) throws(SMTPError) {
        guard let taken = extensions.parameters(of: .burl) else {
            throw .notOffered("BURL", because: "the content is to be fetched by the server")
        }
        let parts = url.text.split(separator: ":", maxSplits: 1)
        let scheme = parts[0].lowercased()
        let authority = parts[1].hasPrefix("//") ? parts[1].dropFirst(2).prefix { $0 != "/" } : ""
        // Who asks is no part of where.
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last?.lowercased() ?? ""
        guard !taken.contains(where: { [scheme, "\(scheme)://\(host)"].contains($0.lowercased()) }) else { return }
        throw .beyondOffer("BURL of such \(DisplayText.escape(scheme)) URLs", because: "it fetches nothing from there")
    }

    private func usesChunks(_ body: BodyType?) -> Bool {
        body == .binaryMIME || (usesChunks && extensions.contains(.chunking))
    }
}
