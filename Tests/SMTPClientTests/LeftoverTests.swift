import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Synchronization
import Testing

@testable import SMTPClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A real connection whose user is cancelled, wherever it stands: what it leaves is looked for.
@Suite("What a cancelled connection leaves", .timeLimit(.minutes(5)))
struct LeftoverTests {
    /// Where the server falls silent, and the user is cancelled.
    enum Place: String, CaseIterable, Sendable {
        case greeting, EHLO, STARTTLS, handshake, AUTH, MAIL, RCPT, DATA, upload, content, QUIT

        func matches(_ moment: SinkMoment) -> Bool {
            switch self {
            case .greeting: moment.kind == .connection
            case .handshake: moment.verb == "STARTTLS"
            case .upload: moment.kind == .contentOctets(LeftoverTests.reached)
            case .content: moment.kind == .content
            default: moment.kind == .command && moment.verb == rawValue
            }
        }

        /// What the server does instead of an answer: it neither says nor reads anything more.
        var silence: SinkReply {
            let silence = SinkReply.silence.after(.seconds(86_400))
            return self == .handshake ? .raw("220 go\r\n").followed(by: silence) : silence
        }

        /// Whether the connection is the caller's by then.
        var isInBody: Bool { [.MAIL, .RCPT, .DATA, .upload, .content].contains(self) }
    }

    /// How messages are sent.
    enum Use: CaseIterable, Sendable {
        case one, many
    }

    private static let reached = 100_000

    private static let authority = Result { try CertificateAuthority() }

    /// Holds nothing, and sees whether somebody else does.
    private final class Watch: Sendable {
        private struct State {
            weak var channel: CommandChannel?
        }

        private let state = Mutex(State())

        func look(at channel: CommandChannel) { state.withLock { $0.channel = channel } }

        var isHeld: Bool { state.withLock { $0.channel != nil } }
    }

    private static func server(_ place: Place, _ reached: AsyncStream<Void>.Continuation) throws -> SinkConfiguration {
        var server = SinkConfiguration()
        try server.offerTLS(try authority.get(), thenOffering: ["AUTH PLAIN", "PIPELINING"])
        server.mechanisms = [.plain { _, _ in true }]
        // So that it looks there at all.
        if place == .upload { server.script.on(.contentOctets(Self.reached), place.silence) }
        server.script.decide = { moment, _ in
            guard place.matches(moment) else { return nil }
            reached.yield()
            return place.silence
        }
        return server
    }

    private static func client() throws -> SMTPConfiguration {
        var tls = TLSConfiguration(trusting: try authority.get())
        tls.serverName = "mail.example"
        var configuration = SMTPConfiguration(security: .startTLS(tls))
        configuration.credentials = .password(user: "user", Secret("secret"))
        // Nothing here is to end because of time.
        configuration.channel.timeouts = SMTPTimeouts(all: .seconds(3600))
        return configuration
    }

    private static func use(_ connection: SMTPConnection, _ use: Use, _ place: Place) async throws {
        let envelope = try Envelope(from: "a@x.example", to: ["b@x.example"])
        let line = String(repeating: "x", count: 62) + "\r\n"
        // More than all buffers on the way hold.
        let content = Content.text(String(repeating: line, count: place == .upload ? 200_000 : 10))
        switch use {
        case .one: try await connection.send(content, envelope: envelope)
        case .many:
            let messages = Array(repeating: MailObject(content, envelope: envelope), count: 3)
            for try await report in connection.send(contentsOf: messages) where !report.isAcceptedForAll {}
        }
    }

    @Test("No socket, no task and no timer", arguments: Place.allCases, Use.allCases)
    func cancelled(place: Place, use: Use) async throws {
        let (moments, reached) = AsyncStream<Void>.makeStream()
        let watch = Watch()
        let configuration = try Self.client()
        try await MailSink.withListening(try Self.server(place, reached)) { sink in
            let port = sink.port
            let using = Task {
                // So that a connection that ends before its time is a failure, and no wait.
                defer { reached.finish() }
                try await SMTPConnection.withConnection(
                    to: .host("127.0.0.1", port: port),
                    configuration: configuration
                ) { connection in
                    watch.look(at: connection.channel)
                    try await Self.use(connection, use, place)
                }
            }
            for await _ in moments { break }
            #expect(socketCount(connectedTo: port) == 1)
            #expect(watch.isHeld == (place.isInBody || place == .QUIT))
            using.cancel()
            switch await using.result {
            // Many that were taken have their reports, and that is the end of them.
            case .success: #expect(place == .QUIT || (use == .many && place.isInBody))
            case .failure(let error): #expect((error as? SMTPError)?.kind == .cancelled, "\(error)")
            }
            // The event loop may have a job to do yet, and no more than that.
            for _ in 0..<100_000 {
                guard watch.isHeld || socketCount(connectedTo: port) > 0 else { break }
                await Task.yield()
            }
            #expect(socketCount(connectedTo: port) == 0)
            #expect(!watch.isHeld)
        }
    }
}

/// How many sockets of this process are connected to a port of this machine.
private func socketCount(connectedTo port: Int) -> Int {
    descriptors.count { descriptor in
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        return result == 0 && Int(UInt16(bigEndian: address.sin_port)) == port
    }
}

/// The open files and sockets.
private var descriptors: [Int32] {
    guard let folder = opendir("/dev/fd") else { return [] }
    defer { closedir(folder) }
    var descriptors: [Int32] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
        }
        if let descriptor = Int32(name) { descriptors.append(descriptor) }
    }
    return descriptors
}
