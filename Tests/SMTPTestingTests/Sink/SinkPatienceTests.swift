import SMTPTesting
import SMTPTransport
import Testing

@Suite("MailSink: no client is waited for without end")
struct SinkPatienceTests {
    let executor = DeterministicExecutor()

    static func configuration(isImplicit: Bool) throws -> SinkConfiguration {
        let authority = try CertificateAuthority()
        var tls = TLSConfiguration()
        tls.identity = try authority.issue(CertificateRequest("localhost")).identity
        var configuration = SinkConfiguration()
        configuration.keywords = ["STARTTLS"]
        configuration.tls = SinkTLS(tls)
        configuration.tls?.isImplicit = isImplicit
        configuration.limits.idleTime = .seconds(60)
        return configuration
    }

    @Test("A client that is silent in the handshake of TLS is cut off")
    func silentInImplicitTLS() throws {
        let sink = MailSink(try Self.configuration(isImplicit: true))
        try executor.run { [executor] in
            let transport = sink.connect(on: executor)
            let ended = try await sink.endedSessions(1)
            #expect(ended.map(\.ending) == [.closedBySink])
            #expect(executor.now.sinceStart == .seconds(60))
            transport.close(.closed)
        }
        #expect(executor.nextTimer == nil)
    }

    @Test("So is one that is silent behind STARTTLS")
    func silentBehindStartTLS() throws {
        let sink = MailSink(try Self.configuration(isImplicit: false))
        try executor.run { [executor] in
            let transport = sink.connect(on: executor)
            let buffer = ReceiveBuffer()
            for command in ["EHLO me\r\n", "STARTTLS\r\n"] {
                _ = try await transport.read(into: buffer)
                try await transport.write(Array(command.utf8).span.bytes)
                try await executor.sleep(for: .seconds(10))
            }
            #expect(try await sink.endedSessions(1).map(\.commands) == [["EHLO me", "STARTTLS"]])
            #expect(executor.now.sinceStart == .seconds(70))
            #expect(sink.sessions.map(\.ending) == [.closedBySink])
            transport.close(.closed)
        }
    }

    @Test("One too many is not waited for in the handshake of TLS, also where nobody else is hurried")
    func oneTooMany() throws {
        var configuration = try Self.configuration(isImplicit: true)
        configuration.limits.idleTime = nil
        configuration.limits.connections = 1
        let sink = MailSink(configuration)
        try executor.run { [executor] in
            let transports = (0..<2).map { _ in sink.connect(on: executor) }
            let ended = try await sink.endedSessions(1)
            #expect(ended.map(\.number) == [1] && ended.map(\.ending) == [.closedBySink])
            #expect(executor.now.sinceStart == .zero)
            for transport in transports { transport.close(.closed) }
        }
    }

    @Test("A client that has no room for the goodbye to the silent is cut off")
    func notReadingTheGoodbye() throws {
        var configuration = SinkConfiguration()
        configuration.limits.idleTime = .seconds(60)
        let sink = MailSink(configuration)
        try executor.run { [executor] in
            var narrow = PipeOptions()
            // The greeting, and nothing more.
            narrow.capacity = 24
            let transport = sink.connect(on: executor, homeward: narrow)
            let ended = try await sink.endedSessions(1)
            #expect(ended.map(\.ending) == [.closedBySink])
            #expect(executor.now.sinceStart == .seconds(120))
            transport.close(.closed)
        }
        #expect(executor.nextTimer == nil)
    }
}
