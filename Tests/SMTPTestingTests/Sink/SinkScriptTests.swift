import Testing

@testable import SMTPTesting

@Suite("SinkScript and SinkReply")
struct SinkScriptTests {
    typealias Action = SinkMachine.Action

    /// What the machine does when it says `reply` to NOOP, and the second of two NOOPs has come with it.
    private func actions(_ reply: SinkReply) -> [Action] {
        var configuration = SinkConfiguration()
        configuration.script.on(.command("noop"), occurrence: 1, reply)
        var machine = SinkMachine(configuration, session: 3)
        _ = machine.next()
        machine.received(Array("NOOP\r\nNOOP\r\n".utf8).span.bytes)
        var actions: [Action] = []
        while actions.last != .read, actions.last != .close, actions.last != .reset { actions.append(machine.next()) }
        return actions
    }

    private func write(_ text: String) -> Action { .write(Array(text.utf8)) }

    @Test("A reply is late, split, cut, garbage, missing, followed by another, or the end")
    func replies() {
        let reply = SinkReply.reply(250, "a", "b")
        let regular = "250 2.0.0 ok\r\n"
        #expect(actions(reply) == [write("250-a\r\n250 b\r\n" + regular), .read])
        #expect(actions(.reply(250, lines: [])) == [write("250\r\n" + regular), .read])
        #expect(actions(.silence) == [write(regular), .read])
        #expect(actions(.raw("2a0 ok\n")) == [write("2a0 ok\n" + regular), .read])
        #expect(actions(.close) == [.close])
        #expect(actions(.reset) == [.reset])
        #expect(actions(reply.thenClose()) == [write("250-a\r\n250 b\r\n"), .close])
        #expect(actions(reply.unsaid().thenReset()) == [.reset])
        #expect(actions(.reply(421, "bye")) == [write("421 bye\r\n"), .close])
        #expect(actions(.reply(421, "bye").thenReset()) == [write("421 bye\r\n"), .reset])
        #expect(
            actions(reply.after(.seconds(5))) == [.wait(.seconds(5)), write("250-a\r\n250 b\r\n" + regular), .read]
        )
        let pieces = Array("250 x\r".utf8).flatMap { [Action.write([$0]), .pause] }
        #expect(actions(.reply(250, "x").split()) == pieces + [write("\n" + regular), .read])
        #expect(actions(reply.split(at: 4)) == [write("250-"), .pause, write("a\r\n250 b\r\n" + regular), .read])
        #expect(
            actions(reply.split(at: 4, pause: .seconds(1)))
                == [write("250-"), .wait(.seconds(1)), write("a\r\n250 b\r\n" + regular), .read]
        )
        #expect(actions(reply.thenClose().cut(after: 2)) == [write("25" + regular), .read])
        #expect(
            actions(.reply(250, "x").followed(by: .reply(550, "y").after(.seconds(1))))
                == [write("250 x\r\n"), .wait(.seconds(1)), write("550 y\r\n" + regular), .read]
        )
    }

    @Test("The first rule that matches decides; addresses and occurrences are told apart")
    func rules() {
        var driver = MachineDriver { configuration in
            configuration.script.on(.sender("bad@x"), .reply(550, "bad"))
            configuration.script.on(.command("MAIL"), occurrence: 2, .reply(451, "second"))
            configuration.script.on(.recipient("b@x"), .reply(551, "b"))
            configuration.script.on(.command("RCPT"), .reply(251, "any"))
        }
        _ = driver.say("EHLO me\n")
        #expect(
            driver.codes("MAIL FROM:<bad@x>\nMAIL FROM:<a@x>\nMAIL FROM:<a@x>\nMAIL FROM:<bad@x>\n") == [
                550, 451, 250, 550,
            ]
        )
        #expect(driver.codes("RCPT TO:<a@x>\nRCPT TO:<b@x>\n") == [251, 551])
        #expect(driver.codes("DATA\n") == [354])
        #expect(driver.codes("\n.\n") == [250])
        #expect(driver.transactions.first?.acceptedRecipients == ["a@x"])
    }

    @Test("A hook sees every moment and the regular reply, and may decide otherwise")
    func decide() {
        let log = Log()
        var driver = MachineDriver { configuration in
            configuration.script.on(.command("NOOP"), .reply(500, "by rule"))
            configuration.script.decide = { moment, regular in
                log.add("\(moment.session) \(moment.kind) \(moment.verb) \(moment.address ?? "-") \(regular.code ?? 0)")
                return moment.verb == "RCPT" ? .reply(450, "later") : nil
            }
        }
        _ = driver.say("EHLO me\n")
        #expect(driver.codes("MAIL FROM:<a@x>\nRCPT TO:<b@x>\nNOOP\n") == [250, 450, 500])
        #expect(
            log.lines == [
                "0 connection  - 220", "0 command EHLO - 250", "0 command MAIL a@x 250", "0 command RCPT b@x 250",
                "0 command NOOP - 250",
            ]
        )
    }

    @Test("What the code decides is done, whatever is said, and wrong replies are followed")
    func decisions() {
        var driver = MachineDriver { configuration in
            configuration.enforcement = [.sequence]
            configuration.script.on(.content, occurrence: 1, .reply(250, "x").unsaid())
            configuration.script.on(.content, occurrence: 2, .raw("250 x\r\n"))
            configuration.script.on(
                .command("DATA"),
                occurrence: 3,
                .reply(354, "go").followed(by: .reply(250, "done"))
            )
            configuration.script.on(.command("DATA"), occurrence: 4, .reply(250, "wrong"))
            configuration.script.on(.command("QUIT"), occurrence: 1, .silence)
        }
        _ = driver.say("EHLO me\n")
        let message = "MAIL FROM:<>\nRCPT TO:<a@x>\n"
        var codes: [[Int]] = []
        for _ in 1...4 {
            _ = driver.codes(message)
            codes.append(driver.codes("DATA\n"))
            codes.append(driver.codes("NOOP\n.\n"))
        }
        #expect(codes == [[354], [], [354], [250], [354, 250], [250], [250], [250, 500]])
        #expect(driver.transactions.map(\.outcome) == [.accepted, .refused, .accepted])
        #expect(driver.codes("QUIT\n") == [])
        #expect(driver.codes("QUIT\n") == [221])
        #expect(driver.actions == [.close])
    }
}

@Suite("SinkMachine: AUTH")
struct SinkAuthenticationTests {
    private func driver(_ mechanisms: [SinkMechanism], keywords: [String] = ["AUTH PLAIN LOGIN X"]) -> MachineDriver {
        var driver = MachineDriver {
            $0.keywords = keywords
            $0.keywordsAfterAuthentication = ["SIZE 1"]
            $0.mechanisms = mechanisms
            $0.enforcement.insert(.authentication)
        }
        _ = driver.say("EHLO me\n")
        return driver
    }

    static let check: @Sendable (String, String) -> Bool = { $0 == "tim" && $1 == "tanstaaf" }

    @Test(
        "PLAIN and LOGIN let in whom they are told to",
        arguments: [
            (["AUTH PLAIN AHRpbQB0YW5zdGFhZg=="], [235]), (["AUTH plain", "AHRpbQB0YW5zdGFhZg=="], [334, 235]),
            (["AUTH PLAIN AHRpbQB3cm9uZw=="], [535]), (["AUTH PLAIN ="], [535]), (["AUTH PLAIN not-base64"], [501]),
            (["AUTH PLAIN", "*"], [334, 501]), (["AUTH LOGIN", "dGlt", "dGFuc3RhYWY="], [334, 334, 235]),
            (["AUTH LOGIN dGlt", "dGFuc3RhYWY="], [334, 235]), (["AUTH LOGIN dGlt", "eA=="], [334, 535]),
            (["AUTH LOGIN dGlt", "!"], [334, 501]), (["AUTH NTLM"], [504]), (["AUTH"], [504]),
        ]
    )
    func mechanisms(lines: [String], codes: [Int]) {
        var driver = driver([.plain(accepts: Self.check), .login(accepts: Self.check)])
        #expect(driver.codes("MAIL FROM:<>\n") == [530])
        #expect(lines.flatMap { driver.codes($0 + "\n") } == codes)
        let isIn = codes.last == 235
        #expect(driver.machine.session.user == (isIn ? "tim" : nil))
        #expect(driver.codes("NOOP\n") == [250])
        #expect(driver.codes("AUTH PLAIN\n") == [isIn ? 503 : 334])
        if isIn { #expect(driver.say("EHLO me\n") == "250-sink.example\r\n250 SIZE 1\r\n") }
        if isIn { #expect(driver.codes("MAIL FROM:<>\n") == [250]) }
    }

    @Test("Challenges and outcomes can be scripted, by mechanism and by reply")
    func scripted() {
        var byMechanism = driver([.scripted("X", challenges: [[1, 2], []], outcome: .fail)])
        #expect(byMechanism.say("AUTH X =\n") == "334 AQI=\r\n")
        #expect(byMechanism.say("AQ==\n") == "334 \r\n")
        #expect(byMechanism.codes("\n") == [535])

        var byReply = MachineDriver { configuration in
            configuration.script.on(.command("AUTH"), .reply(334, "garbage!"))
            configuration.script.on(.authenticationResponse, occurrence: 1, .reply(334, "more"))
            configuration.script.on(.authenticationResponse, occurrence: 2, .reply(235, "in"))
        }
        #expect(["AUTH NONE", "AA==", "AA=="].flatMap { byReply.codes($0 + "\n") } == [334, 334, 235])
        #expect(byReply.machine.session.user == "")
    }
}
