internal import Synchronization

/// TLS over another transport, whatever that is: a socket, a pipe in memory, or TLS itself.
///
/// It owns what it wraps and lives on the same executor; like every transport it is confined to it. Each write becomes
/// records of up to 16 KiB and leaves in one write of the transport below, which is the backpressure.
///
/// The end that the peer announces reads as the end of the stream; an end without a word is the error
/// ``TLSError/Kind/truncated``, thrown after all that had arrived. An error of TLS closes the transport.
public final class TLSTransport: Transport {
    /// The most plaintext that is encrypted before it is handed down: four records, which stay in the processor's cache.
    static let writeUnit = 4 * TLSEngine.recordSize

    /// The most ciphertext that reading may leave to a writer that waits, such as answers to renewed keys.
    static let replyLimit = 16_384

    private let inner: any Transport
    let engine: TLSEngine

    /// Ciphertext that was received and not yet decrypted.
    private let ciphertext = ReceiveBuffer()

    /// The array that is not the engine's at the moment; they swap at each write.
    private var spare: [UInt8] = []
    private var isFlushing = false
    private var flushWaiter: UnsafeContinuation<Void, Never>?
    private var closeReason: TransportError?

    init(over inner: any Transport, engine: TLSEngine) {
        self.inner = inner
        self.engine = engine
    }

    /// The executor of the transport below.
    public var executor: any TransportExecutor { inner.executor }

    /// The local address of the transport below.
    public var localAddress: String? { inner.localAddress }

    /// The remote address of the transport below.
    public var remoteAddress: String? { inner.remoteAddress }

    /// Encrypted, and verified if verification was done and passed.
    public var security: TransportSecurity {
        TransportSecurity(isEncrypted: true, isVerified: engine.verification == .passed)
    }

    /// What is known of the connection: version, cipher, certificates, channel bindings.
    ///
    /// Made anew at each call, which costs some microseconds.
    public var info: TLSInfo { engine.info }

    /// Waits for plaintext and appends it to `buffer`; `false` at the end that the peer announced.
    ///
    /// - Throws: ``TransportError/tls(_:)``, the errors of the transport below, or the reason of ``close(_:)``.
    public func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool {
        while true {
            if let closeReason { throw closeReason }
            let reception: TLSEngine.Reception
            do throws(TLSError) {
                reception = try engine.decrypt(ciphertext, into: buffer)
            } catch {
                throw await fail(error)
            }
            // An answer to renewed keys or to a wish for renegotiation, or an alert.
            if engine.hasOutput { try await flushAsReader() }
            switch reception {
            case .received: return true
            case .ended: return false
            case .wantsInput: break
            }
            guard try await inner.read(into: ciphertext) else {
                throw closeReason ?? .tls(TLSError(.truncated, in: .established))
            }
        }
    }

    /// Encrypts `bytes` and hands them down.
    ///
    /// - Throws: ``TransportError/tls(_:)``, the errors of the transport below, or the reason of ``close(_:)``.
    public func write(_ bytes: RawSpan) async throws(TransportError) {
        var offset = 0
        while offset < bytes.byteCount {
            if let closeReason { throw closeReason }
            guard !engine.hasSaidGoodbye else { throw .closed }
            let end = min(offset + Self.writeUnit, bytes.byteCount)
            do throws(TLSError) {
                try engine.encrypt(bytes.extracting(offset..<end))
            } catch {
                throw await fail(error)
            }
            try await flush()
            offset = end
        }
    }

    /// Announces the end to the peer, and ends the outgoing direction of the transport below; reading goes on.
    ///
    /// - Throws: The errors of the transport below, or the reason of ``close(_:)``.
    public func shutdownWrite() async throws(TransportError) {
        if let closeReason { throw closeReason }
        engine.sayGoodbye()
        try await flush()
        try await inner.shutdownWrite()
    }

    /// Closes the transport below at once, after announcing the end to the peer if that needs no waiting.
    public func close(_ reason: TransportError) {
        guard closeReason == nil else { return }
        if !isFlushing {
            engine.sayGoodbye()
            sendWithoutWaiting()
        }
        closeReason = reason
        flushWaiter.take()?.resume()
        inner.close(reason)
    }

    /// Breaks the transport below off, without a goodbye.
    public func abort() {
        inner.abort()
    }
}

extension TLSTransport {
    /// Hands down all that is to be sent.
    func flush() async throws(TransportError) {
        while isFlushing {
            precondition(flushWaiter == nil, "a second write is outstanding")
            await withUnsafeContinuation { waiter in
                if isFlushing, closeReason == nil { flushWaiter = waiter } else { waiter.resume() }
            }
            if let closeReason { throw closeReason }
        }
        isFlushing = true
        defer {
            isFlushing = false
            flushWaiter.take()?.resume()
        }
        while engine.hasOutput {
            var bytes: [UInt8] = []
            swap(&bytes, &spare)
            engine.takeOutput(&bytes)
            try await inner.write(bytes.span.bytes)
            bytes.removeAll(keepingCapacity: true)
            swap(&bytes, &spare)
        }
    }

    /// Hands down what reading gave rise to, unless a writer is at it, who then does it on his next round.
    private func flushAsReader() async throws(TransportError) {
        // A peer that makes this side answer without end, and reads nothing, must not fill the memory.
        guard !isFlushing || engine.outputCount > Self.replyLimit else { return }
        do throws(TransportError) {
            try await flush()
        } catch {
            // What the peer sent before it stopped reading is still to be read.
            if let closeReason { throw closeReason }
        }
    }

    /// Sends the alert if there is one, closes, and returns the error to throw.
    func fail(_ error: TLSError) async -> TransportError {
        if engine.hasOutput, !isFlushing { try? await flush() }
        if let closeReason { return closeReason }
        close(.tls(error))
        return .tls(error)
    }

    /// Hands down what is to be sent as far as the transport below takes it at once.
    private func sendWithoutWaiting() {
        guard engine.hasOutput else { return }
        var bytes: [UInt8] = []
        engine.takeOutput(&bytes)
        guard #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) else { return }
        nonisolated(unsafe) let inner = inner
        let last = bytes
        // The task begins within this call, and where it would have to wait, closing what is below ends it.
        Task.immediate { try? await inner.write(last.span.bytes) }
    }

    /// Takes part in the handshake until it is done.
    func shakeHands() async throws(TransportError) {
        while true {
            if let closeReason { throw closeReason }
            let isDone: Bool
            do throws(TLSError) {
                isDone = try engine.handshake(ciphertext)
            } catch {
                throw await fail(error)
            }
            if engine.hasOutput { try await flush() }
            if isDone { return }
            guard try await inner.read(into: ciphertext) else {
                throw await fail(TLSError(.closedDuringHandshake, in: .handshake, alert: engine.alert))
            }
        }
    }
}
