import SMTPSession
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@Suite("CommandChannel: commands")
struct CommandTests {
    typealias Call = @Sendable (CommandChannel) async throws -> SMTPReply

    static let commands: [(line: String, call: Call)] = [
        ("EHLO client.example", { try await $0.ehlo(try HelloName("client.example")) }),
        ("HELO client.example", { try await $0.helo(try HelloName("client.example")) }),
        ("LHLO [127.0.0.1]", { try await $0.lhlo(try HelloName("[127.0.0.1]")) }),
        ("MAIL FROM:<a@b.example>", { try await $0.mail(from: try ReversePath("a@b.example")) }),
        ("MAIL FROM:<>", { try await $0.mail(from: .null) }),
        (
            "MAIL FROM:<> SIZE=12 BODY=8BITMIME",
            { try await $0.mail(from: .null, parameters: [.size(12), .body(.eightBitMIME)]) }
        ),
        ("RCPT TO:<c@d.example>", { try await $0.recipient(to: try ForwardPath("c@d.example")) }),
        ("RCPT TO:<Postmaster>", { try await $0.recipient(to: .postmaster) }),
        ("DATA", { try await $0.data() }),
        ("RSET", { try await $0.reset() }),
        ("SEND FROM:<a@b.example>", { try await $0.send(from: try ReversePath("a@b.example")) }),
        ("SOML FROM:<a@b.example>", { try await $0.soml(from: try ReversePath("a@b.example")) }),
        ("SAML FROM:<a@b.example>", { try await $0.saml(from: try ReversePath("a@b.example")) }),
        ("VRFY Smith", { try await $0.verify(try CommandArgument("Smith")) }),
        ("EXPN Example-People", { try await $0.expand(try CommandArgument("Example-People")) }),
        ("HELP", { try await $0.help() }),
        ("HELP MAIL", { try await $0.help(try CommandArgument("MAIL")) }),
        ("NOOP", { try await $0.noop() }),
        ("QUIT", { try await $0.quit() }),
        ("TURN", { try await $0.turn() }),
        ("ETRN example.org", { try await $0.etrn(try CommandArgument("example.org")) }),
        ("ATRN a.example,b.example", { try await $0.atrn([try Domain("a.example"), try Domain("b.example")]) }),
        ("ATRN", { try await $0.atrn() }),
        ("STARTTLS", { try await $0.startTLS() }),
        ("AUTH LOGIN", { try await $0.auth(try AuthenticationMechanism("login")) }),
        (
            "AUTH PLAIN AGEAYg==",
            { try await $0.auth(try AuthenticationMechanism("PLAIN"), initialResponse: Array("\0a\0b".utf8)) }
        ),
        ("AUTH EXTERNAL =", { try await $0.auth(try AuthenticationMechanism("EXTERNAL"), initialResponse: []) }),
        ("dXNlcg==", { try await $0.authResponse(Array("user".utf8)) }),
        ("*", { try await $0.authCancel() }),
        (
            "XCLIENT NAME=spike ADDR=IPV6:2001:db8::1",
            { channel in
                let attributes = try [ClientAttribute(.name, .text("spike")), ClientAttribute(address: "2001:db8::1")]
                return try await channel.xclient(try ClientAttributes(attributes))
            }
        ),
        (
            "XFORWARD HELO=a+20b",
            { try await $0.xforward(try ClientAttributes([ClientAttribute(.helo, .text("a b"))])) }
        ),
        (
            "XCLIENT NAME=spike",
            { try await $0.command(verb: try CommandVerb("XCLIENT"), argument: try CommandArgument("NAME=spike")) }
        ),
    ]

    @Test("Each command is one line, and its reply is returned whatever it says", arguments: allFragmentations)
    func lines(fragmentation: PipeOptions.Fragmentation) throws {
        for (index, command) in Self.commands.enumerated() {
            // Codes that no command would get: nothing here is judged. 354 alone asks for content.
            let code = [250, 599, 421, 301, 455][index % 5]
            let (reply, received) = try session(
                fragmentation,
                server: { try await $0.answer("\(code)-first\n\(code) 2.0.0 second") },
                client: { try await command.call($0) }
            )
            #expect(received == command.line + "\r\n")
            #expect(reply.code.rawValue == UInt16(code))
            #expect(reply.text == ["first", "2.0.0 second"])
        }
    }

    @Test("The greeting is returned, whatever it says", arguments: ["220 a.example ESMTP", "554 no", "421-a\r\n421 b"])
    func greeting(text: String) throws {
        for fragmentation in allFragmentations {
            let (reply, _) = try dialogue(
                fragmentation,
                server: { try await $0.write(text + "\r\n") },
                client: { transport in
                    let (channel, greeting) = try await CommandChannel.open(over: transport)
                    #expect(channel.state.greeting == greeting)
                    await channel.disconnect()
                    return greeting
                }
            )
            #expect(reply.code.description == text.prefix(3))
        }
    }

    @Test("A server that greets and closes at once has greeted, whoever is faster")
    func greetingAndClose() async throws {
        let listener = try await TCPListener.bind()
        let serving = Task {
            while let transport = try await listener.accept() {
                try await withTaskExecutorPreference(transport.executor) { @concurrent in
                    try await transport.write(Array("554 no\r\n".utf8).span.bytes)
                    try await transport.shutdownWrite()
                }
            }
        }
        for _ in 0..<100 {
            let (_, greeting) = try await CommandChannel.connect(to: listener.endpoint)
            #expect(greeting.code == 554)
        }
        listener.close()
        try await serving.value
    }

    @Test("A chunk follows its command at once")
    func chunk() throws {
        let (replies, received) = try session(
            server: { peer in
                _ = try await peer.line()
                _ = try await peer.octets(5)
                try await peer.say("250 5 octets")
            },
            client: { try await $0.bdat(Array("a\r\nb.".utf8), isLast: true) }
        )
        #expect(received == "BDAT 5 LAST\r\na\r\nb.")
        #expect(replies.map(\.code.rawValue) == [250])
    }

    @Test("A URL is one line, and its replies are returned as a chunk's are", arguments: [true, false])
    func url(isLast: Bool) throws {
        let url = try ContentURL("imap://joe@mail.example/out;uidvalidity=1/;uid=25;urlauth=submit+joe:internal:91354a")
        let (replies, received) = try session(
            server: { try await $0.answer("554 5.6.6 not there") },
            client: { try await $0.burl(url, isLast: isLast) }
        )
        #expect(received == "BURL \(url.text)\(isLast ? " LAST" : "")\r\n")
        #expect(replies.map(\.code.rawValue) == [554])
    }

    @Test("BURL in LMTP is answered once for each accepted recipient, as a typed command and as a raw one")
    func urlInLMTP() throws {
        let (counts, _) = try session(
            server: { peer in
                for _ in 0..<2 {
                    for reply in ["250 lhlo", "250 mail", "250 a", "250 b", "250 a has it\n450 b has not"] {
                        try await peer.answer(reply)
                    }
                }
                try await peer.answer("250 noop")
            },
            client: { channel -> [Int] in
                var counts: [Int] = []
                for isTyped in [true, false] {
                    _ = try await channel.lhlo(.localhost)
                    let outcomes = try await channel.pipeline { group in
                        group.mail(from: .null)
                        group.recipient(to: .postmaster)
                        group.recipient(to: .postmaster)
                        if isTyped {
                            (try? ContentURL("imap://h/x")).map { group.burl($0, isLast: true) }
                        } else if let verb = try? CommandVerb("burl") {
                            group.append(.raw(verb: verb, argument: try? CommandArgument("imap://h/x last")))
                        }
                    }
                    counts.append(outcomes.last?.replies.count ?? 0)
                }
                #expect(try await channel.noop().code == 250)
                return counts
            }
        )
        #expect(counts == [2, 2])
    }

    @Test("A 220 to XCLIENT begins the session anew, any other reply leaves it", arguments: [220, 421, 501, 503, 550])
    func xclient(code: Int) throws {
        let login = try ClientAttributes([ClientAttribute(.login, .text("tim"))])
        let name = try ClientAttributes([ClientAttribute(.name, .text("x"))])
        try session(
            server: { peer in
                for reply in ["250-me\n250 XCLIENT NAME LOGIN", "235 in", "250 mail", "\(code) reply"] {
                    try await peer.answer(reply)
                }
                guard code == 220 else { return }
                for reply in ["250-me\n250 SIZE 5", "220 again"] { try await peer.answer(reply) }
            },
            client: { channel in
                _ = try await channel.ehlo(.localhost)
                _ = try await channel.auth(try AuthenticationMechanism("EXTERNAL"), initialResponse: [])
                _ = try await channel.mail(from: .null)
                let reply = try await channel.xclient(name)
                let state = channel.state
                #expect(reply.code.rawValue == UInt16(code))
                let isAnew = code == 220
                #expect(channel.extensions.isEmpty == isAnew)
                #expect((state.transaction.helloReply == nil) == isAnew)
                #expect((state.transaction.stage == .idle) == isAnew)
                #expect(state.transaction.isAuthenticated == !isAnew)
                guard isAnew else { return }
                _ = try await channel.ehlo(.localhost)
                #expect(channel.extensions.sizeLimit == 5)
                _ = try await channel.xclient(login)
                #expect(channel.state.transaction.isAuthenticated)
                #expect(channel.extensions.isEmpty)
            }
        )
    }

    @Test("Commands of many tasks run in the order they were asked for, each with its reply")
    func order() throws {
        let count = 50
        let (replies, received) = try session(
            server: { peer in
                for _ in 0..<count {
                    let line = try #require(try await peer.line())
                    try await peer.say("250 \(line)")
                }
            },
            client: { channel in
                try await withThrowingTaskGroup(of: (Int, String).self) { group in
                    for index in 0..<count {
                        group.addTask {
                            (index, try await channel.noop(try CommandArgument("\(index)")).text[0])
                        }
                    }
                    return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
            }
        )
        #expect(received == (0..<count).map { "NOOP \($0)\r\n" }.joined())
        #expect(replies == Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, "NOOP \($0)") }))
    }

    @Test("Extensions are populated from EHLO, from a reply and from a text, and cleared")
    func extensions() throws {
        try session(
            server: { peer in
                try await peer.answer("250-server.example Hello PIPELINING\n250-Size 1000\n250 AUTH=LOGIN PLAIN")
                try await peer.answer("250 server.example")
                try await peer.answer("550 who are you")
            },
            client: { channel in
                #expect(channel.extensions.isEmpty)
                let reply = try await channel.ehlo(.localhost)
                #expect(channel.extensions.sizeLimit == 1000)
                #expect(channel.extensions.authenticationMechanisms == ["LOGIN", "PLAIN"])
                #expect(!channel.extensions.contains(.pipelining))
                await channel.clearExtensions()
                #expect(channel.extensions.isEmpty)
                await channel.populateExtensions(from: reply)
                #expect(channel.extensions.keywords == [.size, .auth])
                await channel.populateExtensions(from: "PIPELINING\nX-NEW a b\n")
                #expect(channel.extensions.parameters(of: .init("x-new")) == ["a", "b"])
                // HELO has none, and a refused hello changes nothing.
                _ = try await channel.helo(.localhost)
                #expect(channel.extensions.isEmpty)
                await channel.populateExtensions(from: "PIPELINING")
                _ = try await channel.ehlo(.localhost)
                #expect(channel.extensions.contains(.pipelining))
            }
        )
    }
}
