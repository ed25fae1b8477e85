import SMTPSession
internal import SMTPTransport
internal import SMTPWire

extension SMTPConnection {
    /// Sends a message, and returns once the server has answered for it.
    ///
    /// Says hello first if nobody has. A refused recipient does not stop the others unless the policy says so. If the
    /// task is cancelled before the content begins, the transaction is given up and the connection stays usable;
    /// after that the connection is closed, and the report says whether the server may have the message.
    ///
    /// - Parameters:
    ///   - content: The message.
    ///   - envelope: Whom it comes from and goes to; at least one recipient.
    ///   - policy: What a refused recipient means for the others.
    /// - Returns: One outcome for each recipient; at least one was accepted.
    /// - Throws: ``SMTPError`` with the report if the server does not have the message, or may not have it.
    @discardableResult
    public func send(
        _ content: Content,
        envelope: Envelope,
        policy: RecipientPolicy = .anyAccepted
    ) async throws(SMTPError) -> DeliveryReport {
        let plan = try await plan(content, envelope)
        // Entered once for the whole message: each entry from another executor costs about a round trip on loopback.
        let result = await withTaskExecutorPreference(channel.executor) { @concurrent in
            await channel.deliver(content, plan, policy: policy)
        }
        let record = try result.get()
        let report = record.report(for: envelope.forwardPaths)
        if let error = record.error(with: report) { throw error.refined(for: channel.state.security) }
        return report
    }

    /// Sends a message given as text.
    ///
    /// - Parameters:
    ///   - text: Header, empty line and body, in UTF-8; any line ends.
    ///   - from: The reverse-path, as `user@example.org`.
    ///   - to: The recipients, likewise.
    /// - Returns: As ``send(_:envelope:policy:)`` does.
    /// - Throws: As ``send(_:envelope:policy:)`` does; of kind ``SMTPError/Kind/invalidAddress`` for an address that
    ///   cannot be one.
    @discardableResult
    public func send(_ text: String, from: String, to: [String]) async throws(SMTPError) -> DeliveryReport {
        try await send(.text(text), envelope: try Envelope(from: from, to: to))
    }

    /// Decides, before a byte is sent, how the message can go to this server.
    private func plan(_ content: Content, _ envelope: Envelope) async throws(SMTPError) -> TransactionPlan {
        guard !envelope.forwardPaths.isEmpty else { throw .usage("the envelope has no recipient") }
        if channel.state.transaction.helloReply == nil { try await hello() }
        let extensions = channel.extensions
        var parameters: [MailParameter] = []
        if try await content.needs8BitMIME(offered: extensions.contains(.eightBitMIME)) {
            parameters.append(.body(.eightBitMIME))
        }
        if envelope.isInternationalized {
            guard extensions.contains(.smtpUTF8) else {
                throw .notOffered("SMTPUTF8", because: "an address is not ASCII")
            }
            parameters.append(.smtpUTF8)
        }
        return TransactionPlan(
            envelope: envelope,
            mailParameters: parameters,
            isPipelined: configuration.isPipeliningAllowed && extensions.contains(.pipelining)
        )
    }
}

/// What will be sent before the content, decided and checked.
struct TransactionPlan: Sendable {
    let envelope: Envelope
    let mailParameters: [MailParameter]
    let isPipelined: Bool

    func command(for step: TransactionMachine.Step) -> SMTPCommand {
        switch step {
        case .clear, .giveUp: .reset
        case .mail: .mail(envelope.reversePath, mailParameters)
        case .recipient(let index): .recipient(envelope.forwardPaths[index], [])
        case .data: .data
        }
    }
}
