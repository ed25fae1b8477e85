import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

@Suite("SMTPConnection: sending")
struct SendTests {
    static let modern = ["PIPELINING", "8BITMIME", "SMTPUTF8"]

    /// Connects, runs `client`, and returns what it returned with what the server read.
    @discardableResult
    private func connection<Value: Sendable>(
        _ fragmentation: PipeOptions.Fragmentation = .whole,
        outward: PipeOptions = PipeOptions(),
        configuration: SMTPConfiguration = SMTPConfiguration(security: .insecurePlain),
        server: @escaping @Sendable (Peer) async throws -> Void,
        client: @escaping @Sendable (SMTPConnection) async throws -> Value
    ) throws -> (value: Value, received: String) {
        try dialogue(
            fragmentation,
            outward: outward,
            server: { peer in
                try await peer.say("220 ready")
                try await server(peer)
            },
            client: { transport in
                let connection = try await SMTPConnection.open(over: transport, configuration: configuration)
                let value = try await client(connection)
                await connection.quit()
                return value
            }
        )
    }

    private func sendError(_ body: () async throws(SMTPError) -> Void) async -> SMTPError? {
        do throws(SMTPError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test("Hello and send, one command at a time or in one group", arguments: allFragmentations, [[], modern])
    func helloAndSend(fragmentation: PipeOptions.Fragmentation, keywords: [String]) throws {
        let (report, received) = try connection(
            fragmentation,
            server: { try await $0.serve(keywords) },
            client: { connection in
                try await connection.hello(as: try HelloName("me.example"))
                return try await connection.send(
                    "Subject: x\n\n.dot\n..\nlast",
                    from: "a@b.example",
                    to: ["c@d.example", "e@f.example"]
                )
            }
        )
        #expect(report.isAcceptedForAll)
        #expect(report.recipients.map { "\($0.forwardPath)" } == ["c@d.example", "e@f.example"])
        #expect(report.recipients.allSatisfy { $0.outcome.answer?.verb == "DATA" })
        #expect(
            received
                == "EHLO me.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@f.example>\r\nDATA\r\n"
                + "Subject: x\r\n\r\n..dot\r\n...\r\nlast\r\n.\r\nQUIT\r\n"
        )
    }

    @Test("Sending says hello if nobody has; both interfaces work on one connection in turn")
    func interleaved() throws {
        let (_, received) = try connection(
            server: { try await $0.serve() },
            client: { connection in
                try await connection.send("1", from: "", to: ["postmaster"])
                #expect(try await connection.channel.noop().isPositiveCompletion)
                // An open transaction of the low-level interface is cleared before the next message.
                _ = try await connection.channel.mail(from: .null)
                try await connection.send("2", from: "", to: ["postmaster"])
                try await connection.channel.sendRaw(Array("NOOP\r\n".utf8))
                _ = try await connection.channel.receiveRaw()
                try await connection.send("3", from: "", to: ["postmaster"])
                try await connection.noop()
                try await connection.reset()
            }
        )
        let message = "MAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n"
        #expect(
            received == "EHLO localhost\r\n\(message)1\r\n.\r\nNOOP\r\nMAIL FROM:<>\r\nRSET\r\n\(message)2\r\n.\r\n"
                + "NOOP\r\nRSET\r\n\(message)3\r\n.\r\nNOOP\r\nRSET\r\nQUIT\r\n"
        )
    }

    @Test("HELO follows just the replies that say so", arguments: [500, 501, 502, 504, 550])
    func helo(code: Int) throws {
        let (_, received) = try connection(
            server: { try await $0.serve(replies: [("EHLO", "\(code) what?")]) },
            client: { connection in
                let extensions = try await connection.hello()
                #expect(extensions.isEmpty)
            }
        )
        #expect(received == "EHLO localhost\r\nHELO localhost\r\nQUIT\r\n")
    }

    @Test("Any other refusal of EHLO is final", arguments: [421, 450, 503, 521, 554])
    func refusedHello(code: Int) throws {
        let (error, received) = try connection(
            server: { try await $0.serve(replies: [("EHLO", "\(code) no")]) },
            client: { connection in
                await sendError { () async throws(SMTPError) in try await connection.hello() }
            }
        )
        #expect(error?.kind == .refused)
        #expect(error?.reply?.code.rawValue == UInt16(code))
        #expect(!received.contains("HELO"))
    }

    @Test("Refused recipients do not stop the others", arguments: [[], modern])
    func partialRefusal(keywords: [String]) throws {
        let (report, received) = try connection(
            server: {
                try await $0.serve(
                    keywords,
                    replies: [("RCPT TO:<b@", "550 5.1.1 no b"), ("RCPT TO:<c@", "452 4.2.2 full")]
                )
            },
            client: {
                try await $0.send("x", from: "", to: ["a@x.example", "b@x.example", "c@x.example", "d@x.example"])
            }
        )
        #expect(
            report.recipients.map { $0.outcome.name } == ["accepted", "rejected RCPT", "rejected RCPT", "accepted"]
        )
        #expect(report.recipients[1].outcome.answer?.reply.enhancedStatusCode?.description == "5.1.1")
        #expect(!report.isAcceptedForAll && report.isAcceptedForAny)
        #expect(received.contains("x\r\n.\r\n"))
    }

    @Test(
        "All refused: the first refusal is thrown, and the connection is clean for the next",
        arguments: [[], modern]
    )
    func allRefused(keywords: [String]) throws {
        let (_, received) = try connection(
            server: { peer in
                try await peer.serve(
                    keywords,
                    replies: [("RCPT", "450 4.2.1 busy"), ("RCPT", "550 5.1.1 no")]
                        + (keywords.isEmpty ? [] : [("DATA", "554 5.5.1 no valid recipients")])
                )
            },
            client: { connection in
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: ["a@x.example", "b@x.example"])
                }
                #expect(error?.kind == .refused)
                #expect(error?.reply?.code.rawValue == 450)
                #expect(error?.advice == .sendAgainLater)
                #expect(error?.report?.recipients.map { $0.outcome.name } == ["rejected RCPT", "rejected RCPT"])
                try await connection.send("next", from: "", to: ["postmaster"])
            }
        )
        #expect(!received.contains("x\r\n.\r\n") && received.contains("next\r\n.\r\n"))
        #expect(received.contains("RSET\r\n"))
    }

    @Test("All-or-nothing asks all before DATA, and gives up if one is refused", arguments: [[], modern])
    func allOrNothing(keywords: [String]) throws {
        let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example"])
        let (_, received) = try connection(
            server: { try await $0.serve(keywords, replies: [("RCPT TO:<b@", "550 no")]) },
            client: { connection in
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.send(.text("x"), envelope: envelope, policy: .allOrNothing)
                }
                #expect(error?.report?.recipients.map { $0.outcome.name } == ["not attempted", "rejected RCPT"])
                let report = try await connection.send(.text("y"), envelope: envelope, policy: .allOrNothing)
                #expect(report.isAcceptedForAll)
            }
        )
        #expect(received.split(separator: "DATA").count == 2)
    }

    @Test("A refusal of each command ends the message with that reply", arguments: ["MAIL", "DATA"], [[], modern])
    func refusals(verb: String, keywords: [String]) throws {
        try connection(
            server: { try await $0.serve(keywords, replies: [(verb, "554 5.7.1 \(verb) refused")]) },
            client: { connection in
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: ["postmaster"])
                }
                #expect(error?.verb == verb)
                #expect(error?.kind == .refused && error?.advice == .never && error?.initiator == .server)
                let outcome = verb == "DATA" ? "rejected DATA" : "not attempted"
                // A server that refuses MAIL and asks for content all the same is not understood any more.
                #expect(error?.report?.recipients.map { $0.outcome.name } == [outcome])
                if verb == "DATA" || keywords.isEmpty { try await connection.send("y", from: "", to: ["postmaster"]) }
            }
        )
    }

    @Test("A refusal after the dot is a rejection")
    func refusedContent() throws {
        try connection(
            server: { try await $0.serve(content: "550 5.7.1 spam") },
            client: { connection in
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: ["postmaster"])
                }
                #expect(error?.reply?.code.rawValue == 550)
                #expect(error?.report?.recipients.map { $0.outcome.name } == ["rejected DATA"])
                try await connection.noop()
            }
        )
    }

    @Test("No answer to the dot is unknown, and said to be unsafe to send again")
    func unknown() throws {
        try connection(
            server: { peer in
                for reply in ["250 ehlo", "250 mail", "250 rcpt", "354 go"] { try await peer.answer(reply) }
                _ = try await peer.content()
                try await peer.write("250 2.0.0 que")
                peer.close()
            },
            client: { connection in
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: ["postmaster"])
                }
                #expect(error?.kind == .closed)
                #expect(error?.advice == .unsafe)
                #expect(error?.report?.isUncertain == true)
                #expect(!connection.channel.state.isOpen)
            }
        )
    }

    @Test("A server that leaves before the dot provably does not have the message", arguments: 1...4)
    func lostBeforeContent(answers: Int) throws {
        try connection(
            server: { peer in
                for reply in ["250 ehlo", "250 mail", "250 rcpt", "354 go"].prefix(answers) {
                    try await peer.answer(reply)
                }
                if answers < 4 { _ = try await peer.line() }
                peer.close()
            },
            client: { connection in
                try await connection.hello()
                let large = String(repeating: "a line of content\n", count: 100_000)
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.send(large, from: "", to: ["postmaster"])
                }
                #expect(error?.kind == .closed)
                #expect(error?.advice == .sendAgainNow)
                #expect(error?.report?.recipients.map { $0.outcome.name } == ["not attempted"])
            }
        )
    }

    @Test("421 before leaving is the refusal that is reported", arguments: [[], modern])
    func goodbye(keywords: [String]) throws {
        try connection(
            server: { try await $0.serve(keywords, replies: [("RCPT", "421 4.3.2 going down")]) },
            client: { connection in
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: ["a@x.example", "b@x.example"])
                }
                #expect(error?.kind == .refused)
                #expect(error?.reply?.code.rawValue == 421)
                #expect(error?.advice == .sendAgainNow)
                #expect(!connection.channel.state.isOpen)
            }
        )
    }

    @Test("Replies that do not belong end the connection", arguments: ["MAIL", "RCPT", "DATA"])
    func unexpected(verb: String) throws {
        try connection(
            server: { try await $0.serve(replies: [(verb, verb == "DATA" ? "250 ok" : "354 go\n")]) },
            client: { connection in
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: ["postmaster"])
                }
                #expect(error?.kind == .protocolViolation)
                #expect(error?.report?.isUncertain == false)
                #expect(!connection.channel.state.isOpen)
            }
        )
    }

    @Test("8-bit content goes as 8BITMIME, and not at all where that is not offered")
    func eightBit() throws {
        let (_, received) = try connection(
            server: { try await $0.serve(["8BITMIME"]) },
            client: { try await $0.send("grüße", from: "", to: ["postmaster"]) }
        )
        #expect(received.contains("MAIL FROM:<> BODY=8BITMIME\r\n"))
        let (error, refused) = try connection(
            server: { try await $0.serve() },
            client: { connection in
                await sendError { () async throws(SMTPError) in
                    try await connection.send("grüße", from: "", to: ["postmaster"])
                }
            }
        )
        #expect(error?.kind == .content)
        #expect(!refused.contains("MAIL"))
    }

    @Test("Internationalised addresses go with SMTPUTF8, and not at all where that is not offered")
    func internationalized() throws {
        let (_, received) = try connection(
            server: { try await $0.serve(Self.modern) },
            client: { try await $0.send("x", from: "", to: ["jürgen@x.example"]) }
        )
        #expect(received.contains("MAIL FROM:<> SMTPUTF8\r\n"))
        let (error, refused) = try connection(
            server: { try await $0.serve() },
            client: { connection in
                await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: ["jürgen@x.example"])
                }
            }
        )
        #expect(error?.kind == .notOffered)
        #expect(!refused.contains("MAIL"))
    }

    @Test("Messages of many tasks are sent one after the other, each whole")
    func manyTasks() throws {
        let (_, received) = try connection(
            server: { try await $0.serve(Self.modern) },
            client: { connection in
                try await connection.hello()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<20 {
                        group.addTask { try await connection.send("message \(index)", from: "", to: ["postmaster"]) }
                    }
                    try await group.waitForAll()
                }
            }
        )
        for index in 0..<20 {
            #expect(received.contains("MAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\nmessage \(index)\r\n.\r\n"))
        }
    }

    @Test("A message cancelled in its envelope leaves the connection clean")
    func cancelledEnvelope() throws {
        let (_, received) = try connection(
            server: { peer in
                try await peer.answer("250 ehlo")
                _ = try await peer.line()
                try await peer.transport.executor.sleep(for: .seconds(10))
                try await peer.say("250 mail")
                try await peer.serve()
            },
            client: { connection in
                try await connection.hello()
                let task = Task(executorPreference: connection.channel.executor) {
                    await sendError { () async throws(SMTPError) in
                        try await connection.send("first", from: "", to: ["postmaster"])
                    }
                }
                try await connection.channel.executor.sleep(for: .seconds(1))
                task.cancel()
                let error = await task.value
                #expect(error?.kind == .cancelled)
                #expect(error?.report?.recipients.map { $0.outcome.name } == ["not attempted"])
                try await connection.send("second", from: "", to: ["postmaster"])
            }
        )
        #expect(!received.contains("first"))
        #expect(
            received.contains("MAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\nsecond\r\n.\r\n")
        )
    }

    @Test("A message cancelled in its content is cut off without the dot")
    func cancelledContent() throws {
        var outward = PipeOptions()
        outward.capacity = 1000
        let (_, received) = try connection(
            outward: outward,
            server: { peer in
                for reply in ["250 ehlo", "250 mail", "250 rcpt", "354 go"] { try await peer.answer(reply) }
                _ = try await peer.octets(5000)
                try await peer.transport.executor.sleep(for: .seconds(10))
            },
            client: { connection in
                let large = String(repeating: "a line of content\n", count: 100_000)
                let task = Task(executorPreference: connection.channel.executor) {
                    await sendError { () async throws(SMTPError) in
                        try await connection.send(large, from: "", to: ["postmaster"])
                    }
                }
                try await connection.channel.executor.sleep(for: .seconds(1))
                task.cancel()
                let error = await task.value
                #expect(error?.kind == .cancelled)
                #expect(error?.report?.recipients.map { $0.outcome.name } == ["not attempted"])
                #expect(!connection.channel.state.isOpen)
            }
        )
        #expect(!received.contains("\r\n.\r\n"))
    }

    @Test(
        "Input that cannot be sent is refused before a byte",
        arguments: ["a b@x.example", "a@x.example\r\nRSET", "", "a@", "@x", "<a@x.example"]
    )
    func invalidInput(address: String) throws {
        let (error, received) = try connection(
            server: { try await $0.serve() },
            client: { connection in
                await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: [address])
                }
            }
        )
        #expect(error?.kind == .invalidAddress)
        #expect(error?.description.contains { $0.isNewline } == false)
        #expect(received == "QUIT\r\n")
    }

    @Test("What fails before MAIL has a report too: nobody was attempted", arguments: [false, true])
    func reportBeforeMail(isMany: Bool) throws {
        let (report, sink) = try converse(SinkConfiguration(offering: ["SIZE 10"])) { connection in
            let content = Content.text("more than ten octets")
            let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example"])
            if isMany {
                var reports = connection.send(contentsOf: [MailObject(content, envelope: envelope)]).makeAsyncIterator()
                return try await reports.next()
            }
            return await errorOf { () async throws(SMTPError) in
                try await connection.send(content, envelope: envelope)
            }?.report
        }
        #expect(report?.recipients.map(\.outcome) == [.notAttempted, .notAttempted])
        #expect(report?.error?.kind == .content)
        #expect(sink.sessions.first?.commands.contains { $0.hasPrefix("MAIL") } == false)
    }

    @Test("530 says the same of one message and of many: log in first, or start TLS first", arguments: [false, true])
    func wantsAuthentication(isMany: Bool) throws {
        var server = SinkConfiguration(offering: ["PIPELINING"])
        server.script.on(.command("MAIL"), .reply(530, "5.7.0 not like this"))
        let (report, _) = try converse(server) { connection in
            let message = MailObject(.text("x"), envelope: try Envelope(from: "", to: ["postmaster"]))
            if isMany {
                var reports = connection.send(contentsOf: [message]).makeAsyncIterator()
                return try await reports.next()
            }
            let error = await errorOf { () async throws(SMTPError) in try await connection.send(message) }
            #expect(error?.kind == .tlsRequired)
            return error?.report
        }
        #expect(report?.error?.kind == .tlsRequired)
        guard case .rejected(let answer)? = report?.message else {
            Issue.record("\(String(describing: report?.message))")
            return
        }
        #expect(answer.verb == "MAIL" && answer.reply.code.rawValue == 530)
    }
}
