import Testing

@testable import SMTPTesting

@Suite("SinkMachine: commands")
struct SinkMachineTests {
    static let message = "MAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nDATA\n"

    @Test("Each command has its reply in each state", arguments: [1, 7, .max])
    func sequence(piece: Int) {
        var driver = MachineDriver()
        #expect(driver.greeting == "220 sink.example ESMTP\r\n")
        let dialogue: [(String, [Int])] = [
            ("MAIL FROM:<a@b.example>\n", [503]), ("RCPT TO:<c@d.example>\n", [503]), ("DATA\n", [503]),
            ("EHLO\n", [501]), ("LHLO me\n", [500]), ("ehlo me\n", [250]), ("HELO me\n", [250]), ("EHLO me\n", [250]),
            ("RCPT TO:<c@d.example>\n", [503]), ("DATA\n", [503]), ("BDAT 2 LAST\n\n", [503]),
            ("MAIL FROM:a@b.example\n", [501]), ("MAIL FROM: <a@b.example>\n", [501]), ("MAIL\n", [501]),
            ("MAIL FROM:<a@b.example\n", [501]), ("MAIL FROM:<\"a>\"@b.example> SIZE=3\n", [250]), ("RSET\n", [250]),
            ("mail from:<>\n", [250]), ("MAIL FROM:<a@b.example>\n", [503]), ("DATA\n", [554]),
            ("RCPT TO:<>\n", [501]), ("RCPT TO:<c@d.example> NOTIFY=NEVER\n", [250]), ("AUTH PLAIN\n", [502]),
            ("RSET\n", [250]), ("RCPT TO:<c@d.example>\n", [503]), ("NOOP x\n", [250]), ("VRFY x\n", [252]),
            ("VRFY\n", [501]), ("EXPN x\n", [502]), ("HELP\n", [214]), ("ETRN x\n", [502]), ("TURN\n", [502]),
            ("STARTTLS\n", [502]), ("XCLIENT NAME=x\n", [502]), ("SEND FROM:<>\n", [502]), ("\n", [500]),
            ("GET / HTTP/1.1\n", [500]), ("BDAT x\n", [501]),
        ]
        for (line, codes) in dialogue {
            #expect(driver.codes(line, piece: piece) == codes, "\(line)")
        }
        #expect(driver.actions == [.close])
        #expect(driver.machine.session.ending == .closedBySink)
        #expect(driver.machine.session.commands.count == dialogue.count)
        #expect(driver.machine.session.receivedText == dialogue.map { $0.0.replacing("\n", with: "\r\n") }.joined())
    }

    @Test("A message is recorded as it came, whatever the pieces", arguments: [1, 2, 3, 5, 64, .max])
    func message(piece: Int) throws {
        var driver = MachineDriver()
        _ = driver.say("EHLO me\n")
        let replies = driver.say(
            "MAIL FROM:<a@b.example> SIZE=5 BODY=8BITMIME\nRCPT TO:<c@d.example>\nRCPT TO:<c@d.example>\n"
        )
        #expect(replies == "250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.1.5 ok\r\n")
        #expect(driver.codes("DATA\n") == [354])
        #expect(driver.codes("..\n...a\n.b\n\nx.\n.\nNOOP\n", piece: piece) == [250, 250])
        let transaction = try #require(driver.transactions.first)
        #expect(transaction.text == ".\r\n..a\r\nb\r\n\r\nx.\r\n")
        #expect(transaction.contentLength == transaction.content.count)
        #expect(transaction.outcome == .accepted)
        #expect(transaction.acceptedRecipients == ["c@d.example", "c@d.example"])
        #expect(transaction.reversePath.address == "a@b.example")
        #expect(transaction.reversePath.parameters == ["SIZE=5", "BODY=8BITMIME"])
        #expect(transaction.reversePath.value(of: "size") == "5")
        #expect(!transaction.hasBareLineEnds)
        #expect(
            driver.machine.session.segments.map { Array($0) }.joined().elementsEqual(driver.machine.session.received)
        )
    }

    @Test("Only CRLF.CRLF ends a content; lone line ends are content, and seen", arguments: [1, 2, .max])
    func bareLineEnds(piece: Int) throws {
        var driver = MachineDriver { $0.enforcement.remove(.lineEnds) }
        _ = driver.say("EHLO me\n")
        _ = driver.say(Self.message)
        let octets = Array("a\n.\nb\r.\rc\n.\r\nd\r\n.\re\r\n.\nf\r\r\n.\r\n".utf8)
        #expect(driver.write(octets, piece: piece) == "250 2.0.0 taken\r\n")
        let transaction = try #require(driver.transactions.first)
        // The dots that begin a line as CRLF has them are taken away.
        #expect(transaction.text == "a\n.\nb\r.\rc\n.\r\nd\r\n\re\r\n\nf\r\r\n")
        #expect(transaction.hasBareLineEnds)
    }

    @Test("A content is what the plain reading of the rules says, for noise of the octets that matter")
    func againstReference() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let octets = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                [UInt8](arrayLiteral: 0x0D, 0x0A, 0x2E, 0x61).randomElement(using: &generator) ?? 0
            }
            let input = octets + [0x0D, 0x0A, 0x2E, 0x0D, 0x0A]
            var content = SinkContent(limit: .max)
            var decoder = DotDecoder()
            var taken = 0
            var isComplete = false
            while !isComplete, taken < input.count {
                let end = Int.random(in: taken + 1...input.count, using: &generator)
                let result = input[taken..<end].withUnsafeBytes { decoder.decode($0, into: &content) }
                taken += result.taken
                isComplete = result.1
            }
            let reference = Self.reference(input)
            #expect(isComplete && taken == reference.taken && content.octets == reference.content, "\(input)")
        }
    }

    /// Line by line, as RFC 5321 §4.5.2 says it.
    private static func reference(_ input: [UInt8]) -> (taken: Int, content: [UInt8]) {
        var content: [UInt8] = []
        var start = 0
        while start < input.count {
            var end = start
            while end + 1 < input.count, !(input[end] == 0x0D && input[end + 1] == 0x0A) { end += 1 }
            let line = Array(input[start..<min(end + 2, input.count)])
            start = end + 2
            if line == [0x2E, 0x0D, 0x0A] { return (start, content) }
            content += line.first == 0x2E ? Array(line.dropFirst()) : line
        }
        return (input.count, content)
    }

    @Test("Lone line ends, and what is sent too early, end the session where that is enforced")
    func enforcement() {
        var lineEnds = MachineDriver()
        _ = lineEnds.say("EHLO me\n")
        _ = lineEnds.say(Self.message)
        #expect(lineEnds.write(Array("a\nb".utf8)).hasPrefix("521"))
        #expect(lineEnds.transactions.map(\.outcome) == [.refused])

        let tooEarly: [(keywords: [String], first: String, text: String)] = [
            ([], "", "EHLO me\nMAIL FROM:<>\n"), ([], "EHLO me\n", Self.message),
            (["PIPELINING"], "EHLO me\n", "NOOP\nNOOP\n"), (["PIPELINING"], "EHLO me\n", "QUIT\nNOOP\n"),
            (["PIPELINING"], "EHLO me\n", Self.message + "x\n.\n"),
        ]
        for (keywords, first, text) in tooEarly {
            var driver = MachineDriver { $0.keywords = keywords }
            _ = first.isEmpty ? "" : driver.say(first)
            #expect(driver.codes(text).last == 554, "\(text)")
            #expect(driver.actions == [.close])
        }
        var inStep = MachineDriver { $0.keywords = ["PIPELINING"] }
        #expect(inStep.codes("EHLO me\n") == [250])
        #expect(inStep.codes(Self.message) == [250, 250, 354])
        #expect(inStep.codes("x\n.\nRSET\n" + Self.message) == [250, 250, 250, 250, 354])
        #expect(inStep.actions.isEmpty)
    }

    @Test("What is not offered is refused, or taken by a lenient server")
    func extensions() {
        let lines = [
            ("MAIL FROM:<> SIZE=1", 555), ("MAIL FROM:<> BODY=8BITMIME", 555), ("MAIL FROM:<> BODY=BINARYMIME", 555),
            ("MAIL FROM:<> SMTPUTF8", 555), ("MAIL FROM:<> RET=HDRS", 555), ("MAIL FROM:<> X=Y", 555),
            ("MAIL FROM:<ü@b.example>", 553), ("BDAT 0", 502), ("AUTH PLAIN", 502),
        ]
        for (line, code) in lines {
            var strict = MachineDriver { $0.keywords = [] }
            #expect(strict.codes("EHLO me\n") == [250])
            #expect(strict.codes(line + "\n") == [code], "\(line)")
            var lenient = MachineDriver {
                $0.keywords = []
                $0.enforcement = []
            }
            #expect(lenient.codes("EHLO me\n") == [250])
            #expect(lenient.codes(line + "\n") != [code], "\(line)")
        }
        var offered = MachineDriver()
        _ = offered.say("EHLO me\n")
        #expect(offered.codes("MAIL FROM:<ü@b.example> SMTPUTF8 SIZE=1 BODY=BINARYMIME RET=HDRS ENVID=x\n") == [250])
        #expect(offered.codes("RCPT TO:<ü@b.example> NOTIFY=NEVER ORCPT=rfc822;x\n") == [250])
        #expect(offered.codes("DATA\n") == [503])
        #expect(offered.codes("RSET\nMAIL FROM:<> SIZE=99999999999999999999\n") == [250, 501])
        #expect(offered.codes("MAIL FROM:<> SIZE=67108865\n") == [552])
    }

    @Test("Limits hold: lines, content, recipients, records")
    func limits() {
        var driver = MachineDriver { configuration in
            configuration.limits.lineLength = 20
            configuration.limits.contentLength = 10
            configuration.limits.recipients = 2
            configuration.limits.recordedInput = 200
        }
        #expect(driver.codes("EHLO me\n") == [250])
        #expect(driver.codes(String(repeating: "x", count: 100_000) + "\nNOOP\n", piece: 1000) == [500, 250])
        #expect(driver.codes("NOOP 6789012345678901\n") == [500])
        #expect(driver.codes("NOOP 678901234567890\n") == [250])
        #expect(driver.codes("MAIL FROM:<>\n") == [250])
        for code in [250, 250, 452, 452] { #expect(driver.codes("RCPT TO:<a@b>\n") == [code]) }
        #expect(driver.codes("DATA\n") == [354])
        #expect(driver.codes(String(repeating: "0123456\n", count: 1000) + ".\n") == [552])
        #expect(driver.transactions.map(\.outcome) == [.refused])
        #expect(driver.transactions.map(\.content.count) == [10])
        #expect(driver.transactions.map(\.contentLength) == [9000])
        #expect(driver.transactions.map(\.recipients.count) == [2])
        #expect(driver.machine.session.received.count <= 200)
        #expect(driver.machine.session.receivedCount > 100_000)
    }

    @Test("STARTTLS shows what was sent behind it, drops it, and begins anew")
    func startTLS() {
        for injection in [SinkTLS.Injection.drop, .obey] {
            var driver = MachineDriver { configuration in
                configuration.keywords = ["STARTTLS", "PIPELINING"]
                configuration.keywordsAfterTLS = ["AUTH PLAIN"]
                var tls = SinkTLS { transport, _ in transport }
                tls.injection = injection
                configuration.tls = tls
            }
            #expect(driver.say("EHLO me\n").contains("STARTTLS"))
            #expect(driver.codes("MAIL FROM:<>\nRCPT TO:<a@x>\n") == [250, 250])
            let said = driver.say("STARTTLS\nRSET\n")
            #expect(driver.transactions.map(\.outcome) == [.reset])
            #expect(said == "220 2.0.0 ready for TLS\r\n" + (injection == .obey ? "250 2.0.0 ok\r\n" : ""))
            #expect(driver.actions == [.startTLS(unread: Array("RSET\r\n".utf8))])
            #expect(driver.machine.session.bytesBehindStartTLS == Array("RSET\r\n".utf8))
            #expect(driver.machine.session.isEncrypted)
            #expect(driver.codes("MAIL FROM:<>\n") == [503])
            #expect(driver.say("EHLO me\n") == "250-sink.example\r\n250 AUTH PLAIN\r\n")
            #expect(driver.codes("STARTTLS\n") == [502])
        }
        var without = MachineDriver { $0.keywords = ["STARTTLS"] }
        #expect(without.codes("EHLO me\n") == [250])
        #expect(without.codes("STARTTLS\n") == [454])
    }

    @Test("Who the client was in clear is forgotten with STARTTLS (RFC 3207 §4.2)")
    func userBeforeTLS() {
        var driver = MachineDriver { configuration in
            configuration.keywords = ["STARTTLS", "AUTH PLAIN", "XCLIENT NAME", "XFORWARD NAME"]
            configuration.mechanisms = [.plain { _, _ in true }]
            configuration.tls = SinkTLS { transport, _ in transport }
        }
        _ = driver.say("EHLO me\n")
        #expect(driver.codes("XCLIENT NAME=x\n") == [220])
        _ = driver.say("EHLO me\n")
        #expect(driver.codes("XFORWARD NAME=x\n") == [250])
        #expect(driver.codes("AUTH PLAIN AGEAYg==\n") == [235])
        #expect(driver.machine.session.user == "a")
        #expect(driver.codes("STARTTLS\n") == [220])
        #expect(driver.machine.session.user == nil)
        #expect(driver.machine.session.clientAttributes.isEmpty)
        _ = driver.say("EHLO me\n")
        #expect(driver.codes("AUTH PLAIN AGEAYg==\n") == [235])
        #expect(driver.codes("MAIL FROM:<>\n") == [250])
        #expect(driver.machine.transaction?.forwarded == [:])
    }

    @Test("What a proxy says is kept, decoded; what is malformed or not offered is refused")
    func proxies() throws {
        var driver = MachineDriver { $0.keywords = ["XCLIENT NAME LOGIN", "XFORWARD HELO ADDR"] }
        _ = driver.say("EHLO me\n")
        #expect(driver.codes("XFORWARD HELO=a+20b\n") == [250])
        #expect(driver.codes("XFORWARD ADDR=[UNAVAILABLE]\n") == [250])
        #expect(driver.codes("XFORWARD NAME=x\n") == [501])
        #expect(driver.codes("XFORWARD HELO\n") == [501])
        #expect(driver.codes("XFORWARD HELO=+2\n") == [501])
        #expect(driver.codes("XFORWARD\n") == [501])
        #expect(driver.codes("MAIL FROM:<>\n") == [250])
        #expect(driver.codes("XFORWARD HELO=x\n") == [503])
        #expect(driver.codes("RSET\n") == [250])
        #expect(driver.codes("MAIL FROM:<>\n") == [250])
        #expect(driver.codes("RSET\n") == [250])
        #expect(driver.transactions.map(\.forwarded) == [["HELO": "a b", "ADDR": "[UNAVAILABLE]"], [:]])
        #expect(driver.codes("XCLIENT NAME=spike LOGIN=tim\n") == [220])
        #expect(driver.machine.session.clientAttributes == ["NAME": "spike", "LOGIN": "tim"])
        #expect(driver.machine.session.user == "tim")
        _ = driver.say("EHLO me\n")
        #expect(driver.codes("XCLIENT LOGIN=[UNAVAILABLE]\n") == [220])
        #expect(driver.machine.session.user == nil)
    }

    @Test("BURL fetches what there is, among chunks or alone, and is refused where chunks are")
    func urls() {
        var driver = MachineDriver {
            $0.keywords = ["BURL imap", "CHUNKING", "PIPELINING"]
            $0.contents = ["imap://h/1": Array("one\r\n".utf8)]
        }
        _ = driver.say("EHLO me\n")
        #expect(driver.codes("BURL imap://h/1 LAST\n") == [503])
        let envelope = "MAIL FROM:<>\nRCPT TO:<a@x.example>\n"
        #expect(driver.codes(envelope + "BURL imap://h/1 LAST\n") == [250, 250, 250])
        #expect(driver.codes(envelope + "BURL imap://h/1\n") == [250, 250, 250])
        #expect(driver.codes("BDAT 3 LAST\nx\n") == [250])
        #expect(driver.codes(envelope + "BURL imap://h/2 LAST\n") == [250, 250, 554])
        #expect(driver.codes("BURL imap://h/1 LAST\n") == [503])
        #expect(driver.codes("RSET\n") == [250])
        #expect(driver.codes(envelope + "BURL\n") == [250, 250, 501])
        #expect(driver.codes("RSET\n") == [250])
        // Nothing may follow it in its group.
        #expect(driver.codes(envelope + "BURL imap://h/1 LAST\nNOOP\n") == [250, 250, 554])
        #expect(driver.transactions.prefix(2).map(\.text) == ["one\r\n", "one\r\nx\r\n"])
        #expect(driver.transactions.map(\.urls.count) == [1, 1, 0, 0, 0])
        #expect(driver.transactions.map(\.outcome) == [.accepted, .accepted, .reset, .reset, .abandoned])
    }

    @Test("XCLIENT begins anew; a server that greets with a refusal takes nothing but QUIT")
    func otherStates() {
        var driver = MachineDriver { $0.keywords = ["XCLIENT NAME", "XFORWARD", "ETRN", "SEND"] }
        _ = driver.say("EHLO me\n")
        #expect(driver.codes("XFORWARD NAME=x\n") == [250])
        #expect(driver.codes("ETRN x\n") == [250])
        #expect(driver.codes("XCLIENT NAME=x\n") == [220])
        #expect(driver.codes("MAIL FROM:<>\n") == [503])
        _ = driver.say("EHLO me\n")
        #expect(driver.codes("SEND FROM:<>\n") == [250])
        #expect(driver.codes("XCLIENT NAME=x\n") == [503])
        driver.machine.streamEnded()
        #expect(driver.codes("NOOP\n") == [])
        #expect(driver.transactions.map(\.outcome) == [.abandoned])
        #expect(driver.machine.session.ending == .closedByClient)

        var refusing = MachineDriver { $0.script.on(.connection, .reply(554, "no", "mail here")) }
        #expect(refusing.greeting == "554-no\r\n554 mail here\r\n")
        #expect(refusing.codes("EHLO me\n") == [503])
        #expect(refusing.codes("QUIT\n") == [221])
        #expect(refusing.machine.session.ending == .quit)
    }
}
