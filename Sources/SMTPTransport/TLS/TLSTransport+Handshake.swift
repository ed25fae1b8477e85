extension TLSTransport {
    /// Sets up TLS over `transport`.
    ///
    /// Like every use of a transport this belongs on its executor: call it from an actor there, or from a task that
    /// prefers it. Cancelling the task has no effect; who wants to give up closes `transport`.
    ///
    /// Nothing may have been received behind what precedes TLS: bytes that came before the handshake are not the peer's
    /// whose certificate is verified here (for STARTTLS, RFC 3207 §6).
    ///
    /// - Parameters:
    ///   - transport: What to wrap; owned by the result from now on. It is closed if this fails.
    ///   - role: The side to take, for a client with the host that was dialled.
    ///   - configuration: What to demand and to show.
    /// - Returns: The transport for plaintext.
    /// - Throws: ``TransportError/tls(_:)``, the errors of `transport`, or the reason it was closed for.
    public static func handshake(
        over transport: any Transport,
        as role: TLSRole,
        configuration: TLSConfiguration = TLSConfiguration()
    ) async throws(TransportError) -> TLSTransport {
        do throws(TransportError) {
            let tls = TLSTransport(over: transport, engine: try makeEngine(role, configuration))
            try await tls.shakeHands()
            return tls
        } catch {
            transport.close(error)
            throw error
        }
    }

    private static func makeEngine(
        _ role: TLSRole,
        _ configuration: TLSConfiguration
    ) throws(TransportError) -> TLSEngine {
        do throws(TLSError) {
            let context = try configuration.contexts.context(for: role, configuration)
            switch role {
            case .server:
                return try TLSEngine(context, client: nil)
            case .client(let host):
                return try TLSEngine(context, client: (host, try context.serverName(for: host, configuration)))
            }
        } catch {
            throw .tls(error)
        }
    }
}
