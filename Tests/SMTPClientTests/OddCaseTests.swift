import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Servers that answer out of place, and input that is not what it seems.
@Suite("SMTPConnection: what is reported when things are odd")
struct OddCaseTests {
    /// Connects, says hello, runs `client`, and returns what it returned with what the server read.
    @discardableResult
    private func connection<Value: Sendable>(
        server: @escaping @Sendable (Peer) async throws -> Void,
        client: @escaping @Sendable (SMTPConnection) async throws -> Value
    ) throws -> (value: Value, received: String) {
        try dialogue(
            server: { peer in
                try await peer.say("220 ready")
                try await server(peer)
            },
            client: { transport in
                let configuration = SMTPConfiguration(security: .insecurePlain)
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

    @Test("A reply that begins before its command in the midst of a transaction is not taken for its answer")
    func prematureReply() throws {
        let (error, received) = try connection(
            server: { peer in
                try await peer.answer("250 hello")
                _ = try await peer.line()
                try await peer.write("250 mail\r\n250 any")
                _ = try await peer.line()
                try await peer.say("one at all")
                try await peer.serve()
            },
            client: { connection in
                await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: ["postmaster"])
                }
            }
        )
        #expect(error?.kind == .protocolViolation)
        #expect(received == "EHLO localhost\r\nMAIL FROM:<>\r\n")
    }

    @Test("A transaction the server may have kept is cleared before the next message", arguments: [true, false])
    func keptTransaction(isChunkRefused: Bool) throws {
        let (_, received) = try connection(
            server: { peer in
                try await peer.answer("250 hello")
                if isChunkRefused {
                    try await peer.answer("250 mail")
                    try await peer.answer("550 rcpt")
                    _ = try await peer.line()
                    _ = try await peer.octets(1)
                    try await peer.say("503 no recipients")
                } else {
                    // MAIL came within a transaction; what follows it goes to the old one.
                    try await peer.answer("503 nested")
                    try await peer.answer("250 rcpt")
                }
                try await peer.serve()
            },
            client: { connection in
                try await connection.hello()
                _ = try await connection.channel.pipeline { group in
                    group.mail(from: .null)
                    group.recipient(to: .postmaster)
                    if isChunkRefused { group.bdat([0x78], isLast: true) }
                }
                try await connection.send("x", from: "", to: ["postmaster"])
            }
        )
        #expect(received.contains("RSET\r\nMAIL"))
    }

    @Test("One reply of LMTP is not credited to all recipients")
    func lmtp() throws {
        let (outcome, _) = try connection(
            server: { peer in
                for reply in ["250 hello", "250 mail", "250 a", "250 b", "354 go"] { try await peer.answer(reply) }
                _ = try await peer.content()
                try await peer.say("250 a has it\n452 b is full")
            },
            client: { connection -> [Bool]? in
                _ = try await connection.channel.lhlo(.localhost)
                do throws(SMTPError) {
                    let report = try await connection.send("x", from: "", to: ["a@x.example", "b@x.example"])
                    return report.recipients.map(\.outcome.isAccepted)
                } catch {
                    #expect(error.kind == .usage)
                    return nil
                }
            }
        )
        #expect(outcome == nil || outcome == [true, false])
    }

    @Test("What was planned for SMTP is not sent in a session that another user has made one of LMTP")
    func helloBetweenMessages() throws {
        let (outcomes, received) = try connection(
            server: { peer in
                for reply in ["250 hello", "250 mail", "250 a", "250 b", "354 go"] { try await peer.answer(reply) }
                _ = try await peer.content()
                try await peer.say("250 ok")
                try await peer.serve()
            },
            client: { connection -> [String] in
                let (messages, input) = AsyncStream<MailObject>.makeStream()
                var reports = connection.send(contentsOf: messages).makeAsyncIterator()
                let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example"])
                input.yield(MailObject(.text("1"), envelope: envelope))
                var outcomes = try #require(try await reports.next()).recipients.map(\.outcome.name)
                _ = try await connection.channel.lhlo(.localhost)
                input.yield(MailObject(.text("2"), envelope: envelope))
                let second = try #require(try await reports.next())
                #expect(second.error?.kind == .usage && second.error?.advice == .sendAgainNow)
                outcomes += second.recipients.map(\.outcome.name)
                // No other would fare better.
                do throws(SMTPError) { _ = try await reports.next() } catch { outcomes.append("\(error.kind)") }
                return outcomes
            }
        )
        #expect(outcomes == ["accepted", "accepted", "not attempted", "not attempted", "usage"])
        #expect(received.ranges(of: "MAIL").count == 1)
    }

    @Test("A message for nobody that is refused before its dot leaves a server that may read what follows as content")
    func refusedBeforeDot() throws {
        let (errors, received) = try connection(
            server: { peer in
                try await peer.answer("250-hello\n250 PIPELINING")
                for _ in 0..<3 { _ = try await peer.line() }
                try await peer.say("250 mail\n550 rcpt\n354 go\n554 no")
                try await peer.drain()
            },
            client: { connection in
                var errors: [SMTPError?] = []
                for _ in 0..<2 {
                    errors.append(
                        await sendError { () async throws(SMTPError) in
                            try await connection.send("x", from: "", to: ["postmaster"])
                        }
                    )
                }
                return errors.map { $0?.kind }
            }
        )
        #expect(errors == [.refused, .closed])
        #expect(received.hasSuffix("DATA\r\n"))
    }

    @Test("421 to a command leaves no connection that seems open", arguments: ["EHLO", "HELO", "NOOP", "RSET", "VRFY"])
    func goodbye(verb: String) throws {
        try connection(
            server: { peer in
                while let line = try await peer.line() {
                    // It says that it closes, and takes its time.
                    try await peer.say(
                        line.hasPrefix(verb) ? "421 closing" : line.hasPrefix("EHLO") ? "500 what?" : "250 ok"
                    )
                }
            },
            client: { connection in
                let argument = try CommandArgument("x")
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.hello()
                    try await connection.noop()
                    try await connection.reset()
                    _ = try await connection.verify(argument)
                }
                #expect(error?.reply?.code.rawValue == 421)
                #expect(!connection.channel.state.isOpen)
            }
        )
    }

    @Test(
        "Never is said only if no recipient may be taken later",
        arguments: [
            (["550 no", "450 busy"], SMTPError.Advice.sendAgainLater), (["550 no", "551 no"], .never),
            (["450 busy", "550 no"], .sendAgainLater), (["550 no", "421 bye"], .sendAgainNow),
        ]
    )
    func advice(replies: [String], advice: SMTPError.Advice) throws {
        try connection(
            server: { peer in
                for reply in ["250 hello", "250 mail"] + replies { try await peer.answer(reply) }
                try await peer.serve()
            },
            client: { connection in
                let error = await sendError { () async throws(SMTPError) in
                    try await connection.send("x", from: "", to: ["a@x.example", "b@x.example"])
                }
                #expect(error?.kind == .refused)
                #expect(error?.advice == advice)
            }
        )
    }

    @Test("What is no regular file is refused before MAIL, and blocks nothing", arguments: [true, false])
    func irregularFile(isFIFO: Bool) throws {
        let path = "/tmp/swift-smtp-odd-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        #expect(isFIFO ? mkfifo(path, 0o600) == 0 : mkdir(path, 0o700) == 0)
        defer { remove(path) }
        let (error, received) = try connection(
            server: { try await $0.serve(["8BITMIME"]) },
            client: { connection -> SMTPError? in
                try await connection.hello()
                return await sendError { () async throws(SMTPError) in
                    try await connection.send(.file(path: path), envelope: try Envelope(from: "", to: ["postmaster"]))
                }
            }
        )
        #expect(error?.kind == .noInput)
        #expect(!received.contains("MAIL"))
    }
}
