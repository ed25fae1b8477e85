/// TLS over a transport that no task has to wait for is one itself.
///
/// Nobody is called from within OpenSSL: what there is is decrypted first, and told then. So whoever is told may write,
/// stop or close in that call.
extension TLSTransport: DirectTransport {
    /// Whether the transport below tells of bytes by a call.
    package var isDirect: Bool { direct != nil }

    /// Encrypts `bytes` and hands them down, as far as nothing has to wait.
    ///
    /// What is encrypted cannot be given back: where the transport below takes only a part of it, the rest counts as
    /// accepted all the same, and nothing more is until it has gone.
    package func writeAtOnce(_ bytes: RawSpan) throws(TransportError) -> Int {
        if let closeReason { throw closeReason }
        guard !engine.hasSaidGoodbye else { throw .closed }
        guard isDirect else { return 0 }
        var count = 0
        while try flushAtOnce() {
            // The rest is for whoever comes to wait, and who takes along what is here.
            if count == bytes.byteCount { return count }
            let end = min(count + Self.writeUnit, bytes.byteCount)
            do throws(TLSError) {
                try engine.encrypt(bytes.extracting(count..<end))
            } catch {
                throw failAtOnce(error)
            }
            count = end
        }
        if count == bytes.byteCount { flushLater {} }
        return count
    }

    /// Tells of plaintext by calls of `onEvent`; the end is told only if the peer announced it.
    package func deliver(into buffer: ReceiveBuffer, _ onEvent: @escaping (StreamEvent) -> Void) {
        receiver = StreamReceiver(buffer, onEvent)
        decryptForReceiver()
        listen()
    }

    /// Leaves plaintext, and what is not decrypted yet, to ``read(into:)``.
    package func stopDelivering() {
        receiver = nil
        direct?.stopDelivering()
    }

    /// As the transport below says: of the encrypted octets.
    package var takenCount: Int? { direct?.takenCount }

    private func listen() {
        guard receiver != nil else { return }
        direct?.deliver(into: ciphertext) { [self] event in
            switch event {
            case .bytes: decryptForReceiver()
            case .endOfStream: tell(.failed(.tls(TLSError(.truncated, in: .established))))
            case .failed(let error): tell(.failed(error))
            }
        }
    }

    private func decryptForReceiver() {
        while let receiver {
            let reception: TLSEngine.Reception
            do throws(TLSError) {
                reception = try engine.decrypt(ciphertext, into: receiver.buffer)
            } catch {
                self.receiver = nil
                return receiver.onEvent(.failed(failAtOnce(error)))
            }
            // An answer to renewed keys or to a wish for renegotiation, or an alert.
            flushAsReceiver {
                direct?.stopDelivering()
                flushLater { [self] in listen() }
            }
            switch reception {
            case .received: receiver.onEvent(.bytes)
            case .ended: return tell(.endOfStream)
            case .wantsInput: return
            }
            guard engine.isInputOver else { return }
        }
    }

    /// Tells the last that there is to tell, and leaves below what may come behind it.
    private func tell(_ end: StreamEvent) {
        guard let receiver = receiver.take() else { return }
        direct?.stopDelivering()
        receiver.onEvent(end)
    }
}
