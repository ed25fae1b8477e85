import SMTPTesting
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// VRFY and EXPN (RFC 5321 §3.5): what a server says of mailboxes and lists.
@Suite("SMTPConnection: VRFY and EXPN")
struct VerifyTests {
    static let answers: [(code: Int, lines: [String], mailboxes: [String]?)] = [
        (250, ["2.1.5 Fred Smith <smith@foo.example>"], ["smith@foo.example"]),
        (250, ["Jon <a@x.example>", "<b@x.example>"], ["a@x.example", "b@x.example"]),
        (251, ["User not local; will forward to <c@y.example>"], ["c@y.example"]),
        (252, ["2.5.0 cannot say"], []), (550, ["5.1.1 no such user"], nil), (551, ["try <d@z.example>"], nil),
        (553, ["5.1.4 ambiguous", "Joe <joe@x.example>"], nil), (502, ["5.5.1 not here"], nil), (450, ["busy"], nil),
    ]

    @Test(
        "A positive reply comes back with its mailboxes, any other is a refusal with its reply",
        arguments: answers.indices
    )
    func replies(number: Int) throws {
        let (code, lines, mailboxes) = Self.answers[number]
        let argument = try CommandArgument("smith")
        var server = SinkConfiguration(offering: [])
        server.script.on(.command("VRFY"), .reply(code, lines: lines))
        server.script.on(.command("EXPN"), .reply(code, lines: lines))
        let (_, sink) = try converse(server) { connection in
            try await connection.hello()
            for isList in [false, true] {
                var reply: SMTPReply?
                let error = await errorOf { () async throws(SMTPError) in
                    reply = isList ? try await connection.expand(argument) : try await connection.verify(argument)
                }
                #expect(reply?.mailboxes.map(\.mailbox.description) == mailboxes)
                #expect(error?.reply?.code.rawValue == (mailboxes == nil ? UInt16(code) : nil))
                #expect(error?.verb == (mailboxes == nil ? isList ? "EXPN" : "VRFY" : nil))
                #expect(error?.kind == (mailboxes == nil ? .refused : nil))
            }
            try await connection.noop()
        }
        #expect(sink.sessions.first?.commands == ["EHLO localhost", "VRFY smith", "EXPN smith", "NOOP", "QUIT"])
    }
}
