public import SMTPTransport
internal import SMTPWire
internal import Synchronization

/// TLS on the connection: in the midst of it, or from its first byte.
extension CommandChannel {
    /// Sets up TLS after a 220 to STARTTLS, and forgets all that was said before (RFC 3207 §4).
    ///
    /// The extensions are cleared, and the next command is EHLO. If the handshake fails, or the task is cancelled in it,
    /// the channel is closed: nothing follows in clear.
    ///
    /// - Parameters:
    ///   - configuration: What is demanded of the server, and shown to it.
    ///   - host: The host that was dialled, which the certificate must be valid for.
    /// - Returns: What is known of the protected connection; also in ``ChannelState/tls``.
    /// - Throws: ``ChannelError/misuse(_:)`` with ``ChannelError/Misuse/tlsNotExpected`` before a 220;
    ///   ``ChannelError/protocolViolation(_:)`` with ``ChannelError/ProtocolViolation/bytesBeforeTLS(count:)`` if
    ///   bytes came behind the 220, which are never read as a reply; ``ChannelError/transport(_:)`` with `TransportError/tls(_:)`;
    ///   ``ChannelError/timedOut(_:after:)``; or ``ChannelError/cancelled``.
    @discardableResult
    public func upgradeToTLS(
        _ configuration: TLSConfiguration = TLSConfiguration(),
        host: String
    ) async throws(ChannelError) -> TLSInfo {
        do throws(ChannelError) {
            return try await withTurn { () async throws(ChannelError) -> TLSInfo in
                try await upgrade(configuration, host: host)
            }
        } catch {
            // Also where the task was cancelled before the turn came.
            if error == .cancelled, replies.transaction.awaitsTLS { fail(.upgradeAbandoned) }
            throw error
        }
    }

    /// Does what ``upgradeToTLS(_:host:)`` does, for the holder of the turn.
    package func upgrade(_ configuration: TLSConfiguration, host: String) async throws(ChannelError) -> TLSInfo {
        if let failure { throw failure }
        guard replies.transaction.awaitsTLS else { throw .misuse(.tlsNotExpected) }
        guard unreadByteCount == 0 else {
            fail(.protocolViolation(.bytesBeforeTLS(count: unreadByteCount)))
            throw failure ?? .disconnected
        }
        if holderIsCancelled {
            fail(.upgradeAbandoned)
            throw .cancelled
        }
        let info = try await shakeHands(configuration, host: host)
        replies.tlsStarted()
        publishTransaction()
        clearExtensions()
        startReading()
        return info
    }

    /// Puts TLS between the channel and its transport.
    func shakeHands(_ configuration: TLSConfiguration, host: String) async throws(ChannelError) -> TLSInfo {
        deadlines.handshakeSince = executor.now
        watchDeadlines()
        defer { deadlines.handshakeSince = nil }
        do throws(TransportError) {
            let tls = try await TLSTransport.handshake(
                over: transport,
                as: .client(host: host),
                configuration: configuration
            )
            let info = tls.info
            if let failure { throw failure.closeReason }
            transport = tls
            snapshot.withLock { state in
                state.security = tls.security
                state.tls = info
            }
            return info
        } catch {
            // If it was closed from here, the reason is known already.
            fail(.transport(error))
            throw failure ?? .transport(error)
        }
    }
}
