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

    /// What is wrapped, if it can be used without waiting.
    let direct: (any DirectTransport)?
    let engine: TLSEngine

    /// Ciphertext that was received and not yet decrypted.
    let ciphertext = ReceiveBuffer()

    /// Who is told of plaintext by a call instead of waiting for it.
    var receiver: StreamReceiver?

    /// Ciphertext on its way down, and how much of it has gone; the engine has an array of its own, and they swap.
    private var outgoing: [UInt8] = []
    private var goneCount = 0
    private var isFlushing = false
    private var flushWaiters: [UnsafeContinuation<Void, Never>] = []
    private(set) var closeReason: TransportError?

    init(over inner: any Transport, engine: TLSEngine) {
        self.inner = inner
        self.direct = inner.asDirect
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
        receiver = nil
        end(reason)
    }

    /// Closes, and leaves the receiver to be told.
    private func end(_ reason: TransportError) {
        guard closeReason == nil else { return }
        if !isFlushing {
            engine.sayGoodbye()
            sendWithoutWaiting()
        }
        closeReason = reason
        resumeFlushWaiters()
        inner.close(reason)
    }

    /// Breaks the transport below off, without a goodbye.
    public func abort() {
        receiver = nil
        inner.abort()
    }
}

extension TLSTransport {
    /// Whether anything is to be sent.
    private var hasOutput: Bool { goneCount < outgoing.count || engine.hasOutput }

    /// Sees to it that `outgoing` holds what is to be sent next, and returns whether there is anything.
    private func takeOutput() -> Bool {
        if goneCount < outgoing.count { return true }
        outgoing.removeAll(keepingCapacity: true)
        goneCount = 0
        guard engine.hasOutput else { return false }
        engine.takeOutput(&outgoing)
        return true
    }

    /// Hands down what is to be sent as far as it goes without waiting, and returns whether nothing is left.
    func flushAtOnce() throws(TransportError) -> Bool {
        guard !isFlushing else { return false }
        guard let direct else { return !hasOutput }
        while takeOutput() {
            let bytes = outgoing
            goneCount += try direct.writeAtOnce(bytes.span.bytes.extracting(goneCount...))
            if goneCount < bytes.count { return false }
        }
        return true
    }

    /// Hands down all that is to be sent.
    func flush() async throws(TransportError) {
        while isFlushing {
            await withUnsafeContinuation { waiter in
                if isFlushing, closeReason == nil { flushWaiters.append(waiter) } else { waiter.resume() }
            }
            if let closeReason { throw closeReason }
        }
        if try flushAtOnce() { return }
        isFlushing = true
        defer {
            isFlushing = false
            resumeFlushWaiters()
        }
        while takeOutput() {
            let bytes = outgoing
            let start = goneCount
            // Once the writing has begun nothing of it may be sent a second time, whatever comes of it.
            goneCount = bytes.count
            try await inner.write(bytes.span.bytes.extracting(start...))
        }
    }

    private func resumeFlushWaiters() {
        let waiters = flushWaiters
        flushWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    /// Whether a writer is at it, who takes along what reading gives rise to.
    private var isTakenAlong: Bool { isFlushing && engine.outputCount <= Self.replyLimit }

    /// Hands down what reading gave rise to, unless a writer is at it, who then does it on his next round.
    private func flushAsReader() async throws(TransportError) {
        // A peer that makes this side answer without end, and reads nothing, must not fill the memory.
        guard !isTakenAlong else { return }
        do throws(TransportError) {
            try await flush()
        } catch {
            // What the peer sent before it stopped reading is still to be read.
            if let closeReason { throw closeReason }
        }
    }

    /// The same without waiting; `onWait` is called if nothing more should be read until ``flush()`` is done.
    func flushAsReceiver(onWait: () -> Void) {
        guard hasOutput, !isTakenAlong, (try? flushAtOnce()) == false else { return }
        if engine.outputCount > Self.replyLimit { onWait() } else { flushLater {} }
    }

    /// Hands down in a task of its own what could not go at once, and calls `body` then.
    func flushLater(then body: @escaping () -> Void) {
        nonisolated(unsafe) let transport = self
        nonisolated(unsafe) let body = body
        Task(executorPreference: executor) {
            // Who breaks what is below is told by it.
            try? await transport.flush()
            body()
        }
    }

    /// Sends the alert if there is one, closes, and returns the error to throw.
    func fail(_ error: TLSError) async -> TransportError {
        if hasOutput, !isFlushing { try? await flush() }
        return failAtOnce(error)
    }

    /// Sends the alert if that needs no waiting, closes, and returns the error to throw; the receiver is told later.
    func failAtOnce(_ error: TLSError) -> TransportError {
        if let closeReason { return closeReason }
        _ = try? flushAtOnce()
        end(.tls(error))
        if receiver != nil {
            nonisolated(unsafe) let transport = self
            // Not from within a call of the receiver's own.
            Task(executorPreference: executor) { transport.receiver.take()?.onEvent(.failed(.tls(error))) }
        }
        return .tls(error)
    }

    /// Hands down what is to be sent as far as the transport below takes it at once.
    private func sendWithoutWaiting() {
        guard direct == nil else {
            _ = try? flushAtOnce()
            return
        }
        guard takeOutput() else { return }
        guard #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) else { return }
        nonisolated(unsafe) let inner = inner
        let last = outgoing
        goneCount = last.count
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
            if try !flushAtOnce() { try await flush() }
            if isDone { return }
            guard try await inner.read(into: ciphertext) else {
                throw await fail(engine.closedDuringHandshake())
            }
        }
    }
}
