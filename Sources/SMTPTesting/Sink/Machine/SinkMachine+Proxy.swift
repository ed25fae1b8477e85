internal import SMTPWire

/// What a proxy says of the client it speaks for (Postfix).
extension SinkMachine {
    mutating func xclientReceived(_ line: SinkCommandLine) {
        let known = record.read { $0.clientAttributes }
        let attributes = attributes(in: line, offered: extensions.xclientAttributes, beside: known)
        let regular =
            refusalOfProxy(.xclient, attributes) ?? .reply(220, "\(configuration.name) ESMTP")
        guard answer(.command, line, regular).isPositive else { return }
        beginAnew()
        let login = attributes?["LOGIN"] ?? ""
        record.change { session in
            session.clientAttributes.merge(attributes ?? [:]) { $1 }
            session.user = login.isEmpty || login.hasPrefix("[") ? nil : login
        }
    }

    mutating func xforwardReceived(_ line: SinkCommandLine) {
        let attributes = attributes(in: line, offered: extensions.xforwardAttributes, beside: forwarded)
        guard answer(.command, line, refusalOfProxy(.xforward, attributes) ?? .ok).isPositive else { return }
        forwarded.merge(attributes ?? [:]) { $1 }
    }

    private func refusalOfProxy(
        _ keyword: ServiceExtensions.Keyword,
        _ attributes: [String: String]?
    ) -> SinkReply? {
        if misses(keyword) { return .notImplemented }
        if transaction != nil { return .outOfSequence }
        return attributes == nil ? .malformed : nil
    }

    /// The attributes by name, decoded; `nil` for what are none, or none that is offered.
    ///
    /// `nil` too if a line could not hold them beside those known: a client may make up names where none are listed.
    private func attributes(
        in line: SinkCommandLine,
        offered: [ClientAttribute.Name],
        beside known: [String: String]
    ) -> [String: String]? {
        var result: [String: String] = [:]
        for word in line.argument.split(separator: 0x20) {
            let parts = word.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: parts[0], as: UTF8.self).uppercased()
            // A keyword without a list says nothing of what it takes.
            let isOffered = offered.isEmpty || offered.contains { $0.text == name }
            guard parts.count == 2, isOffered || !enforces(.extensions) else { return nil }
            let value = String(decoding: parts[1], as: UTF8.self)
            let isKnown = !["[UNAVAILABLE]", "[TEMPUNAVAIL]"].contains(value)
            guard let octets = isKnown ? try? XText.decode(value) : Array(value.utf8) else { return nil }
            result[name] = String(decoding: octets, as: UTF8.self)
        }
        let fits = known.merging(result) { $1 }.footprint <= configuration.limits.lineLength
        return result.isEmpty || !fits ? nil : result
    }
}
