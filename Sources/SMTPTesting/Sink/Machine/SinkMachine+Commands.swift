internal import SMTPWire

extension SinkMachine {
    mutating func greet() {
        mode = .commands
        guard !isOneTooMany else {
            say(.tooManyConnections)
            return
        }
        let code = answer(
            .connection,
            nil,
            .reply(220, "\(configuration.name) \(configuration.isLMTP ? "LMTP" : "ESMTP")")
        )
        isTurnedAway = code.map { $0 / 100 >= 4 } ?? false
    }

    /// Takes a command line or an answer to a challenge, and returns whether one was there.
    mutating func takeLine() -> Bool {
        let start = record.receivedCount - input.count
        guard let taken = input.takeLine(limit: configuration.limits.lineLength) else { return false }
        guard var octets = taken else {
            if case .authentication = mode { mode = .commands }
            say(.lineTooLong)
            return true
        }
        octets.removeLast()
        if octets.last == 0x0D { octets.removeLast() }
        record.change { $0.recordCommand(start..<start + octets.count) }
        let line = SinkCommandLine(octets[...])
        if case .authentication = mode {
            authenticationResponseReceived(line)
        } else {
            commandReceived(line)
        }
        return true
    }

    private mutating func commandReceived(_ line: SinkCommandLine) {
        let verb = line.verb
        if enforces(.synchronization), !isSynchronized(verb) {
            answer(.command, line, .notSynchronized)
        } else if isTurnedAway, verb != .quit {
            answer(.command, line, .outOfSequence)
        } else {
            commandReceived(verb, line)
        }
    }

    private mutating func commandReceived(_ verb: SinkVerb?, _ line: SinkCommandLine) {
        switch verb {
        case .mail, .send, .soml, .saml: mailReceived(line)
        case .rcpt: recipientReceived(line)
        case .data: dataReceived(line)
        case .bdat: chunkAnnounced(line)
        case .burl: urlReceived(line)
        case .rset: if answer(.command, line, .ok).isPositive { endTransaction(.reset) }
        case .ehlo, .helo, .lhlo: helloReceived(line)
        case .quit: quitReceived(line)
        case .auth: authenticationReceived(line)
        case .startTLS: startTLSReceived(line)
        case .xclient: xclientReceived(line)
        case .noop: answer(.command, line, .ok)
        case .verify: answer(.command, line, line.argument.isEmpty ? .malformed : .cannotVerify)
        case .help: answer(.command, line, .help)
        case .etrn: answer(.command, line, misses(.etrn) ? .notImplemented : .ok)
        case .xforward: xforwardReceived(line)
        case .expand, .turn, .atrn: answer(.command, line, .notImplemented)
        case nil: answer(.command, line, .unknownCommand)
        }
    }

    /// Whether what has come behind the command may have (RFC 2920 §3.1).
    private func isSynchronized(_ verb: SinkVerb?) -> Bool {
        // A chunk and the handshake of TLS are no commands; what came behind STARTTLS is seen there.
        guard !input.isEmpty, verb != .bdat, verb != .startTLS else { return true }
        return extensions.contains(.pipelining) && verb?.mayPrecedeOthers == true
    }

    private mutating func quitReceived(_ line: SinkCommandLine) {
        guard answer(.command, line, .bye).isPositive else { return }
        record.change { $0.ending = .quit }
        if !isEnding { perform(.close) }
    }

    // MARK: Hello

    private mutating func helloReceived(_ line: SinkCommandLine) {
        let regular: SinkReply
        if (line.verb == .lhlo) != configuration.isLMTP {
            regular = .unknownCommand
        } else if line.argument.isEmpty {
            regular = .malformed
        } else {
            regular = .reply(250, lines: [configuration.name] + (line.verb == .helo ? [] : keywords))
        }
        let reply = scripted(.command, line, regular) ?? regular
        guard say(reply).isPositive else { return }
        endTransaction(.reset)
        record.change { $0.hello = line.text }
        extensions = line.verb == .helo ? ServiceExtensions() : reply.extensions
    }

    private var keywords: [String] {
        if record.hasUser, let keywords = configuration.keywordsAfterAuthentication { return keywords }
        guard record.isEncrypted else { return configuration.keywords }
        return configuration.keywordsAfterTLS ?? configuration.keywords.filter { $0.uppercased() != "STARTTLS" }
    }

    // MARK: What changes the session

    private mutating func startTLSReceived(_ line: SinkCommandLine) {
        let regular: SinkReply
        if misses(.startTLS) {
            regular = .notImplemented
        } else if record.isEncrypted {
            regular = .outOfSequence
        } else if !line.argument.isEmpty {
            regular = .malformed
        } else {
            regular = configuration.tls == nil ? .tlsUnavailable : .startTLS
        }
        if answer(.command, line, regular) == 220 { perform(.upgrade) }
    }
}

extension SinkReply {
    /// The keywords that the reply to a hello offers.
    fileprivate var extensions: ServiceExtensions {
        let said = steps.flatMap { step -> [UInt8] in if case .say(let octets) = step { octets } else { [] } }
        let lines = said.split(separator: 0x0A).dropFirst().map { $0.dropFirst(4) }
        return ServiceExtensions(text: String(decoding: Array(lines.joined(separator: [0x0A])), as: UTF8.self))
    }
}
