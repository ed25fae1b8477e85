import SMTPTesting
import SMTPWire
import Testing

@testable import SMTPClient

/// What is made of replies, by the cases of other clients' tests; `Docs/ForeignCases.md` says whose.
@Suite("Other clients' cases: replies")
struct ForeignReplyTests {
    @Test("Blanks before a keyword and empty lines are passed over")
    func blanks() throws {
        var server = SinkConfiguration(offering: [])
        let reply = "250-mail.example\r\n250-   SIZE 1000\r\n250-\r\n250-\t\r\n250 8BITMIME\r\n"
        server.script.on(.command("EHLO"), .raw(reply, code: 250))
        let (extensions, _) = try converse(server) { try await $0.hello() }
        #expect(extensions.keywords == [.size, .eightBitMIME])
        #expect(extensions.sizeLimit == 1000)
    }

    @Test("The members of a list are its mailboxes with their names, routes of old left out")
    func members() throws {
        var server = SinkConfiguration(offering: [])
        server.script.on(
            .command("EXPN"),
            .reply(
                250,
                "Ann Other <Ann@one.example>",
                "B. Other <b@two.example>",
                "Q <@one.example:q@three.example>",
                "<@one.example,@two.example:r@three.example>",
                "<joe@four.example>"
            )
        )
        let (mailboxes, _) = try converse(server) { connection in
            try await connection.expand(CommandArgument("Example-People")).mailboxes
        }
        #expect(mailboxes.map(\.name) == ["Ann Other", "B. Other", "Q", nil, nil])
        let addresses = ["Ann@one.example", "b@two.example", "q@three.example", "r@three.example", "joe@four.example"]
        #expect(mailboxes.map(\.mailbox.description) == addresses)
    }
}
