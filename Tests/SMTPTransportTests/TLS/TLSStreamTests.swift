import COpenSSL
import SMTPTesting
import Testing

@testable import SMTPTransport

/// A transport on its executor, for tests that read and write at once.
actor StreamUser {
    let transport: TLSTransport
    private let executor: any TransportExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ transport: sending TLSTransport) {
        executor = transport.executor
        self.transport = transport
    }

    static func connect(
        over transport: any Transport & Sendable,
        as role: TLSRole,
        _ configuration: TLSConfiguration
    ) async throws(TransportError) -> StreamUser {
        StreamUser(try await TLSTransport.handshake(over: transport, as: role, configuration: configuration))
    }

    func read(upTo count: Int = .max) async throws(TransportError) -> [UInt8] {
        try await transport.readAll(upTo: count)
    }
    func write(_ bytes: [UInt8]) async throws(TransportError) { try await transport.write(bytes) }
    func shutdownWrite() async throws(TransportError) { try await transport.shutdownWrite() }
    func close(_ reason: TransportError = .closed) { transport.close(reason) }
    func updateKeys() throws(TLSError) { try transport.engine.updateKeys() }
    var outputCount: Int { transport.engine.outputCount }
    var exporterBinding: [UInt8]? { transport.info.exporterBinding }

    /// Asks for a new handshake, as TLS 1.2 allows, though the library's servers never do.
    func askForRenegotiation() -> Bool {
        let ssl = transport.engine.ssl
        // SSL_OP_NO_RENEGOTIATION, a macro that is not imported.
        SSL_clear_options(ssl, 1 << 30)
        return SSL_renegotiate(ssl) == 1 && SSL_do_handshake(ssl) == 1
    }
}

@Suite("TLS stream")
struct TLSStreamTests {
    typealias Ends = (near: StreamUser, far: StreamUser, nearPipe: PipeTransport, farPipe: PipeTransport)

    /// Runs `body` with both ends of an established connection in memory.
    private func established<Value: Sendable>(
        _ options: PipeOptions = PipeOptions(),
        version: TLSVersion = .tls13,
        _ body: @escaping @Sendable (DeterministicExecutor, Ends) async throws -> Value
    ) throws -> Value {
        let executor = DeterministicExecutor()
        var client = try TestCertificates.client()
        client.maximumVersion = version
        let (configuration, serving) = (client, try TestCertificates.serving())
        return try executor.run {
            let (near, far) = PipeTransport.pair(executor, outward: options, homeward: options)
            let server = Task(executorPreference: executor) {
                try await StreamUser.connect(over: far, as: .server, serving)
            }
            let client = try await StreamUser.connect(over: near, as: .client(host: "mail.example"), configuration)
            return try await body(executor, (client, try await server.value, near, far))
        }
    }

    private func failure(_ body: () async throws -> Void) async -> TransportError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? TransportError
        }
    }

    @Test("Both directions are used at once, in spite of the narrowest pipe", arguments: [1, 50, 65_536])
    func bothDirections(capacity: Int) throws {
        var options = PipeOptions()
        options.capacity = 65_536
        options.fragmentation = .random(seed: UInt64(capacity))
        let sent = noise(20_000)
        try established(options) { executor, ends in
            let writing = [ends.near, ends.far].map { user in
                Task(executorPreference: executor) {
                    for start in stride(from: 0, to: sent.count, by: capacity) {
                        try await user.write(Array(sent[start..<min(start + capacity, sent.count)]))
                    }
                    try await user.shutdownWrite()
                }
            }
            let reading = [ends.near, ends.far].map { user in
                Task(executorPreference: executor) { try await user.read() }
            }
            for task in writing { try await task.value }
            for task in reading { #expect(try await task.value == sent) }
        }
    }

    @Test("Keys are renewed in mid-stream by either side, while both write", arguments: [2000, 65_536])
    func keyUpdates(capacity: Int) throws {
        var options = PipeOptions()
        options.capacity = capacity
        let sent = noise(30_000)
        try established(options) { executor, ends in
            let writing = [ends.near, ends.far].map { user in
                Task(executorPreference: executor) {
                    for start in stride(from: 0, to: sent.count, by: 1000) {
                        try await user.write(Array(sent[start..<start + 1000]))
                        if start % 3000 == 0 { try await user.updateKeys() }
                    }
                    try await user.shutdownWrite()
                }
            }
            let reading = [ends.near, ends.far].map { user in
                Task(executorPreference: executor) { try await user.read() }
            }
            for task in writing { try await task.value }
            for task in reading { #expect(try await task.value == sent) }
        }
    }

    @Test("A server that wants to renegotiate is told no, and the connection stays what it was", arguments: [1, 20])
    func renegotiation(count: Int) throws {
        var options = PipeOptions()
        options.capacity = 2000
        try established(options, version: .tls12) { executor, ends in
            let before = await ends.near.exporterBinding
            let reading = Task(executorPreference: executor) { try await ends.near.read(upTo: count) }
            for number in 0..<count {
                #expect(await ends.far.askForRenegotiation())
                try await ends.far.write([UInt8(number % 251)])
            }
            #expect(try await reading.value == (0..<count).map { UInt8($0 % 251) })
            // What a password may hang on has not changed, and no handshake has begun.
            #expect(await ends.near.exporterBinding == before && before != nil)
            #expect(await ends.near.outputCount < 2 * TLSTransport.replyLimit)
            // A server that insists has its answer: a warning that OpenSSL takes for the end.
            let error = await failure { _ = try await ends.far.read(upTo: 1) }
            guard case .tls(let tls)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(tls.phase == .established)
        }
    }

    @Test("A peer that renews its keys without end and reads nothing is not answered without end")
    func keyUpdateFlood() throws {
        var options = PipeOptions()
        options.capacity = 2000
        try established(options) { executor, ends in
            // The writer of this side waits, as the peer does not read.
            let writing = Task(executorPreference: executor) {
                await failure { try await ends.near.write(noise(50_000)) }
            }
            let reading = Task(executorPreference: executor) { await failure { _ = try await ends.near.read() } }
            let flooding = Task(executorPreference: executor) {
                await failure {
                    for _ in 0..<100_000 {
                        try await ends.far.updateKeys()
                        try await ends.far.write([1])
                    }
                }
            }
            for _ in 0..<20_000 { await Task.yield() }
            #expect(await ends.near.outputCount < 2 * TLSTransport.replyLimit + 66_000)
            await ends.near.close()
            await ends.far.close()
            #expect(await writing.value == .closed)
            #expect(await reading.value == .closed)
            _ = await flooding.value
        }
    }

    @Test("A large write leaves in full records, a small one in one")
    func records() throws {
        let lengths = try established { executor, ends in
            let counting = Task(executorPreference: executor) { try await ends.farPipe.readAll() }
            try await ends.near.write([])
            try await ends.near.write(noise(100))
            try await ends.near.write(noise(40_000))
            ends.nearPipe.close(.closed)
            var rest = try await counting.value[...]
            var lengths: [Int] = []
            while rest.count >= 5 {
                let length = Int(rest[rest.startIndex + 3]) << 8 | Int(rest[rest.startIndex + 4])
                lengths.append(length)
                rest = rest.dropFirst(5 + length)
            }
            return lengths
        }
        // A byte for the type and 16 for the tag come on top (RFC 8446 §5.2).
        #expect(lengths == [100, 16_384, 16_384, 40_000 - 2 * 16_384].map { $0 + 17 })
    }

    @Test("Records of one byte each arrive like any others")
    func tinyRecords() throws {
        let sent = noise(2000)
        let received = try established { executor, ends in
            let reading = Task(executorPreference: executor) { try await ends.near.read() }
            for byte in sent { try await ends.far.write([byte]) }
            try await ends.far.shutdownWrite()
            return try await reading.value
        }
        #expect(received == sent)
    }

    @Test("An announced end is the end, an end without a word is truncation; what came before is delivered")
    func endings() throws {
        for isAnnounced in [true, false] {
            let (text, error) = try established { executor, ends -> ([UInt8], TransportError?) in
                try await ends.far.write(Array("221 bye\r\n".utf8))
                if isAnnounced { try await ends.far.shutdownWrite() } else { try await ends.farPipe.shutdownWrite() }
                let text = try await ends.near.read(upTo: 9)
                let error = await failure {
                    let rest = try await ends.near.read()
                    #expect(rest.isEmpty)
                }
                // It stays what it was.
                let again = await failure { _ = try await ends.near.read() }
                #expect(again == error)
                return (text, error)
            }
            #expect(text == Array("221 bye\r\n".utf8))
            guard !isAnnounced else {
                #expect(error == nil)
                continue
            }
            #expect(error == .tls(TLSError(.truncated, in: .established)))
        }
    }

    @Test(
        "What follows a record that was changed on the way is an error, what precedes it is not",
        arguments: [
            TLSVersion.tls12, .tls13,
        ]
    )
    func changedOnTheWay(version: TLSVersion) throws {
        let (text, error, alerted) = try established(version: version) {
            executor,
            ends -> ([UInt8], TransportError?, TransportError?) in
            try await ends.far.write(Array("250 ok\r\n".utf8))
            try await ends.farPipe.write([0x17, 3, 3, 0, 32] + noise(32))
            try await ends.far.write(Array("250 more\r\n".utf8))
            let text = try await ends.near.read(upTo: 8)
            let error = await failure { _ = try await ends.near.read() }
            #expect(await failure { try await ends.near.write([1]) } == error)
            return (text, error, await failure { _ = try await ends.far.read() })
        }
        #expect(text == Array("250 ok\r\n".utf8))
        for case let error? in [error, alerted] {
            let tls = try #require(error.asTLS)
            #expect(tls.phase == .established)
            #expect(tls.alert?.name == "bad_record_mac")
        }
        #expect(error?.asTLS?.kind == .protocolViolation)
        #expect(alerted?.asTLS?.kind == .refusedByPeer)
    }

    @Test("Plaintext in the midst of TLS is an error, and nothing of it is delivered")
    func plaintextWithin() throws {
        let error = try established { executor, ends in
            try await ends.farPipe.write("250 injected\r\n")
            return await failure {
                let rest = try await ends.near.read()
                #expect(rest.isEmpty)
            }
        }
        #expect(error?.asTLS?.kind == .protocolViolation)
    }

    @Test("Behind its end nothing can be written, and reading goes on")
    func halfClosed() throws {
        try established { executor, ends in
            try await ends.near.shutdownWrite()
            #expect(await failure { try await ends.near.write([1]) } == .closed)
            #expect(try await ends.far.read().isEmpty)
            try await ends.far.write([2])
            try await ends.far.shutdownWrite()
            #expect(try await ends.near.read() == [2])
        }
    }

    @Test("Closing tells both waiters its reason at once, and the peer that this was the end")
    func closing() throws {
        var options = PipeOptions()
        options.capacity = 5000
        try established(options) { executor, ends in
            let reading = Task(executorPreference: executor) { await failure { _ = try await ends.near.read() } }
            let writing = Task(executorPreference: executor) {
                await failure { try await ends.near.write(noise(100_000)) }
            }
            for _ in 0..<10 { await Task.yield() }
            await ends.near.close(.cancelled)
            await ends.near.close(.closed)
            #expect(await reading.value == .cancelled)
            #expect(await writing.value == .cancelled)
            #expect(await failure { try await ends.near.write([1]) } == .cancelled)
            #expect(await failure { _ = try await ends.near.read() } == .cancelled)
            #expect(await failure { try await ends.near.shutdownWrite() } == .cancelled)
        }
        let error = try established { executor, ends in
            try await ends.near.write([1])
            await ends.near.close()
            return await failure {
                let rest = try await ends.far.read()
                #expect(rest == [1])
            }
        }
        if #available(macOS 26, *) { #expect(error == nil) }
    }

    @Test("TLS runs inside TLS")
    func nested() throws {
        let executor = DeterministicExecutor()
        let (client, server) = (try TestCertificates.client(), try TestCertificates.serving())
        let sent = noise(5000)
        let received = try executor.run {
            var options = PipeOptions()
            options.fragmentation = .random(seed: 3)
            let (near, far) = PipeTransport.pair(executor, outward: options, homeward: options)
            let serving = Task(executorPreference: executor) {
                let outer = try await TLSTransport.handshake(over: far, as: .server, configuration: server)
                let inner = try await TLSTransport.handshake(over: outer, as: .server, configuration: server)
                try await inner.write(try await inner.readAll(upTo: sent.count))
                try await inner.shutdownWrite()
                #expect(try await inner.readAll().isEmpty)
            }
            let role = TLSRole.client(host: "mail.example")
            let outer = try await TLSTransport.handshake(over: near, as: role, configuration: client)
            let inner = try await TLSTransport.handshake(over: outer, as: role, configuration: client)
            try await inner.write(sent)
            let received = try await inner.readAll()
            try await inner.shutdownWrite()
            try await serving.value
            return received
        }
        #expect(received == sent)
    }

    @Test("TLS runs over TCP, and keeps its address and executor")
    func overTCP() async throws {
        let listener = try await TCPListener.bind()
        let (client, server) = (try TestCertificates.client(), try TestCertificates.serving())
        let sent = noise(3_000_000)
        let serving = Task(executorPreference: listener.executor) {
            let tcp = try #require(try await listener.accept())
            let tls = try await TLSTransport.handshake(over: tcp, as: .server, configuration: server)
            let received = try await tls.readAll()
            try await tls.write(received)
            try await tls.shutdownWrite()
            _ = try await tls.readAll()
        }
        let executor = EventLoopExecutor.next()
        let received = try await run(on: executor) {
            let tcp = try await TCPTransport.connect(to: listener.endpoint, executor: executor)
            let tls = try await TLSTransport.handshake(
                over: tcp,
                as: .client(host: "mail.example"),
                configuration: client
            )
            #expect(tls.localAddress == "127.0.0.1")
            #expect(tls.executor === executor)
            try await tls.write(sent)
            try await tls.shutdownWrite()
            let received = try await tls.readAll()
            tls.close(.closed)
            return received
        }
        #expect(received == sent)
        try await serving.value
    }
}
