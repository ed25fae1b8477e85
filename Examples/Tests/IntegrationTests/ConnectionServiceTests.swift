import SMTPClient
import SMTPIntegrations
import SMTPTesting
import SMTPTransport
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@Suite("A connection as a service")
struct ConnectionServiceTests {
    @Test("It is open until the shutdown, and then ends with QUIT")
    func shutdown() async throws {
        try await MailSink.withListening { sink in
            let connection = try await SMTPConnection.connect(
                to: .host("127.0.0.1", port: sink.port),
                configuration: SMTPConfiguration(security: .insecurePlain)
            )
            try await testGracefulShutdown { trigger in
                async let running: Void = ConnectionService(connection).run()
                try await connection.send("Subject: x\n\nhello\n", from: "a@example.org", to: ["b@example.org"])
                #expect(sink.sessions[0].ending == nil)
                trigger.triggerGracefulShutdown()
                try await running
            }
            #expect(try await sink.endedSessions(1)[0].ending == .quit)
        }
    }
}
