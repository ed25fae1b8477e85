import SMTPSession
import SMTPTesting
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

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
            var others = 0
            do throws(SMTPError) {
                while try await reports.next() != nil { others += 1 }
            } catch {
                failure = error
            }
            return (first, others, failure)
        }
        let (first, others, failure) = result
        #expect(first?.recipients.map { $0.outcome.name } == ["accepted", "rejected RCPT", "not attempted"])
        #expect(first?.recipients.map(\.advice) == [.done, .never, .sendAgainNow])
        #expect(first?.error?.kind == .sessionLimit && failure?.kind == .sessionLimit)
        #expect(others <= 1)
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

    @Test("The progress of messages that are dropped with the reports ends, and observers are told of all")
    func dropped() throws {
        let observed = Counter()
        let (ended, _) = try SendManyTests.run(
            SendManyTests.server("PIPELINING", "CHUNKING"),
            change: { $0.observers = [CountingObserver(observed)] }
        ) { connection in
            let executor = try #require(connection.channel.executor as? DeterministicExecutor)
            let ended = Counter()
            let messages = try (0..<20).map { number in
                // One of them cannot go, and is told of as well.
                var message = try Self.message([number == 1 ? "\u{E4}@x.example" : "a@x.example"])
                let progress = DeliveryProgress()
                message.progress = progress
                Task(executorPreference: executor) {
                    for await _ in progress.updates {}
                    ended.increment()
                }
                return message
            }
            var taken = 0
            for try await _ in connection.send(contentsOf: messages, window: DeliveryWindow(messages: 2)) {
                taken += 1
                if taken == 2 { break }
            }
            try await executor.sleep(for: .seconds(100))
            // All that a window of two takes ahead, those not sent included.
            return ended.value
        }
        #expect(ended >= 8)
        #expect(observed.value >= 2)
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
