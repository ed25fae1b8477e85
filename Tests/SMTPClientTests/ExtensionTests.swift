import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// What the client makes of what a server offers, against a sink that keeps the truth.
@Suite("SMTPConnection: extensions")
struct ExtensionTests {
    private static func server(_ keywords: String...) -> SinkConfiguration { SinkConfiguration(offering: keywords) }

    static let large = String(
        repeating: "A line of a large message, sixty-odd octets of it, and its end\n",
        count: 4000
    )

    @Test(
        "In chunks a message arrives as by DATA, pipelined or not",
        arguments: ["", "x", ".\n..\n\rlast\r", large],
        [["CHUNKING"], ["CHUNKING", "PIPELINING"]]
    )
    func chunks(text: String, keywords: [String]) throws {
        var server = Self.server()
        server.keywords = keywords
        let (_, sink) = try converse(server) {
            $0.chunking = .always
        } client: { connection in
            let report = try await connection.send(text, from: "", to: ["a@x.example", "b@x.example"])
            #expect(report.isAcceptedForAll)
            #expect(report.recipients.allSatisfy { $0.outcome.answer?.verb == "BDAT" && $0.advice == .done })
            try await connection.send("next", from: "", to: ["postmaster"])
        }
        var encoder = ContentEncoder(transparency: .none)
        var expected: [UInt8] = []
        encoder.encode(Array(text.utf8).span.bytes, into: &expected)
        encoder.finish(into: &expected)
        let isEqual = sink.messages.first.map { Array($0.content) } == expected
        #expect(isEqual)
        #expect(sink.messages.count == 2)
    }

    @Test("Refused recipients do not get the chunks, the others do; all refused is refused", arguments: [true, false])
    func refusedInChunks(isPipelined: Bool) throws {
        var server = Self.server("CHUNKING")
        if isPipelined { server.keywords.append("PIPELINING") }
        server.script.on(.recipient("b@x.example"), .reply(550, "5.1.1 no b"))
        let (_, sink) = try converse(server) {
            $0.chunking = .always
        } client: { connection in
            let report = try await connection.send("x", from: "", to: ["a@x.example", "b@x.example"])
            #expect(report.recipients.map { $0.outcome.name } == ["accepted", "rejected RCPT"])
            let error = await errorOf { () async throws(SMTPError) in
                try await connection.send(Self.large, from: "", to: ["b@x.example"])
            }
            #expect(error?.kind == .refused && error?.verb == "RCPT")
            try await connection.send("y", from: "", to: ["a@x.example"])
        }
        #expect(sink.messages.map(\.text) == ["x\r\n", "y\r\n"])
    }

    @Test("SIZE is said as it will be, and what is too large is refused before MAIL")
    func size() throws {
        let (_, sink) = try converse(Self.server("SIZE 20")) { connection in
            try await connection.send("a\n.b\nc", from: "", to: ["postmaster"])
            let error = await errorOf { () async throws(SMTPError) in
                try await connection.send("a line of many octets", from: "", to: ["postmaster"])
            }
            #expect(error?.kind == .content)
        }
        #expect(sink.messages.map(\.reversePath.description) == ["<> SIZE=10"])
        #expect(sink.sessions.first?.commands.count { $0.hasPrefix("MAIL") } == 1)
    }

    @Test("NUL and long lines are refused before MAIL unless the policy says otherwise")
    func contentPolicy() throws {
        let long = String(repeating: "x", count: 999)
        for text in ["a\0b", long] {
            let (_, sink) = try converse(Self.server()) { connection in
                let error = await errorOf { () async throws(SMTPError) in
                    try await connection.send(text, from: "", to: ["postmaster"])
                }
                #expect(error?.kind == .content)
            }
            #expect(sink.sessions.first?.commands.contains { $0.hasPrefix("MAIL") } == false)
            let (plan, sending) = try converse(Self.server()) {
                $0.contentPolicy.nul = .send
                $0.contentPolicy.longLines = .send
            } client: { connection in
                let envelope = try Envelope(from: "", to: ["postmaster"])
                let plan = try await connection.plan(.text(text), envelope: envelope)
                try await connection.send(.text(text), envelope: envelope)
                return plan
            }
            #expect(plan.warnings.count == 1)
            #expect(sending.messages.count == 1)
        }
    }

    @Test("Kept line ends go by BDAT as BINARYMIME, and nowhere else")
    func binary() throws {
        let text = "a\nb\rc"
        let (_, sink) = try converse(Self.server("CHUNKING", "BINARYMIME", "8BITMIME")) {
            $0.contentPolicy.lineEnds = .keep
        } client: {
            try await $0.send(text, from: "", to: ["postmaster"])
        }
        #expect(sink.messages.map(\.text) == [text])
        #expect(sink.messages.first?.reversePath.description == "<> BODY=BINARYMIME")
        let (error, other) = try converse(Self.server("8BITMIME")) {
            $0.contentPolicy.lineEnds = .keep
        } client: { connection in
            await errorOf { () async throws(SMTPError) in
                try await connection.send(text, from: "", to: ["postmaster"])
            }
        }
        #expect(error?.kind == .notOffered)
        #expect(other.messages.isEmpty)
    }

    @Test("A parameter goes where its extension is offered, and is an error elsewhere")
    func parameters() throws {
        let cases: [(keyword: String, parameter: MailParameter, line: String)] = [
            ("DSN", .ret(.headers), "RET=HDRS"),
            ("DSN", .envelopeID(try EnvelopeID("id 1")), "ENVID=id+201"),
            ("DELIVERBY", .deliverBy(try DeliverBy(seconds: 60, mode: .notifies)), "BY=60;N"),
            (
                "FUTURERELEASE 100 2030-01-01T00:00:00Z", .futureRelease(try FutureRelease(afterSeconds: 60)),
                "HOLDFOR=60"
            ),
            ("MT-PRIORITY", .priority(try MessagePriority(3)), "MT-PRIORITY=3"),
            ("AUTH PLAIN", .auth(nil), "AUTH=<>"),
        ]
        for (keyword, parameter, line) in cases {
            for isOffered in [true, false] {
                let (error, sink) = try converse(isOffered ? Self.server(keyword) : Self.server()) { connection in
                    var envelope = try Envelope(from: "", to: ["postmaster"])
                    envelope.parameters = [parameter]
                    return await errorOf { [envelope] () async throws(SMTPError) in
                        try await connection.send(.text("x"), envelope: envelope)
                    }
                }
                #expect(error?.kind == (isOffered ? nil : .notOffered), "\(keyword)")
                #expect(sink.messages.map(\.reversePath.description) == (isOffered ? ["<> \(line)"] : []), "\(keyword)")
            }
        }
    }

    @Test("REQUIRETLS goes over no connection without TLS")
    func requireTLS() throws {
        let (error, sink) = try converse(Self.server("REQUIRETLS")) { connection in
            var envelope = try Envelope(from: "", to: ["postmaster"])
            envelope.parameters = [.requireTLS]
            return await errorOf { [envelope] () async throws(SMTPError) in
                try await connection.send(.text("x"), envelope: envelope)
            }
        }
        #expect(error?.kind == .insecure)
        #expect(sink.messages.isEmpty)
    }

    @Test("RCPTMAX divides the recipients, and one report has them all", arguments: [["PIPELINING"], []])
    func recipientLimit(keywords: [String]) throws {
        var server = Self.server("LIMITS RCPTMAX=2")
        server.keywords += keywords
        let (_, sink) = try converse(server) { connection in
            let report = try await connection.send("x", from: "", to: (0..<5).map { "r\($0)@x.example" })
            #expect(report.isAcceptedForAll && report.recipients.count == 5)
        }
        #expect(sink.messages.map(\.acceptedRecipients.count) == [2, 2, 1])
    }

    @Test("Too many recipients by 452: the rest get a transaction of their own; a stream's rest is to be sent again")
    func tooMany() throws {
        var server = Self.server("PIPELINING")
        server.script.on(.recipient("c@x.example"), occurrence: 1, .reply(452, "4.5.3 too many"))
        let (_, sink) = try converse(server) { connection in
            let report = try await connection.send("x", from: "", to: ["a@x.example", "b@x.example", "c@x.example"])
            #expect(report.isAcceptedForAll)
        }
        #expect(sink.messages.map(\.acceptedRecipients) == [["a@x.example", "b@x.example"], ["c@x.example"]])
    }

    @Test(
        "A full mailbox is no reason for another transaction",
        arguments: ["452 4.2.2", "452 4.3.1", "552 5.2.2", "450 4.2.1"]
    )
    func notTooMany(words: String) throws {
        var server = Self.server()
        let code = Int(words.prefix(3)) ?? 0
        server.script.on(.recipient("b@x.example"), .reply(code, "\(words.dropFirst(4)) full"))
        let (_, sink) = try converse(server) { connection in
            let report = try await connection.send("x", from: "", to: ["a@x.example", "b@x.example"])
            #expect(report.recipients.map { $0.outcome.name } == ["accepted", "rejected RCPT"])
        }
        #expect(sink.sessions.first?.commands.count { $0.hasPrefix("MAIL") } == 1)
    }

    @Test("MAILMAX and RCPTDOMAINMAX: what is beyond is not attempted, and may go over a new connection at once")
    func sessionLimits() throws {
        let (_, sink) = try converse(Self.server("LIMITS MAILMAX=2 RCPTDOMAINMAX=1")) { connection in
            let report = try await connection.send("x", from: "", to: ["a@x.example", "b@y.example"])
            #expect(report.recipients.map { $0.outcome.name } == ["accepted", "not attempted"])
            #expect(report.recipients.map(\.advice) == [.done, .sendAgainNow])
            try await connection.send("x", from: "", to: ["a@x.example"])
            let error = await errorOf { () async throws(SMTPError) in
                try await connection.send("x", from: "", to: ["a@x.example"])
            }
            #expect(error?.kind == .sessionLimit && error?.advice == .sendAgainNow)
        }
        #expect(sink.messages.count == 2)
    }

    @Test(
        "LMTP: a reply to the content for each accepted recipient",
        arguments: [["PIPELINING"], ["PIPELINING", "CHUNKING"], []]
    )
    func lmtp(keywords: [String]) throws {
        var server = Self.server()
        server.isLMTP = true
        server.keywords = keywords
        server.script.on(.recipient("b@x.example"), .reply(550, "5.1.1 no b"))
        server.script.on(.contentForRecipient("c@x.example"), .reply(452, "4.2.2 full"))
        let (_, sink) = try converse(server) {
            $0.isLMTP = true
            $0.chunking = .always
        } client: { connection in
            let addresses = ["a@x.example", "b@x.example", "c@x.example", "a@x.example"]
            let report = try await connection.send("x", from: "", to: addresses)
            let verb = keywords.contains("CHUNKING") ? "BDAT" : "DATA"
            #expect(
                report.recipients.map { $0.outcome.name } == [
                    "accepted", "rejected RCPT", "rejected \(verb)", "accepted",
                ]
            )
            try await connection.send("y", from: "", to: ["a@x.example"])
        }
        #expect(sink.messages.map(\.acceptedRecipients) == [["a@x.example", "a@x.example"], ["a@x.example"]])
        #expect(sink.sessions.first?.hello == "LHLO localhost")
    }

    @Test("PRDR: asked for with two recipients or more, and each has its own answer")
    func prdr() throws {
        var server = Self.server("PRDR", "PIPELINING")
        server.script.on(.contentForRecipient("b@x.example"), .reply(550, "5.7.1 not for b"))
        let (_, sink) = try converse(server) { connection in
            let report = try await connection.send("x", from: "", to: ["a@x.example", "b@x.example"])
            #expect(report.recipients.map { $0.outcome.name } == ["accepted", "rejected DATA"])
            try await connection.send("y", from: "", to: ["a@x.example"])
        }
        #expect(sink.messages.map(\.reversePath.description) == ["<> PRDR", "<>"])
        #expect(sink.messages.first?.acceptedRecipients == ["a@x.example"])
    }

    @Test("An internationalised domain goes in ASCII where SMTPUTF8 is not offered")
    func asciiDomain() throws {
        let (plan, sink) = try converse(Self.server()) { connection in
            let envelope = try Envelope(from: "", to: ["a@bücher.example"])
            let plan = try await connection.plan(.text("x"), envelope: envelope)
            try await connection.send(.text("x"), envelope: envelope)
            return plan
        }
        #expect(plan.warnings == [.asciiDomain("xn--bcher-kva.example")])
        #expect(sink.messages.first?.acceptedRecipients == ["a@xn--bcher-kva.example"])
    }

    @Test("Where no limit is stated a thousand recipients go at once, unless the message can go only once")
    func manyRecipients() throws {
        let (counts, _) = try converse(Self.server()) { connection in
            let addresses = (0..<2500).map { "r\($0)@x.example" }
            let envelope = try Envelope(from: "", to: addresses)
            var once = Content.stream(AsyncStream<[UInt8]> { nil })
            once.encoding = .sevenBit
            let cases: [(Content, RecipientPolicy)] = [
                (.text("x"), .anyAccepted), (.text("x"), .allOrNothing), (once, .anyAccepted),
            ]
            var counts: [[Int]] = []
            for (content, policy) in cases {
                let plan = try await connection.plan(content, envelope: envelope, policy: policy)
                counts.append(plan.transactions.map(\.recipients.count))
            }
            return counts
        }
        #expect(counts == [[1000, 1000, 500], [2500], [2500]])
    }

    @Test("A plan is what is sent", arguments: [["PIPELINING", "8BITMIME", "SIZE 100000"], [], ["CHUNKING", "SIZE"]])
    func plan(keywords: [String]) throws {
        let transcript = Collected()
        var server = Self.server()
        server.keywords = keywords
        let (plan, _) = try converse(server) {
            $0.chunking = .always
            $0.channel.transcript = TranscriptObserver { event in
                if event.direction == .sent { transcript.add(event.line) }
            }
        } client: { connection in
            let envelope = try Envelope(from: "me@x.example", to: ["a@x.example", "b@x.example"])
            let content = Content.text("Subject: x\n\n.dot\nlast")
            let plan = try await connection.plan(content, envelope: envelope)
            try await connection.send(content, envelope: envelope)
            return plan
        }
        let sent = transcript.all.filter { $0 != "QUIT" && !$0.hasPrefix("EHLO") }
        let planned = plan.lines.map { $0.hasPrefix("(") ? String($0.dropLast()) + ", the last)" : $0 }
        #expect(sent == planned)
    }
}
