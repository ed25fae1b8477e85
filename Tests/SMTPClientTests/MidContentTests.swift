import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// A server that refuses in the midst of a large content.
@Suite("A refusal in the midst of the content")
struct MidContentTests {
    private static let large = String(repeating: "A line of a large message, and its end\n", count: 100_000)
    private static let refusedAt = 300_000

    /// What lies in the pipe, and what is in the client's hand, when the refusal comes.
    private static let slack = PipeOptions().capacity + 2 * 65_536

    @Test(
        "552 and 421 by DATA: the upload stops within a buffer, and the terminator is never sent",
        arguments: [
            (552, "5.3.4", SMTPError.Advice.never), (421, "4.3.2", .sendAgainNow), (451, "4.3.0", .sendAgainLater),
        ],
        [[], ["PIPELINING"]]
    )
    func data(answer: (code: Int, status: String, advice: SMTPError.Advice), keywords: [String]) throws {
        var server = SinkConfiguration(offering: keywords)
        server.script.on(.contentOctets(Self.refusedAt), .reply(answer.code, "\(answer.status) enough"))
        let (isOpen, sink) = try converse(server) { connection in
            let error = await errorOf { () async throws(SMTPError) in
                try await connection.send(Self.large, from: "", to: ["a@x.example"])
            }
            #expect(error?.kind == .refused && error?.verb == "DATA")
            #expect(error?.reply?.code.rawValue == UInt16(answer.code))
            #expect(error?.advice == answer.advice)
            #expect(error?.report?.isUncertain == false)
            return connection.channel.state.isOpen
        }
        #expect(!isOpen)
        let session = try #require(sink.sessions.first)
        #expect(session.receivedCount < Self.refusedAt + Self.slack)
        #expect(!session.receivedText.contains("\r\n.\r\n"))
        #expect(sink.messages.isEmpty)
    }

    @Test(
        "By BDAT the refusal of a chunk ends at its border: RSET, and the connection goes on",
        arguments: [[], ["PIPELINING"]]
    )
    func chunks(keywords: [String]) throws {
        var server = SinkConfiguration(offering: keywords + ["CHUNKING"])
        server.script.on(.command("BDAT"), occurrence: 3, .reply(552, "5.3.4 enough"))
        let (_, sink) = try converse(server) {
            $0.chunking = .always
        } client: { connection in
            let error = await errorOf { () async throws(SMTPError) in
                try await connection.send(Self.large, from: "", to: ["a@x.example"])
            }
            #expect(error?.kind == .refused && error?.verb == "BDAT" && error?.reply?.code.rawValue == 552)
            #expect(error?.report?.recipients.map { $0.outcome.name } == ["rejected BDAT"])
            try await connection.send("small", from: "", to: ["a@x.example"])
        }
        #expect(sink.messages.map(\.text) == ["small\r\n"])
        let commands = try #require(sink.sessions.first).commands
        #expect(commands.contains("RSET"))
        #expect(!commands.contains { $0.hasPrefix("BDAT") && $0.hasSuffix("LAST") && $0 != "BDAT 7 LAST" })
    }

    @Test("A server that says 421 and breaks off while we write: its words are read, and reported")
    func brokenOff() throws {
        var server = SinkConfiguration(offering: [])
        server.script.on(.contentOctets(Self.refusedAt), .reply(421, "4.3.2 shutting down").thenClose())
        let (error, _) = try converse(server) { connection in
            await errorOf { () async throws(SMTPError) in
                try await connection.send(Self.large, from: "", to: ["a@x.example"])
            }
        }
        #expect(error?.reply?.description == "421 4.3.2 shutting down")
        #expect(error?.kind == .refused && error?.advice == .sendAgainNow)
        #expect(error?.report?.isUncertain == false)
    }

    @Test(
        "A lone dot is sent only where nobody was accepted after RSET and MAIL were; else the connection is closed without it",
        arguments: [true, false]
    )
    func loneDot(isAccepted: Bool) throws {
        // Pipelined, a 354 may come although all recipients were refused, or although the message must not go.
        let recipients = isAccepted ? ["250 a", "550 b"] : ["550 a", "550 b"]
        let (report, received) = try dialogue(
            server: { peer in
                try await peer.say("220 ready")
                try await peer.answer("250-me\n250 PIPELINING")
                for reply in ["250 mail"] + recipients { try await peer.answer(reply) }
                if !isAccepted { try await peer.answer("354 go") }
                try await peer.serve(["PIPELINING"])
            },
            client: { transport in
                let configuration = SMTPConfiguration(security: .insecurePlain)
                let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
                let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example"])
                let policy = isAccepted ? RecipientPolicy.allOrNothing : .anyAccepted
                let error = await errorOf { () async throws(SMTPError) in
                    try await connection.send(.text("secret"), envelope: envelope, policy: policy)
                }
                await connection.quit()
                return error?.report?.recipients.map { $0.outcome.name }
            }
        )
        #expect(report == [isAccepted ? "not attempted" : "rejected RCPT", "rejected RCPT"])
        #expect(!received.contains("secret"))
        #expect(received.contains("DATA\r\n.\r\n") == !isAccepted)
        #expect(received.contains("DATA") == !isAccepted)
    }

    @Test("Where RSET is refused, those accepted for the message before get nothing", arguments: [[], ["PIPELINING"]])
    func refusedReset(keywords: [String]) throws {
        var server = SinkConfiguration(offering: keywords + ["CHUNKING"])
        server.script.on(.command("RSET"), .reply(500, "5.5.1 what?"))
        server.script.on(.recipient("b@x.example"), .reply(550, "5.1.1 no"))
        let (outcomes, sink) = try converse(server) { connection in
            let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example"])
            _ = await errorOf { () async throws(SMTPError) in
                try await connection.send(.text("first"), envelope: envelope, policy: .allOrNothing)
            }
            let error = await errorOf { () async throws(SMTPError) in
                try await connection.send("second", from: "", to: ["c@x.example"])
            }
            return error?.report?.recipients.map { $0.outcome.name }
        }
        #expect(outcomes == ["not attempted"])
        #expect(sink.messages.isEmpty)
        #expect(sink.sessions.first?.commands.contains { $0.hasPrefix("BDAT") } == false)
    }
}
