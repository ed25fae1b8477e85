internal import SMTPSession
public import SMTPWire

extension SMTPConnection {
    /// Says hello with EHLO, or with HELO to a server that does not know it (RFC 5321 §3.2); to an LMTP server with LHLO,
    /// which has no substitute (RFC 2033 §4.1).
    ///
    /// HELO follows only the replies that say so: 500, 501, 502, 504 and 550. Anything else that is not 2yz is final.
    ///
    /// - Parameter name: Who we are; by default the name of the configuration, or the connection's own address.
    /// - Returns: What the server offers; nothing after HELO.
    /// - Throws: ``SMTPError``.
    @discardableResult
    public func hello(as name: HelloName? = nil) async throws(SMTPError) -> ServiceExtensions {
        let (name, command) = defaultHello(as: name)
        try await helloAnswered(try await reply(to: command), to: name)
        return channel.extensions
    }

    /// Goes on as the reply to EHLO or LHLO says.
    func helloAnswered(_ reply: SMTPReply, to name: HelloName) async throws(SMTPError) {
        if reply.isPositiveCompletion { return }
        guard !configuration.isLMTP else { throw await rejection(reply, "LHLO") }
        guard reply.isOfUnknownCommand || reply.code == 550 else { throw await rejection(reply, "EHLO") }
        try await positiveReply(to: .helo(name))
    }

    /// The hello that is said when the session begins anew, with the name: the one that was said last.
    var nextHello: (name: HelloName, command: SMTPCommand) {
        get async { defaultHello(as: await channel.lastHello?.helloName) }
    }

    private func defaultHello(as name: HelloName?) -> (name: HelloName, command: SMTPCommand) {
        let name = name ?? configuration.helloName ?? ownName
        return (name, configuration.isLMTP ? .lhlo(name) : .ehlo(name))
    }

    /// Gives up the open transaction, if there is one, with RSET.
    ///
    /// Says hello and starts TLS before, if the configuration asks for TLS and there is none, and throws what that throws.
    ///
    /// - Throws: ``SMTPError``.
    public func reset() async throws(SMTPError) {
        try await makeSecureFirst()
        try await positiveReply(to: .reset)
    }

    /// Asks whether the server knows a user or mailbox (VRFY, RFC 5321 §3.5).
    ///
    /// Says hello and starts TLS before, if the configuration asks for TLS and there is none, and throws what that throws.
    ///
    /// - Parameter argument: A user name or an address.
    /// - Returns: The server's reply: 250 or 251 if it knows it, 252 if it does not say.
    /// - Throws: ``SMTPError``; of kind ``SMTPError/Kind/refused`` if the server knows it not, or does not tell.
    public func verify(_ argument: CommandArgument) async throws(SMTPError) -> SMTPReply {
        try await makeSecureFirst()
        return try await positiveReply(to: .verify(argument))
    }

    /// Asks for the members of a mailing list (EXPN, RFC 5321 §3.5).
    ///
    /// Says hello and starts TLS before, if the configuration asks for TLS and there is none, and throws what that throws.
    ///
    /// - Parameter argument: The name of the list.
    /// - Returns: The server's reply, with a member on each line.
    /// - Throws: ``SMTPError``; of kind ``SMTPError/Kind/refused`` if there is no such list, or the server does not tell.
    public func expand(_ argument: CommandArgument) async throws(SMTPError) -> SMTPReply {
        try await makeSecureFirst()
        return try await positiveReply(to: .expand(argument))
    }

    /// Asks for a reply and nothing else, which shows that the connection is alive.
    ///
    /// Says hello and starts TLS before, if the configuration asks for TLS and there is none, and throws what that throws.
    ///
    /// - Throws: ``SMTPError``.
    public func noop() async throws(SMTPError) {
        try await makeSecureFirst()
        try await positiveReply(to: .noop(nil))
    }

    /// The address literal of this end (RFC 5321 §4.1.3), or `localhost` where there is none.
    private var ownName: HelloName {
        channel.state.localAddress.flatMap { HelloName(address: $0) } ?? .localhost
    }

    func reply(to command: SMTPCommand) async throws(SMTPError) -> SMTPReply {
        do throws(ChannelError) {
            return try await channel.command(command)
        } catch {
            throw SMTPError(error, verb: command.verb)
        }
    }

    @discardableResult
    func positiveReply(to command: SMTPCommand) async throws(SMTPError) -> SMTPReply {
        let reply = try await reply(to: command)
        guard reply.isPositiveCompletion else { throw await rejection(reply, command.verb) }
        return reply
    }

    /// The error for a reply that is not 2yz; one that is no refusal either, or by which the server leaves, ends the
    /// connection.
    func rejection(_ reply: SMTPReply, _ verb: String) async -> SMTPError {
        if !reply.isNegative || reply.code == 421 { await channel.disconnect() }
        guard reply.isNegative else { return .unexpected(reply, verb: verb) }
        return SMTPError.refused(reply, verb: verb).refined(for: channel.state.security)
    }
}

extension SMTPCommand {
    /// Who we say we are, if it is a hello.
    fileprivate var helloName: HelloName? {
        switch self {
        case .ehlo(let name), .helo(let name), .lhlo(let name): name
        default: nil
        }
    }
}
