internal import COpenSSL
internal import COpenSSLShims

/// TLS without any input or output of its own: ciphertext goes in and comes out, plaintext goes in and comes out.
///
/// Confined to one thread of control like the transport that drives it. What is to be sent collects until it is taken,
/// so that a flight of the handshake, or many records, leave in one write.
final class TLSEngine {
    /// What there was to decrypt.
    enum Reception {
        /// Plaintext, at least a byte.
        case received
        /// Nothing yet: more ciphertext is needed.
        case wantsInput
        /// The end that the peer announced.
        case ended
    }

    /// The plaintext of one record.
    static let recordSize = 16_384

    let context: TLSContext
    let serverName: ServerName?
    let sessionKey: SessionCache.Key?
    let ssl: OpaquePointer

    /// What verification said; `nil` until it has spoken.
    var verification: TLSVerification?

    /// The last fatal alert, in either direction.
    var alert: TLSAlert?

    /// The last alert of the peer's that is no error by itself.
    var warning: TLSAlert?

    private let bio = CiphertextBIO()
    private var phase = TLSError.Phase.handshake
    private var failure: TLSError?

    /// Whether the end was announced; nothing can be encrypted behind it.
    private(set) var hasSaidGoodbye = false

    /// The peer's first bytes, until there are enough to know a record by.
    private var firstBytes: [UInt8] = []

    /// The session that was offered.
    private var resumable: TLSSession?

    /// Prepares a connection; nothing is to be sent before the first ``handshake(_:)``.
    ///
    /// - Parameters:
    ///   - context: What connections of the configuration share.
    ///   - client: The host that was dialled and the name to verify; `nil` on a server.
    /// - Throws: ``TLSError`` if OpenSSL has no memory.
    init(_ context: TLSContext, client: (host: String, name: ServerName?)?) throws(TLSError) {
        OpenSSLErrorQueue.clear()
        guard let ssl = SSL_new(context.context) else {
            throw TLSError(.internalFailure, in: .handshake, details: OpenSSLErrorQueue.drain().map(\.text))
        }
        self.ssl = ssl
        self.context = context
        serverName = client?.name
        sessionKey = client.map { SessionCache.Key(host: $0.host, name: $0.name) }
        guard let handle = bio.makeHandle() else { throw TLSError(.internalFailure, in: .handshake) }
        SSL_set_bio(ssl, handle, handle)
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        if client == nil {
            SSL_set_accept_state(ssl)
        } else {
            SSL_set_connect_state(ssl)
            expectName()
            offerSession()
        }
    }

    deinit {
        // OpenSSL would take a session that was not closed by both sides for one that failed, and spoil it.
        if failure == nil, phase == .established { SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
        SSL_free(ssl)
    }

    var isServer: Bool { sessionKey == nil }

    private func expectName() {
        let parameters = SSL_get0_param(ssl)
        X509_VERIFY_PARAM_set_hostflags(parameters, ServerName.checks)
        switch serverName {
        case .dns(let name):
            X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count)
            _ = smtp_ssl_set_host_name(ssl, name)
        case .address(let octets):
            // An address is not to be asked for by SNI (RFC 6066 §3).
            X509_VERIFY_PARAM_set1_ip(parameters, octets, octets.count)
        case nil:
            break
        }
    }

    private func offerSession() {
        guard let sessionKey, let session = context.sessions.take(for: sessionKey) else { return }
        resumable = session
        SSL_set_session(ssl, session.session)
    }

    // MARK: The ciphertext's side

    /// Whether there is something to send.
    var hasOutput: Bool { !bio.outgoing.isEmpty }

    /// The number of bytes to send.
    var outputCount: Int { bio.outgoing.count }

    /// Swaps what is to be sent for `array`, which should be empty; its memory is used from now on.
    func takeOutput(_ array: inout [UInt8]) {
        bio.takeOutgoing(&array)
    }

    /// Goes on with the handshake, using up ciphertext.
    ///
    /// What follows the handshake stays in `input`.
    ///
    /// - Returns: Whether it is done; if not, send what is to be sent, and call again with more ciphertext.
    /// - Throws: ``TLSError``, now and by all later calls.
    func handshake(_ input: ReceiveBuffer) throws(TLSError) -> Bool {
        if let failure { throw failure }
        try refusePlaintext(input)
        let result = withInput(input) { () -> Int32 in
            OpenSSLErrorQueue.clear()
            return SSL_do_handshake(ssl)
        }
        if result == 1 {
            try settleVerification()
            phase = .established
            resumable = nil
            return true
        }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return false
        case SSL_ERROR_ZERO_RETURN: throw closedDuringHandshake()
        default: throw fail()
        }
    }

    /// The peer has ended the connection, or said that it will, before the handshake was done.
    func closedDuringHandshake() -> TLSError {
        let error = TLSError(.closedDuringHandshake, in: .handshake, alert: alert ?? warning)
        failure = error
        return error
    }

    /// Decrypts all of `input` and appends the plaintext to `output`.
    ///
    /// An error behind plaintext is thrown by the next call.
    func decrypt(_ input: ReceiveBuffer, into output: ReceiveBuffer) throws(TLSError) -> Reception {
        if let failure { throw failure }
        let count = output.count
        let result = withInput(input) { () -> Int32 in
            // Up to 1024 octets are on the stack, which is enough for replies.
            let size = input.count <= 1024 ? 1024 : Self.recordSize
            return withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { decryptRecords($0, output) }
        }
        let reason = result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, result)
        switch reason {
        case SSL_ERROR_NONE, SSL_ERROR_WANT_READ:
            return output.count > count ? .received : .wantsInput
        case SSL_ERROR_ZERO_RETURN:
            return output.count > count ? .received : .ended
        default:
            let error = fail()
            guard output.count > count else { throw error }
            return .received
        }
    }

    private func decryptRecords(_ scratch: UnsafeMutableRawBufferPointer, _ output: ReceiveBuffer) -> Int32 {
        while true {
            var count = 0
            OpenSSLErrorQueue.clear()
            let result = SSL_read_ex(ssl, scratch.baseAddress, scratch.count, &count)
            guard result == 1 else { return result }
            output.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]).bytes)
            // A last call that only says that there is no more would cost as much as decrypting a reply.
            if bio.incoming.isEmpty, SSL_has_pending(ssl) == 0 { return 1 }
        }
    }

    /// Whether there is nothing more to decrypt than an error or the end that the peer announced.
    var isInputOver: Bool { failure != nil || SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    /// Encrypts `bytes` in as few records as they fit into.
    func encrypt(_ bytes: RawSpan) throws(TLSError) {
        if let failure { throw failure }
        guard bytes.byteCount > 0 else { return }
        var count = 0
        let result = bytes.withUnsafeBytes { bytes in
            OpenSSLErrorQueue.clear()
            return SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
        }
        guard result == 1 else { throw fail() }
    }

    /// Announces the end of what is sent, once; nothing can be encrypted afterwards.
    func sayGoodbye() {
        guard failure == nil, phase == .established, !hasSaidGoodbye else { return }
        hasSaidGoodbye = true
        OpenSSLErrorQueue.clear()
        SSL_shutdown(ssl)
        OpenSSLErrorQueue.clear()
    }

    /// Renews the keys of TLS 1.3 and asks the peer to do so too (RFC 8446 §4.6.3).
    func updateKeys() throws(TLSError) {
        if let failure { throw failure }
        OpenSSLErrorQueue.clear()
        guard SSL_key_update(ssl, Int32(SSL_KEY_UPDATE_REQUESTED)) == 1, SSL_do_handshake(ssl) == 1 else {
            throw fail()
        }
    }

    /// Lends OpenSSL the bytes of `input` for a call, and drops what it has read.
    private func withInput(_ input: ReceiveBuffer, _ body: () -> Int32) -> Int32 {
        let (result, consumed) = input.withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                bio.incoming = bytes
                let result = body()
                let consumed = bytes.count - bio.incoming.count
                bio.incoming = UnsafeRawBufferPointer(start: nil, count: 0)
                return (result, consumed)
            }
        }
        input.consume(consumed)
        return result
    }
}

extension TLSEngine {
    /// Refuses a peer whose first bytes are no record of TLS, before OpenSSL makes a riddle of it.
    private func refusePlaintext(_ input: ReceiveBuffer) throws(TLSError) {
        guard firstBytes.count < 2, !input.isEmpty else { return }
        firstBytes += input.withBytes { bytes in bytes.withUnsafeBytes { Array($0.prefix(64)) } }
        guard !TLSRecord.mayBegin(firstBytes) else { return }
        let error = TLSError(.peerSpokePlaintext(firstBytes: firstBytes), in: .handshake)
        failure = error
        throw error
    }

    /// Makes sure that a client goes on only with a verdict: one of this handshake or of the session that is resumed.
    private func settleVerification() throws(TLSError) {
        if verification == nil, SSL_session_reused(ssl) == 1 {
            verification = isServer ? verificationOfResumedClient() : resumable?.verification
        }
        if verification != nil { return }
        if isServer || context.verification == .insecureSkipVerification {
            verification = .skipped
            return
        }
        let missing = verificationFailure(X509_V_ERR_UNSPECIFIED, check: .presence)
        verification = .failed(missing)
        guard context.verification == .required else { return }
        let error = TLSError(.verificationFailed(missing), in: .handshake)
        failure = error
        throw error
    }

    private func verificationOfResumedClient() -> TLSVerification {
        guard let session = SSL_get_session(ssl), SSL_SESSION_get0_peer(session) != nil else { return .skipped }
        let code = Int32(clamping: SSL_get_verify_result(ssl))
        return code == X509_V_OK ? .passed : .failed(verificationFailure(code))
    }

    /// Takes OpenSSL's errors, and fails this and all later calls.
    private func fail() -> TLSError {
        let error = makeError(OpenSSLErrorQueue.drain(), phase)
        failure = error
        return error
    }
}

/// The outermost form of TLS.
package enum TLSRecord {
    /// Whether a stream that begins with `bytes` may be TLS: a handshake or an alert, of version 3 (RFC 8446 §5.1).
    package static func mayBegin(_ bytes: some Collection<UInt8>) -> Bool {
        var bytes = bytes.makeIterator()
        guard let type = bytes.next() else { return true }
        guard type == 0x16 || type == 0x15 else { return false }
        guard let version = bytes.next() else { return true }
        return version == 3
    }
}
