import SMTPSession
import SMTPTransport
import SMTPWire
import Synchronization
import TestSupport
import Testing

@testable import SMTPClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Content of each kind over loopback, on a real event loop.
@Suite("Content")
struct ContentTests {
    /// Sends `content` to a server on loopback that takes anything, and returns what came between 354 and the dot.
    private func deliver(
        _ content: Content,
        keywords: [String] = ["PIPELINING", "8BITMIME"]
    ) async throws -> (commands: [String], content: [UInt8]) {
        let listener = try await TCPListener.bind()
        let serving = Task(executorPreference: listener.executor) {
            try await LoopbackServer(try #require(try await listener.accept())).serve(keywords)
        }
        do {
            var configuration = SMTPConfiguration(security: .insecurePlain)
            configuration.contentPolicy.longLines = .send
            try await SMTPConnection.withConnection(to: listener.endpoint, configuration: configuration) { connection in
                try await connection.send(content, envelope: try Envelope(from: "", to: ["postmaster"]))
            }
        } catch {
            listener.close()
            _ = try? await serving.value
            throw error
        }
        return try await serving.value
    }

    private func normalised(_ bytes: [UInt8]) -> [UInt8] {
        var encoder = ContentEncoder(transparency: .none)
        var output: [UInt8] = []
        encoder.encode(bytes.span.bytes, into: &output)
        encoder.finish(into: &output)
        return output
    }

    static let samples: [[UInt8]] = [
        [], Array(".".utf8), Array("a\r\n.\r\n..\n.b\r.c".utf8), Array("no final newline".utf8),
        (0..<1_000_000).map { [0x2E, 0x0A, 0x61, 0x0D][$0 * $0 % 7 % 4] },
        Array(repeating: 0xE4, count: 200_000),
    ]

    @Test("Bytes, files and streams arrive byte for byte in normal form", arguments: samples)
    func everySource(bytes: [UInt8]) async throws {
        let path = "/tmp/swift-smtp-content-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(path) }
        let file = try #require(fopen(path, "w"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        let chunks = AsyncStream<[UInt8]> { continuation in
            var rest = bytes[...]
            var size = 1
            while !rest.isEmpty {
                continuation.yield(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
                size = size * 3 % 100_003
            }
            continuation.finish()
        }
        for content in [Content.bytes(bytes), .file(path: path), .stream(chunks)] {
            let delivered = try await deliver(content)
            // Compared as a flag: a mismatch of megabytes would be printed whole.
            let isEqual = delivered.content == normalised(bytes)
            #expect(isEqual)
        }
    }

    @Test("A file is looked through before it is declared")
    func fileEncoding() async throws {
        let path = "/tmp/swift-smtp-content-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(path) }
        let file = try #require(fopen(path, "w"))
        fputs("plain\n", file)
        fclose(file)
        #expect(try await deliver(.file(path: path)).commands.contains("MAIL FROM:<>"))
        #expect(try await deliver(.file(path: path), keywords: []).commands.contains("MAIL FROM:<>"))
        let eightBit = try #require(fopen(path, "a"))
        fputs("grün\n", eightBit)
        fclose(eightBit)
        #expect(try await deliver(.file(path: path)).commands.contains("MAIL FROM:<> BODY=8BITMIME"))
        await #expect { try await deliver(.file(path: path), keywords: []) } throws: {
            ($0 as? SMTPError)?.kind == .content
        }
        var stating = Content.file(path: path)
        stating.encoding = .sevenBit
        let stated = stating
        // A statement does not make 8-bit octets 7-bit ones.
        await #expect { try await deliver(stated, keywords: []) } throws: {
            ($0 as? SMTPError)?.kind == .content
        }
    }

    @Test("A file that cannot be read costs no transaction", arguments: ["/nonexistent/message", "/tmp"])
    func unreadable(path: String) async throws {
        await #expect { try await deliver(.file(path: path), keywords: []) } throws: { error in
            (error as? SMTPError)?.kind == .noInput
        }
        if path != "/tmp" {
            await #expect { try await deliver(.file(path: path)) } throws: { ($0 as? SMTPError)?.kind == .noInput }
        }
    }

    @Test("A stream that fails cuts the message off without its dot")
    func failingStream() async throws {
        struct Broken: Error {}
        let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
            continuation.yield(Array("first\r\n".utf8))
            continuation.finish(throwing: Broken())
        }
        await #expect { try await deliver(.stream(chunks)) } throws: { error in
            let error = error as? SMTPError
            return error?.kind == .content && error?.advice == .sendAgainNow && error?.report?.isUncertain == false
                && error?.underlying is Broken
        }
    }

    @Test("The caller's code runs off the loop, and ours on it")
    func placement() async throws {
        let listener = try await TCPListener.bind()
        let serving = Task(executorPreference: listener.executor) {
            try await LoopbackServer(try #require(try await listener.accept())).serve([])
        }
        let places = Mutex<[String: Bool]>([:])
        var configuration = SMTPConfiguration(security: .insecurePlain)
        let executor = Mutex<(any TransportExecutor)?>(nil)
        configuration.channel.transcript = TranscriptObserver { event in
            guard let isOnLoop = executor.withLock({ $0?.isIsolatingCurrentContext() ?? nil }) else { return }
            places.withLock { $0["transcript", default: true] = ($0["transcript"] ?? true) && isOnLoop }
        }
        try await SMTPConnection.withConnection(to: listener.endpoint, configuration: configuration) { connection in
            let loop = connection.channel.executor
            executor.withLock { $0 = loop }
            places.withLock { $0["body"] = loop.isIsolatingCurrentContext() }
            let stream = AsyncStream<[UInt8]>(unfolding: {
                let isFirst = places.withLock { places in
                    let isFirst = places["stream"] == nil
                    places["stream"] = loop.isIsolatingCurrentContext()
                    return isFirst
                }
                return isFirst ? Array("x\r\n".utf8) : nil
            })
            var content = Content.stream(stream)
            content.encoding = .sevenBit
            try await connection.send(content, envelope: try Envelope(from: "", to: ["postmaster"]))
            places.withLock { $0["after"] = loop.isIsolatingCurrentContext() }
        }
        _ = try await serving.value
        #expect(places.withLock { $0 } == ["transcript": true, "body": false, "stream": false, "after": false])
    }
}

/// A server on loopback that takes anything, and keeps what it got.
private final class LoopbackServer {
    private let transport: TCPTransport
    private let buffer = ReceiveBuffer()

    init(_ transport: TCPTransport) {
        self.transport = transport
    }

    func serve(_ keywords: [String]) async throws -> (commands: [String], content: [UInt8]) {
        var commands: [String] = []
        var content: [UInt8] = []
        try await say("220 ready")
        while let line = try await line() {
            commands.append(String(decoding: line, as: UTF8.self))
            switch commands[commands.count - 1].prefix(4) {
            case "EHLO":
                try await say(
                    (["server"] + keywords.dropLast()).map { "250-\($0)\r\n" }.joined()
                        + "250 \(keywords.last ?? "HELP")"
                )
            case "DATA":
                try await say("354 go")
                while let line = try await self.line(), line != [0x2E] {
                    content += line.first == 0x2E ? line.dropFirst() : line[...]
                    content += [0x0D, 0x0A]
                }
                try await say("250 taken")
            case "QUIT":
                try await say("221 bye")
                transport.close(.closed)
                return (commands, content)
            default: try await say("250 ok")
            }
        }
        return (commands, content)
    }

    private func say(_ text: String) async throws {
        try await transport.write(Array("\(text)\r\n".utf8).span.bytes)
    }

    private func line() async throws -> [UInt8]? {
        while true {
            let line = buffer.withBytes { bytes -> [UInt8]? in
                bytes.withUnsafeBytes { octets in octets.firstIndex(of: 0x0A).map { Array(octets[..<$0]) } }
            }
            if let line {
                buffer.consume(line.count + 1)
                // Every line end is CRLF, whatever was given.
                try #require(line.last == 0x0D && !line.dropLast().contains(0x0D))
                return line.dropLast()
            }
            guard try await transport.read(into: buffer) else { return nil }
        }
    }
}
