import COpenSSL
import SMTPTesting
import TestSupport
import Testing

@testable import SMTPTransport

/// A channel as TLS sees one: told of plaintext by a call, in which it may write, stop or close.
///
/// Confined to the executor of its transport.
final class ToldUser: @unchecked Sendable {
    let tls: TLSTransport
    let pipe: PushedPipe
    let buffer = ReceiveBuffer()
    var onBytes: (ToldUser) -> Void = { _ in }
    private(set) var ends: [StreamEvent] = []
    private(set) var tellings = 0

    init(_ tls: TLSTransport, over pipe: PushedPipe) {
        self.tls = tls
        self.pipe = pipe
    }

    var received: [UInt8] { buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } } }

    /// The error that was told as the end, if one was.
    var failure: TransportError? {
        if case .failed(let error)? = ends.first { error } else { nil }
    }

    var hasEnded: Bool {
        if case .endOfStream? = ends.first { true } else { false }
    }

    func listen() {
        tls.deliver(into: buffer) { [self] event in
            if case .bytes = event {
                tellings += 1
                onBytes(self)
            } else {
                ends.append(event)
            }
        }
    }

    /// Writes as the channel does: at once what goes, and the rest waiting.
    func write(_ bytes: [UInt8]) async throws(TransportError) {
        let count = try tls.writeAtOnce(bytes.span.bytes)
        if count < bytes.count { try await tls.write(bytes.span.bytes.extracting(count...)) }
    }
}

extension StreamUser {
    /// Sets up TLS within TLS, and sends back what comes.
    fileprivate func echoWithin(_ count: Int, _ configuration: TLSConfiguration) async throws {
        let inner = try await TLSTransport.handshake(over: transport, as: .server, configuration: configuration)
        #expect(inner.asDirect == nil)
        try await inner.write(try await inner.readAll(upTo: count))
        try await inner.shutdownWrite()
    }
}

@Suite("TLS told of bytes by a call")
struct TLSDirectTests {
    /// Runs `body` with a client that is told, and a server that reads, over a pipe that takes `room` octets at once.
    private func established<Value: Sendable>(
        _ options: PipeOptions = PipeOptions(),
        room: Int = .max,
        _ body: @escaping @Sendable (DeterministicExecutor, ToldUser, StreamUser, PipeTransport) async throws -> Value
    ) throws -> Value {
        let executor = DeterministicExecutor()
        let (configuration, serving) = (try TestCertificates.client(), try TestCertificates.serving())
        return try executor.run {
            let (near, far) = PipeTransport.pair(executor, outward: options, homeward: options)
            let server = Task(executorPreference: executor) {
                try await StreamUser.connect(over: far, as: .server, serving)
            }
            let pipe = PushedPipe(near, room: room)
            let role = TLSRole.client(host: "mail.example")
            let tls = try await TLSTransport.handshake(over: pipe, as: role, configuration: configuration)
            // Who is told is kept until the end has been told.
            defer { tls.close(.cancelled) }
            return try await body(executor, ToldUser(tls, over: pipe), try await server.value, far)
        }
    }

    /// Lets everything run that can.
    private func settle() async {
        for _ in 0..<300 { await Task.yield() }
    }

    @Test(
        "Bytes pass both ways, however little is taken at once",
        arguments: allFragmentations,
        [0, 1, 1000, .max]
    )
    func exchange(fragmentation: PipeOptions.Fragmentation, room: Int) throws {
        var options = PipeOptions()
        options.fragmentation = fragmentation
        options.capacity = 1 << 20
        // Enough for several writes of the longest kind, where that is not a million events.
        let sent = if case .byByte = fragmentation { noise(3000) } else { noise(100_000) }
        let (received, ended) = try established(options, room: room) { executor, client, server, _ in
            let echoing = Task(executorPreference: executor) {
                try await server.write(try await server.read(upTo: sent.count))
                try await server.shutdownWrite()
                return try await server.read()
            }
            client.listen()
            var start = 0
            for count in [1, 17, 16_384, 16_385, 65_536, 100_000] where start < sent.count {
                let end = min(start + count, sent.count)
                try await client.write(Array(sent[start..<end]))
                start = end
            }
            try await client.tls.shutdownWrite()
            #expect(try await echoing.value.isEmpty)
            await settle()
            return (client.received, client.hasEnded)
        }
        #expect(received == sent)
        #expect(ended)
    }

    @Test("Who is told may answer in the call: a command follows each reply", arguments: [0, 3, .max])
    func answering(room: Int) throws {
        let count = 50
        let command: [UInt8] = [1, 2, 3]
        try established(room: room) { executor, client, server, _ in
            let counting = Task(executorPreference: executor) { [server] in
                for _ in 0..<count {
                    #expect(try await server.read(upTo: 3) == command)
                    try await server.write([250])
                }
            }
            client.onBytes = { client in
                client.buffer.removeAll()
                guard client.tellings < count else { return }
                #expect((try? client.tls.writeAtOnce(command.span.bytes)) == 3)
            }
            client.listen()
            try await client.write(command)
            try await counting.value
            await settle()
            #expect(client.tellings == count)
        }
    }

    @Test("An announced end is the end, one without a word is truncation, a cut is what it is; each is told once")
    func endings() throws {
        for ending in ["announced", "without a word", "reset"] {
            try established { _, client, server, far in
                client.listen()
                try await server.write(Array("221 bye\r\n".utf8))
                switch ending {
                case "announced": try await server.shutdownWrite()
                case "reset": far.abort()
                default: try await far.shutdownWrite()
                }
                await settle()
                #expect(client.received == Array("221 bye\r\n".utf8))
                #expect(client.ends.count == 1)
                #expect(client.hasEnded == (ending == "announced"))
                switch ending {
                case "announced": #expect(client.failure == nil)
                case "reset": #expect(client.failure == .reset)
                default: #expect(client.failure == .tls(TLSError(.truncated, in: .established)))
                }
            }
        }
    }

    @Test("What precedes a record that was changed on the way is told first, then the error; the peer gets the alert")
    func changedOnTheWay() throws {
        try established { _, client, server, far in
            client.listen()
            try await server.write(Array("250 ok\r\n".utf8))
            try await far.write([0x17, 3, 3, 0, 32] + noise(32))
            // By now the connection may be gone.
            try? await server.write(Array("250 more\r\n".utf8))
            await settle()
            #expect(client.received == Array("250 ok\r\n".utf8))
            #expect(client.ends.count == 1)
            #expect(client.failure?.asTLS?.kind == .protocolViolation)
            #expect(await transportError { () throws(TransportError) in try await client.write([1]) } == client.failure)
            let alerted = await transportError { () throws(TransportError) in _ = try await server.read() }
            #expect(alerted?.asTLS?.kind == .refusedByPeer)
        }
    }

    @Test("Nothing is told behind a close, be it from within the call or from elsewhere")
    func closing() throws {
        for isWithin in [true, false] {
            try established { _, client, server, _ in
                if isWithin { client.onBytes = { $0.tls.close(.cancelled) } }
                client.listen()
                try await server.write([1])
                await settle()
                if !isWithin { client.tls.close(.cancelled) }
                _ = await transportError { () throws(TransportError) in
                    try await server.write([2])
                    try await server.shutdownWrite()
                }
                await settle()
                #expect(client.received == [1])
                #expect(client.tellings == 1)
                #expect(client.ends.isEmpty)
                #expect(await transportError { () throws(TransportError) in try await client.write([1]) } == .cancelled)
                // The peer was told that this is the end.
                #expect(try await server.read().isEmpty)
            }
        }
    }

    @Test("Who stops being told reads on where the telling ended, to the same end")
    func stopping() throws {
        try established { _, client, server, _ in
            client.onBytes = { $0.tls.stopDelivering() }
            client.listen()
            try await server.write([1, 2])
            await settle()
            for byte in 3...5 { try await server.write([UInt8(byte)]) }
            try await server.shutdownWrite()
            await settle()
            #expect(client.tellings == 1)
            #expect(client.received == [1, 2])
            #expect(try await client.tls.readAll() == [3, 4, 5])
            // And is told again, of what was left.
            client.listen()
            #expect(client.hasEnded)
        }
    }

    @Test("A write that OpenSSL refuses is told to the reader too, later, unless the owner closes before")
    func refusedWrite() throws {
        for closes in [true, false] {
            try established { _, client, _, _ in
                client.listen()
                SSL_set_shutdown(client.tls.engine.ssl, SSL_SENT_SHUTDOWN)
                #expect(throws: TransportError.self) { _ = try client.tls.writeAtOnce([1 as UInt8].span.bytes) }
                #expect(client.ends.isEmpty)
                if closes { client.tls.close(.closed) }
                await settle()
                #expect(client.ends.count == (closes ? 0 : 1))
                #expect(closes || client.failure?.asTLS?.phase == .established)
            }
        }
    }

    @Test("A peer that renews its keys without end and reads nothing is read no further, and goes on when it reads")
    func keyUpdateFlood() throws {
        let count = 2000
        var options = PipeOptions()
        options.capacity = 2000
        try established(options, room: 0) { executor, client, server, _ in
            client.listen()
            let flooding = Task(executorPreference: executor) {
                for _ in 0..<count {
                    try await server.updateKeys()
                    try await server.write([1])
                }
            }
            for _ in 0..<20 { await settle() }
            #expect(client.received.count < count)
            #expect(client.tls.engine.outputCount < 3 * TLSTransport.replyLimit)
            let reading = Task(executorPreference: executor) { _ = try await server.read() }
            try await flooding.value
            try await server.shutdownWrite()
            for _ in 0..<20 { await settle() }
            #expect(client.received.count == count)
            #expect(client.hasEnded)
            client.pipe.room = .max
            client.tls.close(.closed)
            try await reading.value
        }
    }

    @Test("TLS within TLS is told by calls as well; over a transport that is read by a task it is not")
    func nested() throws {
        try established { executor, outer, server, far in
            let (configuration, serving) = (try TestCertificates.client(), try TestCertificates.serving())
            let answering = Task(executorPreference: executor) { try await server.echoWithin(3, serving) }
            let tls = try await TLSTransport.handshake(
                over: outer.tls,
                as: .client(host: "mail.example"),
                configuration: configuration
            )
            #expect(tls.asDirect != nil)
            let inner = ToldUser(tls, over: outer.pipe)
            inner.listen()
            try await inner.write([1, 2, 3])
            try await answering.value
            await settle()
            #expect(inner.received == [1, 2, 3])
            #expect(inner.hasEnded)
        }
    }
}
