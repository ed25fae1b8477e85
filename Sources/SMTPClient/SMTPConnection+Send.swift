import SMTPSession
internal import SMTPTransport
internal import SMTPWire

extension SMTPConnection {
    /// Sends a message, and returns once the server has answered for it.
    ///
    /// More recipients than the server takes at once, or than 1000 where it states no limit, go in several transactions and
    /// into one report; see ``DeliveryPlan/transactions``.
    ///
    /// Makes the connection ready first, as ``prepare()`` does. A refused recipient does not stop the others unless the policy
    /// says so. If the task is cancelled before DATA or a chunk has left, which with PIPELINING leaves with the envelope, the
    /// transaction is given up and the connection stays usable; after that the connection is closed, and the report says
    /// whether the server may have the message.
    ///
    /// - Parameters:
    ///   - content: The message.
    ///   - envelope: Whom it comes from and goes to; at least one recipient.
    ///   - policy: What a refused recipient means for the others.
    ///   - progress: Told how much of the message has been sent.
    /// - Returns: One outcome for each recipient; at least one was accepted.
    /// - Throws: ``SMTPError`` with the report if the server does not have the message, or may not have it; without one if the
    ///   connection could not be made ready.
    @discardableResult
    public func send(
        _ content: Content,
        envelope: Envelope,
        policy: RecipientPolicy = .anyAccepted,
        progress: DeliveryProgress? = nil
    ) async throws(SMTPError) -> DeliveryReport {
        try await send(MailObject(content, envelope: envelope, policy: policy, progress: progress))
    }

    /// Sends a message, as ``send(_:envelope:policy:progress:)`` does.
    ///
    /// - Parameter message: The message, and whom it comes from and goes to.
    /// - Returns: One outcome for each recipient; at least one was accepted.
    /// - Throws: ``SMTPError`` with the report if the server does not have the message, or may not have it; without one if the
    ///   connection could not be made ready.
    @discardableResult
    public func send(_ message: MailObject) async throws(SMTPError) -> DeliveryReport {
        // Whatever happens, nobody waits for its progress any longer.
        defer { message.progress?.finished() }
        return try await observed(.send(recipientCount: message.envelope.recipients.count), { .sent($0) }) {
            () async throws(SMTPError) in
            try await makeReady(for: message)
            do throws(SMTPError) {
                return try await deliver(message)
            } catch {
                throw error.report == nil ? SMTPError(message.notAttempted(error)) : error
            }
        }
    }

    /// What fails here is not the message's failure.
    private func makeReady(for message: MailObject) async throws(SMTPError) {
        // What is wrong with the call is said before a byte is sent.
        guard !message.envelope.recipients.isEmpty else { throw .usage("the envelope has no recipient") }
        if !isReady { try await prepare() }
    }

    private func deliver(_ message: MailObject) async throws(SMTPError) -> DeliveryReport {
        let plan = try await plan(message, usesChunks: configuration.chunking == .always)
        // Entered once for the whole message: each entry from another executor costs about a round trip on loopback.
        let report = await withTaskExecutorPreference(channel.executor) { @concurrent in
            await channel.deliver(message, plan)
        }
        guard report.isAcceptedForAny else { throw SMTPError(report) }
        return report
    }

    /// Sends a message given as text.
    ///
    /// - Parameters:
    ///   - text: Header, empty line and body, in UTF-8; any line ends.
    ///   - from: The reverse-path, as `user@example.org`.
    ///   - to: The recipients, likewise.
    /// - Returns: As ``send(_:envelope:policy:progress:)`` does.
    /// - Throws: As ``send(_:envelope:policy:progress:)`` does; of kind ``SMTPError/Kind/invalidAddress``, and without a
    ///   report, for an address that cannot be one.
    @discardableResult
    public func send(_ text: String, from: String, to: [String]) async throws(SMTPError) -> DeliveryReport {
        try await send(.text(text), envelope: try Envelope(from: from, to: to))
    }

    /// Decides how a message would go to this server, and sends nothing of it.
    ///
    /// Makes the connection ready first, as ``prepare()`` does. A file is read to its end.
    ///
    /// - Returns: The plan that ``send(_:envelope:policy:progress:)`` would carry out.
    /// - Throws: ``SMTPError`` as ``send(_:envelope:policy:progress:)`` would before MAIL.
    public func plan(
        _ content: Content,
        envelope: Envelope,
        policy: RecipientPolicy = .anyAccepted
    ) async throws(SMTPError) -> DeliveryPlan {
        let message = MailObject(content, envelope: envelope, policy: policy)
        try await makeReady(for: message)
        let plan = try await plan(message, usesChunks: configuration.chunking == .always)
        return plan.plan.within(await channel.tally)
    }

    /// The plan for a message; content is looked through off the event loop.
    func plan(_ message: MailObject, usesChunks: Bool) async throws(SMTPError) -> EncodedPlan {
        let facts = try await facts(of: message.content)
        return try plans.plan(message, facts: facts, by: planner(usesChunks: usesChunks))
    }

    private func facts(of content: Content) async throws(SMTPError) -> ContentFacts? {
        if let facts = content.factsInMemory { return facts }
        return try await content.lookThrough(on: channel.executor.outerExecutor)
    }

    func planner(usesChunks: Bool) -> DeliveryPlanner {
        var planner = channel.withState { state in
            DeliveryPlanner(
                extensions: state.extensions,
                security: state.security,
                isLMTP: state.transaction.isLMTP
            )
        }
        planner.isPipeliningAllowed = configuration.isPipeliningAllowed && !avoidance.contains(.pipelining)
        planner.usesChunks = usesChunks && !avoidance.contains(.chunking)
        planner.usesPRDR = configuration.usesPRDR
        planner.contentPolicy = configuration.contentPolicy
        planner.dropsOptionalParameters = configuration.dropsOptionalParameters
        planner.hostOrigin = configuration.hostOrigin
        return planner
    }
}

extension CommandChannel {
    /// Sends one message.
    fileprivate func deliver(_ message: MailObject, _ plan: EncodedPlan) async -> DeliveryReport {
        let source = SingleMessage(MessageDelivery(message, plan))
        do throws(ChannelError) {
            try await deliver(source, .single)
        } catch {
            // The turn never came: nothing was sent.
            source.message.fail(SMTPError(error))
        }
        return source.message.report()
    }
}

/// The source of a single message.
private final class SingleMessage: DeliverySource {
    let message: MessageDelivery
    private var isTaken = false

    init(_ message: MessageDelivery) {
        self.message = message
    }

    var hasMessage: Bool { !isTaken }

    func takeMessage() -> MessageDelivery? {
        guard !isTaken else { return nil }
        isTaken = true
        return message
    }

    func finished(_ message: MessageDelivery) {}

    func willWait() {}

    func tellNow() {}

    func ended(with error: ChannelError?) {
        if !isTaken, let error { message.fail(SMTPError(error)) }
    }
}

extension SMTPError {
    /// Why nobody was accepted, with the report that says so.
    init(_ report: DeliveryReport) {
        self = report.error ?? .usage("there is no recipient")
        self.report = report
    }
}
