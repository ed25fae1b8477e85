import Testing

@testable import SMTPTesting

@Suite("SinkMachine: chunks, LMTP, PRDR")
struct SinkContentTests {
    static let envelope = "MAIL FROM:<>\nRCPT TO:<a@x>\nRCPT TO:<b@x>\nRCPT TO:<a@x>\n"

    @Test("Chunks are gathered, each with its reply, whatever the pieces", arguments: [1, 3, .max])
    func chunks(piece: Int) throws {
        var driver = MachineDriver()
        _ = driver.say("EHLO me\n")
        let codes = driver.codes(
            "MAIL FROM:<>\nRCPT TO:<a@x>\nBDAT 3\n.\nBDAT 0\nBDAT 4 last\n\n.xNOOP\n",
            piece: piece
        )
        #expect(codes == [250, 250, 250, 250, 250, 250])
        let transaction = try #require(driver.transactions.first)
        #expect(transaction.text == ".\r\n\r\n.x")
        #expect(transaction.chunks == [3, 0, 4])
        #expect(transaction.acceptedRecipients == ["a@x"])
    }

    @Test("Refused chunks are taken in step, one reply each, until RSET", arguments: [1, .max])
    func refusedChunks(piece: Int) {
        var driver = MachineDriver { configuration in
            configuration.limits.contentLength = 8
            configuration.script.on(.command("BDAT"), occurrence: 2, .reply(452, "4.3.1 full"))
        }
        _ = driver.say("EHLO me\n")
        // No transaction, then no recipient.
        #expect(driver.codes("BDAT 6\nQUIT\nNOOP\n", piece: piece) == [503, 250])
        #expect(driver.codes("MAIL FROM:<>\nBDAT 6 LAST\nQUIT\n", piece: piece) == [250, 452])
        #expect(
            driver.codes("RCPT TO:<a@x>\nBDAT 6\nQUIT\nBDAT 6\nQUIT\nBDAT 6 LAST\nQUIT\n", piece: piece) == [
                250, 250, 552, 503,
            ]
        )
        #expect(driver.codes("MAIL FROM:<>\nRSET\nMAIL FROM:<>\n") == [503, 250, 250])
        #expect(driver.transactions.map(\.outcome) == [.reset])
        #expect(driver.codes("RCPT TO:<a@x>\nBDAT 9 LAST\n1234567\nNOOP\n") == [250, 552, 250])
        #expect(driver.transactions.map(\.outcome) == [.reset, .refused])
        #expect(driver.codes("BDAT 99999999999999999999\n") == [501])
        #expect(driver.actions == [.close])
    }

    @Test("LMTP answers once for each accepted RCPT, duplicates included", arguments: [false, true])
    func lmtp(byChunks: Bool) {
        var driver = MachineDriver { configuration in
            configuration.isLMTP = true
            configuration.script.on(.recipient("b@x"), .reply(550, "5.1.1 no"))
            configuration.script.on(.contentForRecipient("a@x"), occurrence: 2, .reply(452, "4.2.2 full"))
        }
        #expect(driver.greeting.contains("LMTP"))
        #expect(driver.codes("EHLO me\n") == [500])
        #expect(driver.codes("LHLO me\n") == [250])
        #expect(driver.codes(Self.envelope) == [250, 250, 550, 250])
        if byChunks {
            #expect(driver.codes("BDAT 2 LAST\n\n") == [250, 452])
        } else {
            #expect(driver.codes("DATA\n") == [354])
            #expect(driver.codes("x\n.\n") == [250, 452])
        }
        #expect(driver.transactions.map(\.acceptedRecipients) == [["a@x"]])
        #expect(driver.transactions.first?.recipients.map(\.isAccepted) == [true, false, true])
        #expect(driver.transactions.first?.recipients.map(\.holdsMessage) == [true, false, false])
        #expect(driver.transactions.first?.outcome == .accepted)
    }

    @Test("A reply to the content is said for each recipient in LMTP")
    func lmtpContent() {
        var driver = MachineDriver { configuration in
            configuration.isLMTP = true
            configuration.script.on(.content, .reply(552, "5.2.2 full"))
        }
        _ = driver.say("LHLO me\n")
        _ = driver.codes(Self.envelope)
        _ = driver.codes("DATA\n")
        #expect(driver.codes(".\n") == [552, 552, 552])
        #expect(driver.transactions.map(\.outcome) == [.refused])
    }

    @Test("A last chunk or URL that makes the content too large is answered for each recipient in LMTP, too")
    func lmtpTooLarge() {
        var driver = MachineDriver { configuration in
            configuration.isLMTP = true
            configuration.keywords += ["BURL imap"]
            configuration.contents = ["imap://h/1": Array(repeating: 0x78, count: 20)]
            configuration.limits.contentLength = 10
        }
        _ = driver.say("LHLO me\n")
        let envelope = "MAIL FROM:<>\nRCPT TO:<a@x>\nRCPT TO:<b@x>\n"
        for content in ["BDAT 20 LAST\n" + String(repeating: "x", count: 20), "BURL imap://h/1 LAST\n"] {
            #expect(driver.codes(envelope) == [250, 250, 250])
            #expect(driver.codes(content) == [552, 552])
        }
        // Neither left its transaction open.
        #expect(driver.codes("MAIL FROM:<>\n") == [250])
        #expect(driver.transactions.map(\.outcome) == [.refused, .refused])
    }

    @Test("PRDR answers 353, once for each accepted RCPT, and once more")
    func prdr() {
        var driver = MachineDriver { configuration in
            configuration.keywords = ["PIPELINING", "PRDR"]
            configuration.script.on(.contentForRecipient("b@x"), .reply(550, "5.7.1 not to b"))
            configuration.script.on(.content, occurrence: 2, .reply(554, "5.7.1 to nobody"))
            configuration.script.on(.contentForAll, occurrence: 2, .reply(451, "4.3.0 no room in the end"))
        }
        func send(_ envelope: String) -> [Int] {
            _ = driver.codes(envelope)
            _ = driver.codes("DATA\n")
            return driver.codes("x\n.\n")
        }
        _ = driver.say("EHLO me\n")
        let wanted = Self.envelope.replacing("<>", with: "<> PRDR")
        #expect(send(wanted) == [353, 250, 550, 250, 250])
        #expect(driver.transactions.last?.acceptedRecipients == ["a@x", "a@x"])
        #expect(send("MAIL FROM:<> PRDR\nRCPT TO:<a@x>\n") == [554])
        #expect(send(Self.envelope) == [250])
        #expect(send(wanted) == [353, 250, 550, 250, 451])
        #expect(driver.transactions.last?.outcome == .refused)
        #expect(driver.transactions.last?.acceptedRecipients == [])
    }

    @Test("A length of content has its moment, by DATA and by chunks", arguments: [1, .max])
    func contentOctets(piece: Int) {
        var driver = MachineDriver { configuration in
            configuration.script.on(.contentOctets(0), occurrence: 1, .raw("100 wait\r\n"))
            configuration.script.on(.contentOctets(5), occurrence: 2, .reply(552, "5.3.4 enough"))
            configuration.script.on(.contentOctets(5), occurrence: 3, .reset)
        }
        _ = driver.say("EHLO me\n")
        func send(_ content: String) -> [Int] {
            _ = driver.codes("MAIL FROM:<>\nRCPT TO:<a@x>\n")
            return driver.codes(content.hasPrefix("BDAT") ? "RSET\nMAIL FROM:<>\nRCPT TO:<a@x>\n" : "DATA\n")
                + driver.codes(content, piece: piece)
        }
        #expect(send("1234567\n.\n") == [354, 100, 250])
        // A refusal in the middle is the reply: the rest is taken, and its end is not answered.
        #expect(send("1234567\n.\nNOOP\n") == [354, 552, 250])
        #expect(driver.transactions.map(\.outcome) == [.accepted, .refused])
        #expect(send("BDAT 4\n12\nBDAT 4 LAST\n34\n") == [250, 250, 250, 250])
        #expect(driver.actions == [.reset])
        #expect(driver.transactions.map(\.outcome) == [.accepted, .refused, .reset, .abandoned])
        #expect(driver.transactions.last?.text == "12\r\n3")
    }
}
