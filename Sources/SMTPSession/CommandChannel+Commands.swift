public import SMTPWire

/// Every command of RFC 5321 and of the extensions, a method each.
///
/// All of them wait for their turn, write one line, and return the server's reply, whatever it is. They throw
/// ``ChannelError`` when no reply can be had: ``ChannelError/cancelled`` when the waiting task is cancelled,
/// ``ChannelError/misuse(_:)`` when a command cannot be sent now, or why the connection ended.
extension CommandChannel {
    /// EHLO: says who we are and asks for the extensions (RFC 5321 §4.1.1.1).
    ///
    /// If it is accepted, its keywords replace the ``extensions``, as RFC 5321 §4.1.4 has it; so they do after LHLO,
    /// and HELO leaves none.
    public func ehlo(_ name: HelloName) async throws(ChannelError) -> SMTPReply {
        try await command(.ehlo(name))
    }

    /// HELO: says who we are, without extensions (RFC 5321 §4.1.1.1).
    public func helo(_ name: HelloName) async throws(ChannelError) -> SMTPReply {
        try await command(.helo(name))
    }

    /// LHLO: says who we are to an LMTP server (RFC 2033 §4.1).
    public func lhlo(_ name: HelloName) async throws(ChannelError) -> SMTPReply {
        try await command(.lhlo(name))
    }

    /// MAIL: begins a mail transaction (RFC 5321 §4.1.1.2).
    public func mail(
        from path: ReversePath,
        parameters: [MailParameter] = []
    ) async throws(ChannelError) -> SMTPReply {
        try await command(.mail(path, parameters))
    }

    /// RCPT: names one recipient (RFC 5321 §4.1.1.3).
    public func recipient(
        to path: ForwardPath,
        parameters: [RecipientParameter] = []
    ) async throws(ChannelError) -> SMTPReply {
        try await command(.recipient(path, parameters))
    }

    /// DATA: announces the content, which follows a 354 (RFC 5321 §4.1.1.4).
    public func data() async throws(ChannelError) -> SMTPReply {
        try await command(.data)
    }

    /// BDAT: sends a chunk of the content, binary and with its size before it (RFC 3030 §2).
    ///
    /// - Parameters:
    ///   - chunk: The octets, sent as they are.
    ///   - isLast: Whether the message ends with this chunk.
    /// - Returns: One reply; to the last chunk as many as ``sendMessage(_:)`` returns.
    /// - Throws: ``ChannelError`` if not all replies came.
    public func bdat(_ chunk: [UInt8], isLast: Bool) async throws(ChannelError) -> [SMTPReply] {
        try await withTurn { () async throws(ChannelError) -> [SMTPReply] in
            try admitCommand()
            append(.bdat(size: chunk.count, last: isLast), chunk: chunk)
            await flush()
            return try await repliesToOne()
        }
    }

    /// BURL: has the server fetch content by itself, alone or among chunks (RFC 4468 §3.2).
    ///
    /// - Parameters:
    ///   - url: Where the content is.
    ///   - isLast: Whether the message ends with it.
    /// - Returns: As ``bdat(_:isLast:)`` does.
    /// - Throws: ``ChannelError`` if not all replies came.
    public func burl(_ url: ContentURL, isLast: Bool) async throws(ChannelError) -> [SMTPReply] {
        try await withTurn { () async throws(ChannelError) -> [SMTPReply] in
            try admitCommand()
            append(.burl(url, last: isLast))
            await flush()
            return try await repliesToOne()
        }
    }

    /// RSET: gives the open transaction up (RFC 5321 §4.1.1.5).
    public func reset() async throws(ChannelError) -> SMTPReply {
        try await command(.reset)
    }

    /// SEND: like MAIL, to a terminal (RFC 821 §3.4; obsolete).
    public func send(from path: ReversePath) async throws(ChannelError) -> SMTPReply {
        try await command(.send(path))
    }

    /// SOML: like MAIL, to a terminal or a mailbox (RFC 821 §3.4; obsolete).
    public func soml(from path: ReversePath) async throws(ChannelError) -> SMTPReply {
        try await command(.soml(path))
    }

    /// SAML: like MAIL, to a terminal and a mailbox (RFC 821 §3.4; obsolete).
    public func saml(from path: ReversePath) async throws(ChannelError) -> SMTPReply {
        try await command(.saml(path))
    }

    /// VRFY: asks whether a mailbox exists (RFC 5321 §4.1.1.6).
    public func verify(_ argument: CommandArgument) async throws(ChannelError) -> SMTPReply {
        try await command(.verify(argument))
    }

    /// EXPN: asks for the members of a mailing list (RFC 5321 §4.1.1.7).
    public func expand(_ argument: CommandArgument) async throws(ChannelError) -> SMTPReply {
        try await command(.expand(argument))
    }

    /// HELP: asks for help, on something or in general (RFC 5321 §4.1.1.8).
    public func help(_ argument: CommandArgument? = nil) async throws(ChannelError) -> SMTPReply {
        try await command(.help(argument))
    }

    /// NOOP: does nothing but ask for a reply (RFC 5321 §4.1.1.9).
    public func noop(_ argument: CommandArgument? = nil) async throws(ChannelError) -> SMTPReply {
        try await command(.noop(argument))
    }

    /// QUIT: ends the session; the server closes the connection after its reply (RFC 5321 §4.1.1.10).
    ///
    /// The channel stays as it is: close it with ``disconnect()``.
    public func quit() async throws(ChannelError) -> SMTPReply {
        try await command(.quit)
    }

    /// TURN: asks to change roles (RFC 821 §3.8; obsolete, and a danger wherever a server grants it).
    public func turn() async throws(ChannelError) -> SMTPReply {
        try await command(.turn)
    }

    /// ETRN: asks the server to start sending what it holds for a node (RFC 1985 §5).
    public func etrn(_ argument: CommandArgument) async throws(ChannelError) -> SMTPReply {
        try await command(.etrn(argument))
    }

    /// ATRN: asks to change roles for these domains, after authentication (RFC 2645 §5.2.1).
    public func atrn(_ domains: [Domain] = []) async throws(ChannelError) -> SMTPReply {
        try await command(.atrn(domains))
    }

    /// XCLIENT: says whom a proxy speaks for (Postfix).
    ///
    /// A 220 begins the session anew: the ``extensions`` are cleared, nobody has said hello, and EHLO is next. TLS stays.
    public func xclient(_ attributes: ClientAttributes) async throws(ChannelError) -> SMTPReply {
        try await command(.xclient(attributes))
    }

    /// XFORWARD: says whom a proxy speaks for, for the log and until the next message is through (Postfix).
    public func xforward(_ attributes: ClientAttributes) async throws(ChannelError) -> SMTPReply {
        try await command(.xforward(attributes))
    }

    /// STARTTLS: asks for TLS, which begins after a 220 (RFC 3207 §4).
    public func startTLS() async throws(ChannelError) -> SMTPReply {
        try await command(.startTLS)
    }

    /// AUTH: begins an authentication (RFC 4954 §4).
    ///
    /// - Parameters:
    ///   - mechanism: The name of the SASL mechanism.
    ///   - initialResponse: The mechanism's first octets, sent in base64; empty ones are sent as `=`.
    /// - Returns: The reply: 334 with a challenge, 235, or a refusal. What a refusal repeats of the credentials is
    ///   replaced by `(credentials)`, since replies are logged.
    /// - Throws: ``ChannelError`` if no reply came.
    public func auth(
        _ mechanism: AuthenticationMechanism,
        initialResponse: [UInt8]? = nil
    ) async throws(ChannelError) -> SMTPReply {
        try await command(.auth(mechanism: mechanism, initialResponse: initialResponse))
    }

    /// Answers a 334 with a line in base64 (RFC 4954 §4).
    public func authResponse(_ response: [UInt8]) async throws(ChannelError) -> SMTPReply {
        try await command(.authResponse(response))
    }

    /// Answers a 334 with `*`, which gives the authentication up (RFC 4954 §4).
    public func authCancel() async throws(ChannelError) -> SMTPReply {
        try await command(.authCancel)
    }

    /// Sends any verb, with an argument as it is.
    public func command(verb: CommandVerb, argument: CommandArgument? = nil) async throws(ChannelError) -> SMTPReply {
        try await command(.raw(verb: verb, argument: argument))
    }

    /// Sends one command and returns the reply to it.
    public func command(_ command: SMTPCommand) async throws(ChannelError) -> SMTPReply {
        try await withTurn { () async throws(ChannelError) -> SMTPReply in
            try admitCommand()
            append(command)
            if !flushAtOnce() { await flush() }
            return try await nextReply().reply
        }
    }

    /// Waits for all the replies to the oldest command of this turn.
    func repliesToOne() async throws(ChannelError) -> [SMTPReply] {
        var result: [SMTPReply] = []
        while true {
            let entry = try await nextReply()
            result.append(entry.reply)
            if entry.isLast { return result }
        }
    }
}
