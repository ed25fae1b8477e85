import SMTPTesting
import Testing

@testable import SMTPTransport

/// What a peer can do that is not TLS, or not all of it.
@Suite("TLS with a bad peer")
struct TLSBadPeerTests {
    /// Runs a client's handshake against a peer that is written out by hand; returns the error and all that the client
    /// had written.
    private func handshake(
        _ role: TLSRole = .client(host: "mail.example"),
        fragmentation: PipeOptions.Fragmentation = .whole,
        peer: @escaping @Sendable (PipeTransport) async throws -> Void
    ) throws -> (error: TransportError?, written: [UInt8]) {
        let executor = DeterministicExecutor()
        let configuration = role == .server ? try TestCertificates.serving() : try TestCertificates.client()
        return try executor.run {
            var options = PipeOptions()
            options.fragmentation = fragmentation
            let (near, far) = PipeTransport.pair(executor, outward: options, homeward: options)
            let conversing = Task(executorPreference: executor) {
                await transportError { () async throws(TransportError) in
                    _ = try await TLSTransport.handshake(over: near, as: role, configuration: configuration)
                }
            }
            try await peer(far)
            let error = await conversing.value
            // The transport below is closed with what was thrown.
            #expect(
                await transportError { () async throws(TransportError) in try await near.write("plain") } == error
            )
            return (error, (try? await far.readAll()) ?? [])
        }
    }

    @Test(
        "Plaintext instead of a handshake is called by its name, and nothing is sent in clear",
        arguments: allFragmentations
    )
    func plaintext(fragmentation: PipeOptions.Fragmentation) throws {
        for (role, words) in [
            (TLSRole.client(host: "mail.example"), "220 mail.example ESMTP\u{1B}[31m\r\n"), (.server, "EHLO me\r\n"),
        ] {
            let (error, written) = try handshake(role, fragmentation: fragmentation) { try await $0.write(words) }
            guard case .tls(let tls)? = error, case .peerSpokePlaintext(let bytes) = tls.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(Array(words.utf8).starts(with: bytes) && !bytes.isEmpty)
            #expect(!tls.description.utf8.contains { $0 < 0x20 })
            #expect(written.isEmpty || written[0] == 0x16)
        }
    }

    @Test("A peer that closes in the handshake", arguments: [0, 3, 100])
    func closes(after count: Int) throws {
        let (error, _) = try handshake { peer in
            try await peer.write([UInt8]([0x16, 3, 3, 1, 0, 2] + noise(94)).prefix(count).map { $0 })
            try await peer.shutdownWrite()
        }
        guard case .tls(let tls)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tls.phase == .handshake)
        #expect(tls.kind == .closedDuringHandshake || (count == 100 && tls.kind == .protocolViolation))
    }

    @Test("A reset in the handshake stays a reset")
    func resets() throws {
        let executor = DeterministicExecutor()
        let configuration = try TestCertificates.client()
        let error = try executor.run {
            var options = PipeOptions()
            options.cut = .init(after: 10, end: .reset)
            let (near, _) = PipeTransport.pair(executor, outward: options)
            return await transportError { () async throws(TransportError) in
                _ = try await TLSTransport.handshake(over: near, as: .client(host: "a"), configuration: configuration)
            }
        }
        #expect(error == .reset)
    }

    @Test("A stall ends when the transport below is closed, with the reason given")
    func stalls() throws {
        let executor = DeterministicExecutor()
        let configuration = try TestCertificates.client()
        let error = try executor.run {
            let (near, far) = PipeTransport.pair(executor)
            defer { withExtendedLifetime(far) {} }
            let timer = executor.schedule(at: executor.now.advanced(by: .seconds(30))) {
                near.close(.connectTimedOut(target: "mail.example", after: .seconds(30)))
            }
            defer { timer.cancel() }
            return await transportError { () async throws(TransportError) in
                _ = try await TLSTransport.handshake(over: near, as: .client(host: "a"), configuration: configuration)
            }
        }
        #expect(error == .connectTimedOut(target: "mail.example", after: .seconds(30)))
    }

    static let alerts: [(UInt8, TLSError.Kind)] = [
        (40, .noCommonCipher), (70, .noCommonVersion), (112, .refusedByPeer), (80, .refusedByPeer),
        (48, .certificateRefusedByPeer), (200, .refusedByPeer),
    ]

    @Test("Alerts instead of an answer", arguments: alerts)
    func alert(code: UInt8, kind: TLSError.Kind) throws {
        let (error, _) = try handshake { try await $0.write([0x15, 3, 3, 0, 2, 2, code]) }
        guard case .tls(let tls)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tls.kind == kind)
        #expect(tls.alert == TLSAlert(code: code, direction: .received))
    }

    @Test(
        "A peer that says in the handshake that it closes, or why it will not go on, as a warning or not",
        arguments: [0, 90] as [UInt8],
        [1, 2] as [UInt8]
    )
    func closesInOrder(code: UInt8, level: UInt8) throws {
        let (error, _) = try handshake { peer in
            try await peer.write([0x15, 3, 3, 0, 2, level, code])
            try await peer.shutdownWrite()
        }
        guard case .tls(let tls)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tls.kind == .closedDuringHandshake && tls.phase == .handshake)
        #expect(tls.alert == TLSAlert(code: code, direction: .received))
    }

    @Test("Garbage in the shape of a record", arguments: 0..<50)
    func garbage(seed: Int) throws {
        let rest = Array(noise(4000 + seed).suffix(2000))
        let (error, _) = try handshake { peer in
            try await peer.write([0x16, 3, UInt8(seed % 5)] + rest)
            try await peer.shutdownWrite()
        }
        guard case .tls(let tls)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tls.phase == .handshake)
        #expect([.protocolViolation, .closedDuringHandshake, .noCommonVersion].contains(tls.kind))
    }

    @Test("A record that is larger than the protocol allows")
    func oversized() throws {
        let (error, written) = try handshake { peer in
            try await peer.write([0x16, 3, 3, 0x48, 0x01] + noise(0x4801))
        }
        guard case .tls(let tls)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tls.kind == .protocolViolation)
        #expect(tls.alert == TLSAlert(code: 22, direction: .sent))
        // The alert is the last that was sent.
        #expect(written.suffix(7).first == 0x15)
        #expect(Array(written.suffix(4)) == [0, 2, 2, 22])
    }

    @Test("A mistake in the configuration closes the connection too, and sends nothing")
    func configuration() throws {
        let executor = DeterministicExecutor()
        let (error, received) = try executor.run {
            let (near, far) = PipeTransport.pair(executor)
            var configuration = TLSConfiguration()
            configuration.trust = [.file("/nonexistent")]
            let broken = configuration
            let error = await transportError { () async throws(TransportError) in
                _ = try await TLSTransport.handshake(over: near, as: .client(host: "a.b"), configuration: broken)
            }
            return (error, try await far.readAll())
        }
        guard case .tls(let tls)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tls.phase == .configuration)
        #expect(received.isEmpty)
    }
}
