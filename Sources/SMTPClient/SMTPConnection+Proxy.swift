import SMTPSession
public import SMTPWire

/// What a proxy, such as a filter in front of a server or behind it, says of the client it speaks for.
///
/// Both commands are Postfix's own, and a server offers them to whom it trusts alone.
extension SMTPConnection {
    /// Has the server take this session for that of another client (XCLIENT), and says hello again.
    ///
    /// Makes hello and TLS first, as the configuration asks for them. The session begins anew: what was offered is
    /// forgotten, and so is an authentication, unless the attributes say `ClientAttribute/Name/login`. TLS stays.
    ///
    /// - Parameter attributes: What is known of the client.
    /// - Returns: What the server offers now.
    /// - Throws: ``SMTPError``: of kind ``SMTPError/Kind/notOffered`` if the server does not offer XCLIENT or one of the
    ///   attributes, ``SMTPError/Kind/usage`` while a mail transaction is open, or ``SMTPError/Kind/refused``; nothing but
    ///   hello and STARTTLS is sent in the first two cases.
    @discardableResult
    public func xclient(_ attributes: ClientAttributes) async throws(SMTPError) -> ServiceExtensions {
        try await alone { () async throws(SMTPError) in
            try await makeSecure()
            try check(attributes.attributes, .xclient, taken: channel.extensions.xclientAttributes)
            let reply = try await reply(to: .xclient(attributes))
            guard reply.code == 220 else { throw await rejection(reply, "XCLIENT") }
            return try await hello(as: await nextHello.name)
        }
    }

    /// Tells the server whom the next message comes from, for its log (XFORWARD).
    ///
    /// Makes the connection ready first, as ``prepare()`` does. What does not fit into one command goes into several. It
    /// holds for one message: say it again before the next.
    ///
    /// - Parameter attributes: What is known of the client; at least one.
    /// - Throws: ``SMTPError`` as ``xclient(_:)`` does, and of kind ``SMTPError/Kind/usage`` without an attribute.
    public func xforward(_ attributes: [ClientAttribute]) async throws(SMTPError) {
        let lists: [ClientAttributes]
        do throws(WireError) {
            lists = try ClientAttributes.divided(attributes)
        } catch {
            throw .usage("XFORWARD: \(error)")
        }
        try await prepare()
        try check(attributes, .xforward, taken: channel.extensions.xforwardAttributes)
        for list in lists { try await positiveReply(to: .xforward(list)) }
    }

    private func check(
        _ attributes: [ClientAttribute],
        _ keyword: ServiceExtensions.Keyword,
        taken: [ClientAttribute.Name]
    ) throws(SMTPError) {
        guard channel.extensions.contains(keyword) else {
            throw .notOffered(keyword.name, because: "it does not take this client for a proxy")
        }
        // A keyword without a list says nothing of what it takes.
        if !taken.isEmpty, let unknown = attributes.first(where: { !taken.contains($0.name) }) {
            let names = taken.map(\.text).joined(separator: ", ")
            throw .beyondOffer("\(keyword.name) \(unknown.name.text)", because: "it takes \(names)")
        }
        guard channel.state.transaction.stage != .open else {
            throw .inTransaction(keyword.name)
        }
    }
}
