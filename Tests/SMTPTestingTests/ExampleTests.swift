import SMTPClient
import SMTPTesting
import SMTPTransport
import Testing

/// What the documentation shows, so that it compiles and is true.
@Suite("Examples of the documentation")
struct ExampleTests {
    @Test("Over TCP: one recipient is full, the other has the message")
    func listening() async throws {
        var server = SinkConfiguration()
        server.script.on(.recipient("full@example.org"), .reply(452, "4.2.2 mailbox full"))
        try await MailSink.withListening(server) { sink in
            try await SMTPConnection.withConnection(
                to: .host("127.0.0.1", port: sink.port),
                configuration: SMTPConfiguration(security: .insecurePlain)
            ) {
                try await $0.send(
                    "Subject: hi\n\nHello",
                    from: "a@example.com",
                    to: ["full@example.org", "b@example.org"]
                )
            }
            let message = try await sink.messages(1)[0]
            #expect(message.acceptedRecipients == ["b@example.org"])
            #expect(message.text == "Subject: hi\r\n\r\nHello\r\n")
        }
    }

    @Test("In memory and virtual time: the reply to the content is lost")
    func lostReply() throws {
        var server = SinkConfiguration()
        server.script.on(.content, .reply(250, "ok").unsaid().after(.seconds(90)).thenReset())
        let sink = MailSink(server)
        let executor = DeterministicExecutor()
        let error = #expect(throws: SMTPError.self) {
            try executor.run {
                let connection = try await SMTPConnection.open(
                    over: sink.connect(on: executor),
                    configuration: SMTPConfiguration(security: .insecurePlain)
                )
                try await connection.send("x", from: "", to: ["b@example.org"])
            }
        }
        #expect(error?.advice == .unsafe)
        #expect(sink.messages.count == 1)
        #expect(executor.now.sinceStart == .seconds(90))
    }
}
