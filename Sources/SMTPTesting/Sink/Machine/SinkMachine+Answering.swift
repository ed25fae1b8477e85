internal import SMTPWire

extension SinkMachine {
    /// Says and does what the script has for this moment, otherwise `regular`, and returns the code that counts.
    @discardableResult
    mutating func answer(
        _ kind: SinkMoment.Kind,
        _ line: SinkCommandLine?,
        address: @autoclosure () -> String? = nil,
        _ regular: SinkReply
    ) -> Int? {
        say(scripted(kind, line, address: address(), regular) ?? regular)
    }

    /// What the script has for this moment.
    mutating func scripted(
        _ kind: SinkMoment.Kind,
        _ line: SinkCommandLine?,
        address: @autoclosure () -> String? = nil,
        _ regular: SinkReply
    ) -> SinkReply? {
        guard !script.isEmpty else { return nil }
        let moment = SinkMoment(
            session: record.number,
            kind: kind,
            verb: kind == .command ? line?.name ?? "" : "",
            line: line?.text ?? "",
            address: address()
        )
        return script.reply(at: moment, regular: regular)
    }

    @discardableResult
    mutating func say(_ reply: SinkReply) -> Int? {
        for step in reply.steps {
            if case .say(let octets) = step, effects.isEmpty {
                output += octets
            } else {
                perform(step)
            }
        }
        if reply.code == 421, !isEnding { perform(.close) }
        return reply.code
    }

    mutating func perform(_ step: SinkReply.Step) {
        if step == .close || step == .reset { isEnding = true }
        effects.append(step)
    }

    /// Ends the open transaction, if there is one.
    mutating func endTransaction(_ outcome: SinkTransaction.Outcome) {
        guard var transaction = transaction.take() else { return }
        transaction.outcome = outcome
        let content = reception.take(configuration.limits)
        transaction.content = content.octets
        transaction.contentLength = content.count
        transaction.hasBareLineEnds = content.hasBareLineEnds
        ended.append(transaction)
    }

    /// Forgets what the client said, as after TLS begins and after XCLIENT.
    mutating func beginAnew() {
        endTransaction(.reset)
        record.change { $0.hello = nil }
        extensions = ServiceExtensions()
    }

    func enforces(_ enforcement: SinkEnforcement) -> Bool { configuration.enforcement.contains(enforcement) }

    /// Whether what needs `keyword` is to be refused.
    func misses(_ keyword: ServiceExtensions.Keyword) -> Bool {
        enforces(.extensions) && !extensions.contains(keyword)
    }
}

extension Int? {
    /// Whether a reply of this code does what was asked for.
    var isPositive: Bool { map { $0 / 100 == 2 } ?? false }
}
