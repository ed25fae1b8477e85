import SMTPSession
import SMTPTesting
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

/// Messages whose recipients take several transactions, of which not all go well.
@Suite("Messages in several transactions")
struct DividedMessageTests {
    private static func message(_ recipients: [String]) throws -> MailObject {
        MailObject(.text("x\r\n"), envelope: try Envelope(from: "s@x.example", to: recipients))
    }

    /// The report of a message that at least one recipient may have got nothing of.
    private static func report(_ connection: SMTPConnection, _ message: MailObject) async -> DeliveryReport? {
        do throws(SMTPError) { return try await connection.send(message) } catch { return error.report }
    }

    @Test("MAILMAX in the midst of one ends the reports with that", arguments: [["PIPELINING", "CHUNKING"], []])
    func mailMaximum(keywords: [String]) throws {
        var server = SendManyTests.server("LIMITS RCPTMAX=1 MAILMAX=2")
        server.keywords += keywords
        server.script.on(.recipient("no@x.example"), .reply(550, "5.1.1 no"))
        let (result, sink) = try SendManyTests.run(server) { connection in
            let (messages, input) = AsyncStream<MailObject>.makeStream()
            input.yield(try Self.message(["a@x.example", "no@x.example", "c@x.example"]))
            var reports = connection.send(contentsOf: messages).makeAsyncIterator()
            let first = try await reports.next()
            // It comes when the limit is known.
            input.yield(try Self.message(["d@x.example"]))
            input.finish()
            var failure: SMTPError?
            var others: [String] = []
            do throws(SMTPError) {
                while let report = try await reports.next() { others.append(report.message.name) }
            } catch {
                failure = error
            }
            return (first, others, failure)
        }
        let (first, others, failure) = result
        #expect(first?.recipients.map { $0.outcome.name } == ["accepted", "rejected RCPT", "not attempted"])
        #expect(first?.recipients.map(\.advice) == [.done, .never, .sendAgainNow])
        #expect(first?.error?.kind == .sessionLimit && failure?.kind == .sessionLimit)
        // Whether it was taken before the limit was met is left open, and what its report says is not.
        #expect(others.isEmpty || others == ["not attempted"])
        #expect(sink.messages.map(\.acceptedRecipients) == [["a@x.example"]])
    }

    @Test(
        "A MAIL that is refused for the second of them is told",
        arguments: [(451, ["PIPELINING", "CHUNKING"]), (550, [])]
    )
    func secondMail(code: Int, keywords: [String]) throws {
        var server = SendManyTests.server("LIMITS RCPTMAX=1")
        server.keywords += keywords
        server.script.on(.command("MAIL"), occurrence: 2, .reply(code, "\(code / 100).7.1 slow down"))
        let (report, _) = try SendManyTests.run(server) { connection in
            try await connection.send(try Self.message(["a@x.example", "b@x.example", "c@x.example"]))
        }
        #expect(report.recipients.map { $0.outcome.name } == ["accepted", "not attempted", "accepted"])
        #expect(report.recipients[1].advice == (code == 451 ? .sendAgainLater : .never))
        #expect(report.error?.verb == "MAIL" && report.error?.reply.map { Int($0.code.rawValue) } == code)
    }

    /// Why a recipient is left out, while another is refused for good.
    enum Reason: CaseIterable {
        case mailLimit, domainLimit, readOnce, mailRefused, closed
    }

    @Test("Who was not attempted is not given up because another was refused for good", arguments: Reason.allCases)
    func advice(reason: Reason) throws {
        var server = SendManyTests.server("LIMITS RCPTMAX=1")
        server.script.on(.recipient("no@x.example"), .reply(550, "5.1.1 no"))
        var recipients = ["no@x.example", "b@y.example"]
        switch reason {
        case .mailLimit: server.keywords = ["LIMITS RCPTMAX=1 MAILMAX=1"]
        case .domainLimit: server.keywords = ["LIMITS RCPTDOMAINMAX=1"]
        case .readOnce: server.keywords.append("8BITMIME")
        case .mailRefused:
            server.script.on(.command("MAIL"), occurrence: 1, .reply(451, "4.7.1 later"))
            recipients.reverse()
        case .closed:
            server.script = SinkScript()
            let refusal = SinkReply.reply(550, "5.1.1 no").followed(by: .reply(421, "4.3.2 bye"))
            server.script.on(.recipient("no@x.example"), refusal.thenClose())
        }
        let (report, _) = try SendManyTests.run(server) { [recipients] connection in
            var message = try Self.message(recipients)
            if reason == .readOnce {
                message.content = .stream(
                    AsyncStream<[UInt8]> { input in
                        input.yield(Array("x\r\n".utf8))
                        input.finish()
                    }
                )
            }
            return await Self.report(connection, message)
        }
        let place = reason == .mailRefused ? 0 : 1
        let left = try #require(report).recipients[place]
        #expect(left.outcome.name == "not attempted")
        #expect(left.advice == (reason == .mailRefused ? .sendAgainLater : .sendAgainNow))
        #expect(report?.recipients[1 - place].advice == .never)
    }

    @Test("Each refused MAIL decides for its own recipients alone", arguments: [(550, 451), (451, 550)])
    func eachMail(first: Int, second: Int) throws {
        var server = SendManyTests.server("LIMITS RCPTMAX=1")
        server.script.on(.command("MAIL"), occurrence: 1, .reply(first, "no"))
        server.script.on(.command("MAIL"), occurrence: 2, .reply(second, "no"))
        let (report, _) = try SendManyTests.run(server) { connection in
            await Self.report(connection, try Self.message(["a@x.example", "b@x.example"]))
        }
        let advice: [SMTPError.Advice] = [first, second].map { $0 == 550 ? .never : .sendAgainLater }
        #expect(report?.recipients.map(\.advice) == advice)
        #expect(report?.error?.advice == .sendAgainLater)
    }

    @Test(
        "A server that leaves between two of them is told of, and the rest may be sent again",
        arguments: [[], ["PIPELINING"]]
    )
    func left(keywords: [String]) throws {
        var server = SendManyTests.server("LIMITS RCPTMAX=1")
        server.keywords += keywords
        server.script.on(.recipient("b@x.example"), .reply(421, "4.3.2 bye"))
        let (report, _) = try SendManyTests.run(server) { connection in
            await Self.report(connection, try Self.message(["a@x.example", "b@x.example", "c@x.example"]))
        }
        #expect(report?.recipients.map { $0.outcome.name } == ["accepted", "rejected RCPT", "not attempted"])
        #expect(report?.recipients.map(\.advice) == [.done, .sendAgainNow, .sendAgainNow])
        #expect(report?.error?.kind == .closed)
    }

    @Test("What the server refused is said, and not that the content can be read only once", arguments: [true, false])
    func refusedStream(isMail: Bool) throws {
        var server = SendManyTests.server("8BITMIME", "LIMITS RCPTMAX=\(isMail ? 1 : 9)")
        if isMail {
            server.script.on(.command("MAIL"), .reply(550, "5.7.1 not you"))
        } else {
            server.script.on(.recipient("b@x.example"), .reply(452, "4.5.3 no more"))
        }
        let (error, _) = try SendManyTests.run(server) { connection in
            var message = try Self.message(["a@x.example", "b@x.example"])
            if !isMail { message.policy = .allOrNothing }
            message.content = .stream(
                AsyncStream<[UInt8]> { input in
                    input.yield(Array("x\r\n".utf8))
                    input.finish()
                }
            )
            return await errorOf { [message] () async throws(SMTPError) in try await connection.send(message) }
        }
        #expect(error?.kind == .refused)
        #expect(error?.advice == (isMail ? .never : .sendAgainLater))
    }

    @Test("The progress of messages that are dropped with the reports ends")
    func dropped() throws {
        let (taken, ended) = (Counter(), Counter())
        let message = try Self.message(["a@x.example"])
        _ = try SendManyTests.run(SendManyTests.server("PIPELINING", "CHUNKING")) { connection in
            let executor = try #require(connection.channel.executor as? DeterministicExecutor)
            let messages = WatchedMessages(message: message, executor: executor, taken: taken, ended: ended)
            for try await _ in connection.send(contentsOf: messages, window: DeliveryWindow(messages: 2)) { break }
            try await executor.sleep(for: .seconds(100))
        }
        #expect(taken.value >= 8)
        #expect(ended.value == taken.value)
    }

    @Test("Observers are told of messages that cannot go, and of those that a broken connection takes with it")
    func observed() throws {
        let observed = Counter()
        var server = SendManyTests.server()
        server.script.on(.content, occurrence: 2, .close)
        let (count, _) = try SendManyTests.run(server, change: { $0.observers = [CountingObserver(observed)] }) {
            connection in
            let messages = try (0..<6).map { try Self.message([$0 == 1 ? "\u{E4}@x.example" : "a@x.example"]) }
            return await SendManyTests.collect(connection.send(contentsOf: messages)).0.count
        }
        #expect(count >= 3 && observed.value == count)
    }

    @Test("Observers are told of a message that is being looked through when the connection ends")
    func observedWhilePlanned() throws {
        let path = "/tmp/swift-smtp-observed-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(path) }
        let bytes = Array(repeatElement("a line of it\r\n".utf8, count: 10_000).joined())
        let file = try #require(fopen(path, "w"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        for seed in 0..<20 as Range<UInt64> {
            let observed = Counter()
            var server = SendManyTests.server("PIPELINING")
            server.script.on(.content, occurrence: 2, .close)
            var client = SMTPConfiguration(security: .insecurePlain)
            client.observers = [CountingObserver(observed)]
            let simulation = Simulation(seed: seed, server: server)
            let count = try simulation.run { [client] in
                let connection = try await simulation.open(client)
                var message = try Self.message(["a@x.example"])
                message.content = .file(path: path)
                let messages = repeatElement(message, count: 8)
                return await SendManyTests.collect(connection.send(contentsOf: messages)).0.count
            }
            #expect(count >= 2 && observed.value == count, "seed \(seed)")
        }
    }
}

/// Counts the sends that have ended.
private struct CountingObserver: SMTPObserver {
    let count: Counter

    init(_ count: Counter) { self.count = count }

    func operationBegan(_ operation: SMTPOperation) -> ((SMTPOperation.Ending) -> Void)? {
        guard case .send = operation.kind else { return nil }
        return { _ in count.increment() }
    }
}

/// The same message without end, each time with a progress that is watched to its end.
private struct WatchedMessages: Sequence, IteratorProtocol, Sendable {
    let message: MailObject
    let executor: DeterministicExecutor
    let taken: Counter
    let ended: Counter

    func next() -> MailObject? {
        taken.increment()
        var message = message
        let progress = DeliveryProgress()
        message.progress = progress
        Task(executorPreference: executor) {
            for await _ in progress.updates {}
            ended.increment()
        }
        return message
    }
}
