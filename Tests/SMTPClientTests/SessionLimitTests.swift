import SMTPSession
import SMTPTesting
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// What a server limits: in a session by LIMITS (RFC 9422), in a transaction by 452 and 552 (RFC 5321 §4.5.3.1.10).
@Suite("Limits on sessions and recipients")
struct SessionLimitTests {
    private static func outcomes(_ error: SMTPError?) -> [String] {
        error?.report?.recipients.map { $0.outcome.name } ?? []
    }

    @Test("MAILMAX counts every MAIL, refused ones too (RFC 9422 §4.1)")
    func refusedMail() throws {
        var server = SinkConfiguration(offering: ["LIMITS MAILMAX=2"])
        server.script.on(.sender("bad@x.example"), .reply(550, "5.7.1 not you"))
        let (_, sink) = try converse(server) { connection in
            let refused = await errorOf { () async throws(SMTPError) in
                try await connection.send("x", from: "bad@x.example", to: ["a@x.example"])
            }
            #expect(refused?.kind == .refused && refused?.verb == "MAIL")
            try await connection.send("y", from: "", to: ["a@x.example"])
            let beyond = await errorOf { () async throws(SMTPError) in
                try await connection.send("z", from: "", to: ["a@x.example"])
            }
            #expect(beyond?.kind == .sessionLimit && beyond?.advice == .sendAgainNow)
            let plan = try await connection.plan(.text("z"), envelope: try Envelope(from: "", to: ["a@x.example"]))
            #expect(plan.transactions.isEmpty && plan.dropped.count == 1)
        }
        #expect(sink.sessions.first?.commands.count { $0.hasPrefix("MAIL") } == 2)
        #expect(sink.messages.map(\.text) == ["y\r\n"])
    }

    @Test("RCPTDOMAINMAX counts domains over the session, in any spelling and refused ones too (RFC 9422 §4.3)")
    func domains() throws {
        var server = SinkConfiguration(offering: ["LIMITS RCPTDOMAINMAX=2", "PIPELINING"])
        server.script.on(.recipient("a@one.example"), .reply(550, "5.1.1 no a"))
        let (_, sink) = try converse(server) { connection in
            let first = try await connection.send("1", from: "", to: ["a@one.example", "b@TWO.example"])
            #expect(first.recipients.map { $0.outcome.name } == ["rejected RCPT", "accepted"])
            let second = try await connection.send("2", from: "", to: ["c@three.example", "d@two.EXAMPLE"])
            #expect(second.recipients.map { $0.outcome.name } == ["not attempted", "accepted"])
            #expect(second.recipients.map(\.advice) == [.sendAgainNow, .done])
            let third = await errorOf { () async throws(SMTPError) in
                try await connection.send("3", from: "", to: ["e@three.example"])
            }
            #expect(third?.kind == .sessionLimit)
        }
        #expect(sink.messages.map(\.acceptedRecipients) == [["b@TWO.example"], ["d@two.EXAMPLE"]])
    }

    @Test("All-or-nothing is not divided")
    func allOrNothing() throws {
        let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example"])
        for keyword in ["LIMITS RCPTMAX=1", "LIMITS RCPTDOMAINMAX=1 RCPTMAX=1"] {
            let (error, sink) = try converse(SinkConfiguration(offering: [keyword])) { connection in
                await errorOf { () async throws(SMTPError) in
                    try await connection.send(.text("x"), envelope: envelope, policy: .allOrNothing)
                }
            }
            #expect(error?.kind == .usage)
            #expect(sink.sessions.first?.commands.contains { $0.hasPrefix("MAIL") } == false)
        }
    }

    @Test(
        "Too many recipients: which replies say so, behind an accepted one",
        arguments: [
            ("452 4.5.3", true), ("452", true), ("452 4.3.0", true), ("552 5.5.3", true), ("552", true),
            ("452 4.2.2", false), ("452 4.3.1", false), ("552 5.2.2", false), ("552 5.3.4", false),
            ("450 4.5.3", false),
            ("550 5.5.3", false),
        ]
    )
    func tooMany(words: String, isDivided: Bool) throws {
        var server = SinkConfiguration(offering: [])
        let code = Int(words.prefix(3)) ?? 0
        server.script.on(.recipient("b@x.example"), occurrence: 1, .reply(code, "\(words.dropFirst(4)) no more"))
        let (report, sink) = try converse(server) {
            try await $0.send("x", from: "", to: ["a@x.example", "b@x.example"])
        }
        #expect(report.recipients.map { $0.outcome.name } == ["accepted", isDivided ? "accepted" : "rejected RCPT"])
        #expect(sink.messages.map(\.acceptedRecipients) == [["a@x.example"]] + (isDivided ? [["b@x.example"]] : []))
    }

    @Test("Without an accepted recipient before it, too many is a refusal")
    func firstOfAll() throws {
        var server = SinkConfiguration(offering: [])
        server.script.on(.recipient("a@x.example"), .reply(452, "4.5.3 no more"))
        let (report, sink) = try converse(server) {
            try await $0.send("x", from: "", to: ["a@x.example", "b@x.example"])
        }
        #expect(report.recipients.map { $0.outcome.name } == ["rejected RCPT", "accepted"])
        #expect(report.recipients[0].advice == .sendAgainLater)
        #expect(sink.sessions.first?.commands.count { $0.hasPrefix("MAIL") } == 1)
    }

    @Test("Each further transaction must accept somebody: a server that takes one and then none ends it")
    func endless() throws {
        var server = SinkConfiguration(offering: ["PIPELINING"])
        server.limits.recipients = 2
        let addresses = (0..<7).map { "r\($0)@x.example" }
        let (report, sink) = try converse(server) { try await $0.send("x", from: "", to: addresses) }
        #expect(report.isAcceptedForAll)
        #expect(sink.messages.map(\.acceptedRecipients.count) == [2, 2, 2, 1])
        // From the second transaction on nobody is taken any more.
        server.script.decide = { moment, _ in
            guard moment.verb == "RCPT", moment.address != "r0@x.example" else { return nil }
            return .reply(452, "4.5.3 no more")
        }
        let (other, refusing) = try converse(server) { try await $0.send("x", from: "", to: addresses) }
        #expect(other.recipients.map { $0.outcome.name } == ["accepted"] + Array(repeating: "rejected RCPT", count: 6))
        #expect(refusing.sessions.first?.commands.count { $0.hasPrefix("MAIL") } == 2)
    }

    @Test("Content that cannot be read again: the rest is not attempted, and to be sent again now")
    func stream() throws {
        var server = SinkConfiguration(offering: ["8BITMIME"])
        server.limits.recipients = 2
        let addresses = (0..<3).map { "r\($0)@x.example" }
        let (report, sink) = try converse(server) { connection in
            let chunks = AsyncStream<[UInt8]> { continuation in
                continuation.yield(Array("x\r\n".utf8))
                continuation.finish()
            }
            return try await connection.send(.stream(chunks), envelope: try Envelope(from: "", to: addresses))
        }
        #expect(report.recipients.map { $0.outcome.name } == ["accepted", "accepted", "not attempted"])
        #expect(report.recipients.map(\.advice) == [.done, .done, .sendAgainNow])
        #expect(sink.messages.count == 1)
    }
}
