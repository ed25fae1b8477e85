import SMTPClient
import SMTPSession
import SMTPTesting
import SMTPWire
import Testing

/// A server that leaves while nothing is asked of it.
@Suite("Certainty: connections that end while they are idle")
struct IdleTests {
    enum Farewell: CaseIterable, Sendable {
        case goodbye, close, reset, unsolicited

        var behaviour: SinkReply {
            switch self {
            case .goodbye: .reply(421, "4.4.2 idle too long")
            case .close: .close
            case .reset: .reset
            case .unsolicited: .reply(250, "by the way")
            }
        }
    }

    @Test(
        "It is noticed before the next message is given to it, which is neither lost nor doubled",
        arguments: Farewell.allCases,
        [SessionKind.plain, .pipelined, .streaming]
    )
    func noticed(farewell: Farewell, kind: SessionKind) throws {
        var server = try kind.server()
        server.script.on(
            .content,
            occurrence: 1,
            .reply(250, "2.0.0 taken").followed(by: farewell.behaviour.after(.seconds(30)))
        )
        let simulation = Simulation(seed: 0, server: server, order: .inOrder)
        let client = try kind.client()
        let (first, second) = (TestMessage(number: 0, recipientCount: 1), TestMessage(number: 1, recipientCount: 1))
        try simulation.run {
            let connection = try await SMTPConnection.open(over: simulation.connect(), configuration: client)
            try await connection.send(.text(first.text), envelope: first.envelope())
            try await simulation.executor.sleep(for: .seconds(60))
            let state = connection.channel.state
            #expect(!state.isOpen)
            do throws(SMTPError) {
                try await connection.send(.text(second.text), envelope: second.envelope())
                Issue.record("it was sent")
            } catch {
                #expect(error.report?.recipients.map(\.outcome) ?? [.notAttempted] == [.notAttempted])
                #expect(error.advice == (farewell == .unsolicited ? .sendAgainLater : .sendAgainNow))
            }
            #expect(!simulation.server.sessions[0].receivedText.contains(second.sender))
            let another = try await SMTPConnection.open(over: simulation.connect(), configuration: client)
            try await another.send(.text(second.text), envelope: second.envelope())
            await another.quit()
        }
        for message in [first, second] {
            #expect(simulation.copies(of: message.text, for: message.recipients[0]) == 1)
        }
        #expect(simulation.leftOpenCount == 0)
    }

    @Test("A forwarding address in a refusal is shown and never followed: there are no redirects")
    func redirect() throws {
        var server = SinkConfiguration()
        server.script.on(.command("RCPT"), .reply(551, "5.1.6 please try <elsewhere@y.example>"))
        let simulation = Simulation(seed: 0, server: server)
        let message = TestMessage(number: 0, recipientCount: 1)
        try simulation.run {
            let connection = try await SMTPConnection.open(
                over: simulation.connect(),
                configuration: SMTPConfiguration(security: .insecurePlain)
            )
            do throws(SMTPError) {
                try await connection.send(.text(message.text), envelope: message.envelope())
                Issue.record("it was sent")
            } catch {
                #expect(error.reply?.code.rawValue == 551)
                #expect(error.advice == .never)
            }
            await connection.quit()
        }
        #expect(!simulation.server.sessions[0].receivedText.contains("elsewhere"))
        #expect(simulation.server.sessions.count == 1)
    }
}
