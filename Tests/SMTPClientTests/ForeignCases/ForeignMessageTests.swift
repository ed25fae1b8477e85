import SMTPSession
import SMTPTesting
import SMTPWire
import Testing

@testable import SMTPClient

/// What becomes of messages, by the cases of other clients' tests; `Docs/ForeignCases.md` says whose.
@Suite("Other clients' cases: messages")
struct ForeignMessageTests {
    @Test(
        "A refusal with the connection closed behind it is told as the refusal",
        arguments: [
            ("MAIL", 451), ("MAIL", 530), ("MAIL", 550), ("RCPT", 451), ("RCPT", 550), ("DATA", 451), ("DATA", 554),
        ],
        [[], ["PIPELINING"]]
    )
    func refusedAndClosed(refusal: (verb: String, code: Int), keywords: [String]) throws {
        var server = SinkConfiguration(offering: keywords)
        server.script.on(.command(refusal.verb), .reply(refusal.code, "no").thenClose())
        let (error, sink) = try converse(server) { connection in
            await errorOf { () async throws(SMTPError) in
                try await connection.send("x", from: "", to: ["postmaster"])
            }
        }
        #expect(error?.reply?.code.rawValue == UInt16(refusal.code))
        #expect(error?.verb == refusal.verb)
        #expect(error?.report?.isUncertain == false)
        #expect(sink.messages.isEmpty)
    }

    @Test(
        "421 to the second recipient: the first has not the message, and neither is taken for refused",
        arguments: [[], ["PIPELINING"]]
    )
    func goodbyeInRecipients(keywords: [String]) throws {
        var server = SinkConfiguration(offering: keywords)
        server.script.on(.command("RCPT"), occurrence: 2, .reply(421, "closing"))
        let (error, sink) = try converse(server) { connection in
            await errorOf { () async throws(SMTPError) in
                try await connection.send("x", from: "", to: ["a@x.example", "b@x.example", "c@x.example"])
            }
        }
        #expect(error?.reply?.code.rawValue == 421)
        #expect(error?.advice == .sendAgainNow)
        #expect(error?.report?.recipients.map { $0.outcome.isAccepted } == [false, false, false])
        #expect(error?.report?.isUncertain == false)
        #expect(sink.messages.isEmpty)
        #expect(sink.sessions[0].commands.contains("RSET") == false)
    }

    @Test(
        "After a refusal of any command, or of the content, the next message goes over the same connection",
        arguments: [
            ("MAIL", []), ("RCPT", ["RSET"]), ("DATA", ["RSET"]), ("", []),
        ]
    )
    func nextMessage(verb: String, between: [String]) throws {
        var server = SinkConfiguration(offering: [])
        server.script.on(verb.isEmpty ? .content : .command(verb), occurrence: 1, .reply(550, "5.0.0 no"))
        let (_, sink) = try converse(server) { connection in
            let error = await errorOf { () async throws(SMTPError) in
                try await connection.send("first", from: "", to: ["postmaster"])
            }
            #expect(error?.kind == .refused)
            try await connection.send("second", from: "", to: ["postmaster"])
        }
        #expect(sink.messages.map(\.text) == ["second\r\n"])
        let commands = sink.sessions[0].commands
        let second = try #require(commands.lastIndex { $0.hasPrefix("MAIL") })
        #expect(commands[..<second].filter { $0 == "RSET" } == between)
    }

    @Test("The words of an acceptance, with what the server calls the message, are in the report")
    func acceptance() throws {
        var server = SinkConfiguration(offering: ["ENHANCEDSTATUSCODES"])
        server.script.on(.content, .reply(250, "2.0.0 1Yat1n00V1sBWGw3SYaubg mail accepted for delivery"))
        let (report, _) = try converse(server) { try await $0.send("x", from: "", to: ["postmaster"]) }
        let reply = report.recipients[0].outcome.answer?.reply
        #expect(reply?.enhancedStatusCode?.description == "2.0.0")
        #expect(reply?.description.contains("1Yat1n00V1sBWGw3SYaubg") == true)
    }

    @Test("Without recipients nothing is said, and the null reverse-path is a sender")
    func senders() throws {
        let (error, sink) = try converse(SinkConfiguration(offering: [])) { connection -> SMTPError? in
            try await connection.hello()
            let error = await errorOf { () async throws(SMTPError) in
                try await connection.send("x", from: "a@x.example", to: [])
            }
            try await connection.send("x", from: "", to: ["postmaster"])
            try await connection.send("x", from: "<>", to: ["postmaster"])
            return error
        }
        #expect(error?.kind == .usage)
        #expect(sink.sessions[0].commands.filter { $0.hasPrefix("MAIL") } == ["MAIL FROM:<>", "MAIL FROM:<>"])
    }

    @Test(
        "What is no address alone is refused before a byte of it is sent",
        arguments: [
            "Bob <bob@x.example>", "bob@x.example (Bob)", "@@", ">not an addr<", "bob", "bob@x.example\r\nRSET",
            "bob@x.example>\r\nMAIL FROM:<eve@x.example>\r\nRCPT TO:<eve@x.example>\r\nDATA\r\n.\r\nRSET\r\nMAIL FROM:<x",
            "bob\t@x.example", "bob\u{7F}@x.example", "bob\0@x.example", "<bob@x.example", "a:b:c@x.example",
        ]
    )
    func noAddress(text: String) throws {
        let (errors, sink) = try converse(SinkConfiguration(offering: ["SMTPUTF8"])) { connection -> [SMTPError?] in
            try await connection.hello()
            return [
                await errorOf { () async throws(SMTPError) in
                    try await connection.send("x", from: text, to: ["postmaster"])
                },
                await errorOf { () async throws(SMTPError) in try await connection.send("x", from: "", to: [text]) },
            ]
        }
        #expect(errors.allSatisfy { $0?.kind == .invalidAddress && $0?.initiator == .caller })
        #expect(sink.sessions[0].commands == ["EHLO localhost", "QUIT"])
    }

    @Test("A parameter that the library does not know goes as it is, and a refusal of it is the server's word")
    func otherParameters() throws {
        let since = RecipientParameter.other(try ESMTPParameter("RRVS", value: "2014-04-03T23:01:00Z"))
        let option = MailParameter.other(try ESMTPParameter("OPT", value: "1"))
        var server = SinkConfiguration(offering: ["RRVS", "X"])
        server.enforcement = []
        server.script.decide = { moment, _ in moment.line.contains("OPT=1") ? .reply(555, "5.5.4 OPT?") : nil }
        let (error, sink) = try converse(server) { connection -> SMTPError? in
            let to = [Envelope.Recipient(try ForwardPath("root@x.example"), parameters: [since]), .init(.postmaster)]
            try await connection.send(.text("x"), envelope: Envelope(from: .null, to: to))
            return await errorOf { () async throws(SMTPError) in
                try await connection.send(
                    .text("x"),
                    envelope: Envelope(from: .null, parameters: [option], to: [.init(.postmaster)])
                )
            }
        }
        #expect(error?.kind == .refused && error?.reply?.code.rawValue == 555 && error?.verb == "MAIL")
        let recipients = sink.sessions[0].commands.filter { $0.hasPrefix("RCPT") }
        #expect(recipients == ["RCPT TO:<root@x.example> RRVS=2014-04-03T23:01:00Z", "RCPT TO:<Postmaster>"])
    }

    @Test("Priority and deadline are the message's, so they stand on MAIL and not on RCPT")
    func messageParameters() throws {
        let time = try DeliverBy(seconds: 100, mode: .returns, isTraced: true)
        let parameters: [MailParameter] = [.deliverBy(time), .priority(try MessagePriority(6))]
        let (_, sink) = try converse(SinkConfiguration(offering: ["DELIVERBY", "MT-PRIORITY"])) { connection in
            let envelope = Envelope(from: .null, parameters: parameters, to: [.init(.postmaster)])
            return try await connection.send(.text("x"), envelope: envelope)
        }
        #expect(sink.sessions[0].commands.contains("MAIL FROM:<> BY=100;RT MT-PRIORITY=6"))
    }
}
