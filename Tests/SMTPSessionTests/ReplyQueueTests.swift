import SMTPTransport
import SMTPWire
import Testing

@testable import SMTPSession

/// The queue alone: commands of one verb that were written together, and leave in parts.
@Suite("ReplyQueue")
struct ReplyQueueTests {
    private static let timeout = Duration.seconds(300)

    private let ok: SMTPReply
    private let no: SMTPReply
    private let recipients: EncodedCommands

    init() throws {
        ok = SMTPReply(code: try #require(ReplyCode(rawValue: 250)), lines: ["ok"])
        no = SMTPReply(code: try #require(ReplyCode(rawValue: 550)), lines: ["no"])
        let paths = try ["a@x.example", "bb@x.example", "ccc@x.example"].map { try ForwardPath($0) }
        recipients = EncodedCommands(paths.map { .recipient($0, []) })
    }

    private func queue(_ range: Range<Int>) -> ReplyQueue {
        var queue = ReplyQueue(unclaimedLimit: 1, contentTimeout: Self.timeout)
        queue.expect(Expectation(recipients, range, from: 0, timeout: Self.timeout))
        return queue
    }

    private func moment(_ seconds: Int) -> MonotonicInstant {
        MonotonicInstant(sinceStart: .seconds(seconds))
    }

    @Test("Each of them is answered, and nothing more", arguments: [0..<3, 1..<3, 2..<3])
    func count(range: Range<Int>) {
        var queue = queue(range)
        queue.release(recipients.octets(of: range).count)
        queue.handedOver(at: moment(0))
        for _ in range {
            #expect(!queue.isEmpty)
            #expect(queue.replyReceived(ok, at: moment(1)) == .deliver(isLast: true, isEarly: false))
        }
        #expect(queue.isEmpty && queue.deadline?.instant == nil)
        #expect(queue.transaction.acceptedRecipients == range.count)
        #expect(queue.replyReceived(ok, at: moment(1)) == .violation(.unsolicitedReply(ok)))
    }

    @Test("A reply to one of which not every octet has left is believed only when it says no", arguments: 0..<3)
    func premature(place: Int) {
        for (missing, isBelieved) in [(0, true), (1, false)] {
            for reply in [ok, no] {
                var queue = queue(0..<3)
                queue.release(recipients.ends[place] - missing)
                queue.handedOver(at: moment(0))
                for _ in 0..<place { _ = queue.replyReceived(ok, at: moment(1)) }
                let outcome = queue.replyReceived(reply, at: moment(1))
                let isExpected = isBelieved || reply == no
                #expect(outcome == (isExpected ? .deliver(isLast: true, isEarly: false) : .violation(.prematureReply)))
            }
        }
    }

    @Test("The time for a reply begins when its command has left and the reply before has come")
    func deadline() {
        var queue = queue(0..<3)
        queue.release(recipients.ends[0])
        queue.handedOver(at: moment(10))
        #expect(queue.deadline?.instant == moment(310))
        _ = queue.replyReceived(ok, at: moment(20))
        // The second has not left.
        #expect(queue.deadline?.instant == nil)
        queue.release(recipients.ends[2] - recipients.ends[0])
        #expect(queue.deadline?.instant == nil)
        queue.handedOver(at: moment(30))
        #expect(queue.deadline?.instant == moment(330))
        _ = queue.replyReceived(ok, at: moment(40))
        #expect(queue.deadline?.instant == moment(340))
    }

    @Test("Those behind them are answered in their turn, each with its own time")
    func others() {
        var queue = queue(0..<2)
        let start = UInt64(recipients.ends[1])
        queue.expect(Expectation(EncodedCommands.data, 0..<1, from: start, timeout: .seconds(120)))
        #expect(queue.barrier == "DATA")
        queue.release(recipients.ends[1] + 6)
        queue.handedOver(at: moment(0))
        _ = queue.replyReceived(ok, at: moment(1))
        _ = queue.replyReceived(no, at: moment(2))
        #expect(queue.deadline?.instant == moment(122))
        #expect(queue.deadline?.phase == .reply(to: "DATA"))
    }
}
