import SMTPSession
internal import SMTPTransport
internal import SMTPWire

/// STARTTLS, the handshake and the hello behind it, in one turn: no command of another task falls in between.
extension CommandChannel {
    /// What became of it.
    struct Upgrade {
        /// The reply to STARTTLS.
        let reply: SMTPReply

        /// What is known of the protected connection, if that was 220.
        var info: TLSInfo?

        /// The reply to the hello behind it, or why there is none.
        var hello: Result<SMTPReply, ChannelError>?
    }

    /// Sends STARTTLS, shakes hands behind a 220, and says `hello`.
    ///
    /// - Parameters:
    ///   - configuration: What is demanded of the server.
    ///   - host: The host that the certificate must be valid for.
    ///   - hello: What is said under TLS.
    /// - Returns: The replies, and what is known of the protected connection.
    /// - Throws: ``ChannelError`` if there is no reply to STARTTLS, or the handshake failed.
    func startTLS(
        _ configuration: TLSConfiguration,
        host: String,
        then hello: SMTPCommand
    ) async throws(ChannelError) -> Upgrade {
        try await withTurn { () async throws(ChannelError) -> Upgrade in
            try admitCommand()
            append(.startTLS)
            await flush()
            var result = Upgrade(reply: try await nextReply().reply)
            guard result.reply.code == 220 else { return result }
            result.info = try await upgrade(configuration, host: host)
            append(hello)
            await flush()
            do throws(ChannelError) {
                result.hello = .success(try await nextReply().reply)
            } catch {
                result.hello = .failure(error)
            }
            return result
        }
    }
}
