import SMTPSession
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// The machine alone: every combination of replies, in lock-step and pipelined, against what RFC 5321 says became of the
/// message.
@Suite("TransactionMachine")
struct TransactionMachineTests {
    static let codes: [UInt16] = [250, 354, 450, 550]

    /// What a server that gives these answers holds, and for whom.
    private struct Reference {
        let mail: UInt16
        let recipients: [UInt16]
        let data: UInt16
        let content: UInt16
        let policy: RecipientPolicy

        /// The outcome of each recipient by its name.
        var outcomes: [String] {
            let isViolated = mail == 354 || (mail == 250 && recipients.contains(354))
            guard mail == 250, !isViolated else {
                // A violation in the envelope ends all; what was refused before it stays refused.
                return mail == 250 ? violatedOutcomes : recipients.map { _ in "not attempted" }
            }
            let accepted = recipients.filter { $0 == 250 }.count
            let isGivenUp = accepted == 0 || (policy == .allOrNothing && accepted < recipients.count)
            return recipients.map { code in
                if code != 250 { return "rejected RCPT" }
                if isGivenUp { return "not attempted" }
                switch (data, content) {
                case (450, _), (550, _): return "rejected DATA"
                case (354, 250): return "accepted"
                case (354, 354): return "unknown"
                case (354, _): return "rejected DATA"
                default: return "not attempted"
                }
            }
        }

        private var violatedOutcomes: [String] {
            let end = recipients.firstIndex(of: 354) ?? recipients.count
            return recipients.enumerated().map { index, code in
                index < end && code != 250 && !isCutShort(before: index) ? "rejected RCPT" : "not attempted"
            }
        }

        /// All-or-nothing in lock-step asks nobody behind the first refusal; the report is the same.
        private func isCutShort(before index: Int) -> Bool { false }
    }

    private func reply(_ code: UInt16) throws -> SMTPReply {
        SMTPReply(code: try #require(ReplyCode(rawValue: code)), lines: ["x"])
    }

    /// Plays the answers, and returns the outcomes, how it ended, and whether content was sent.
    private func play(
        _ reference: Reference,
        isPipelined: Bool
    ) throws -> (outcomes: [String], end: TransactionMachine.Action, isContentSent: Bool) {
        var machine = TransactionMachine(
            recipientCount: reference.recipients.count,
            policy: reference.policy,
            isPipelined: isPipelined
        )
        var pending: [TransactionMachine.Step] = []
        var isContentSent = false
        var action = machine.begin(isClean: true)
        while true {
            switch action {
            case .write(let steps):
                pending += steps
                action = .takeReply
            case .takeReply:
                let step = pending.removeFirst()
                let code: UInt16 =
                    switch step {
                    case .mail: reference.mail
                    case .recipient(let index): reference.recipients[index]
                    case .data: reference.data
                    case .clear, .giveUp: 250
                    }
                action = machine.replyReceived(try reply(code))
            case .sendContent:
                isContentSent = true
                machine.contentHandedOver()
                action = machine.contentReplyReceived(try reply(reference.content), isEarly: false)
            case .sendTerminator:
                machine.contentHandedOver()
                action = machine.contentReplyReceived(try reply(554), isEarly: false)
            case .leaveClean, .close, .finish:
                // An orderly end leaves no reply behind, and none is waited for that is not to come.
                if action == .finish { #expect(pending.isEmpty) }
                let paths = reference.recipients.map { _ in ForwardPath.postmaster }
                return (machine.record.report(for: paths).recipients.map { $0.outcome.name }, action, isContentSent)
            }
        }
    }

    @Test(
        "Outcomes are those of a plain reading of the replies",
        arguments: [RecipientPolicy.anyAccepted, .allOrNothing]
    )
    func everyCombination(policy: RecipientPolicy) throws {
        var count = 0
        for mail in Self.codes {
            for first in Self.codes {
                for second in Self.codes {
                    for data in Self.codes {
                        for content in Self.codes {
                            let reference = Reference(
                                mail: mail,
                                recipients: [first, second],
                                data: data,
                                content: content,
                                policy: policy
                            )
                            for isPipelined in [false, true] {
                                let result = try play(reference, isPipelined: isPipelined)
                                try check(result, reference, isPipelined: isPipelined)
                                count += 1
                            }
                        }
                    }
                }
            }
        }
        #expect(count == 2048)
    }

    private func check(
        _ result: (outcomes: [String], end: TransactionMachine.Action, isContentSent: Bool),
        _ reference: Reference,
        isPipelined: Bool
    ) throws {
        var expected = reference.outcomes
        if reference.policy == .allOrNothing, !isPipelined, reference.mail == 250,
            let refused = reference.recipients.firstIndex(where: { $0 != 250 })
        {
            // In lock-step nobody behind the first refusal is asked.
            for index in expected.indices where index > refused { expected[index] = "not attempted" }
        }
        #expect(result.outcomes == expected, "\(reference) pipelined: \(isPipelined)")
        // Content goes to exactly those it is meant for.
        let isMeant =
            expected.contains { $0 == "accepted" || $0 == "unknown" }
            || (reference.data == 354 && expected.contains("rejected DATA"))
        #expect(result.isContentSent == isMeant, "\(reference) pipelined: \(isPipelined)")
        // A reply that does not belong closes the connection; nothing else does, but a 354 that cannot be used.
        if !isPipelined, ![reference.mail, reference.data, reference.content].contains(354),
            !reference.recipients.contains(354)
        {
            #expect(
                result.end
                    == (reference.data == 250 && expected.contains("not attempted") && reference.mail == 250
                        && reference.recipients.contains(250)
                        && !(reference.policy == .allOrNothing && Set(reference.recipients).count > 1)
                        ? .close : .finish),
                "\(reference)"
            )
        }
    }

    @Test("A loss before the terminator was handed over is never unknown, after it always")
    func losses() throws {
        for (isHandedOver, expected) in [(false, "not attempted"), (true, "unknown")] {
            var machine = TransactionMachine(recipientCount: 1, policy: .anyAccepted, isPipelined: true)
            _ = machine.begin(isClean: true)
            _ = machine.replyReceived(try reply(250))
            _ = machine.replyReceived(try reply(250))
            #expect(machine.replyReceived(try reply(354)) == .sendContent)
            if isHandedOver { machine.contentHandedOver() }
            #expect(machine.connectionLost(.closedByServer(after: nil)) == .close)
            let report = machine.record.report(for: [.postmaster])
            #expect(report.recipients.map { $0.outcome.name } == [expected])
            #expect(machine.record.error(with: report)?.advice == (isHandedOver ? .unsafe : .sendAgainNow))
        }
    }

    @Test("What an earlier transaction left is cleared first; if that fails, the connection is closed")
    func clearing() throws {
        var machine = TransactionMachine(recipientCount: 1, policy: .anyAccepted, isPipelined: true)
        #expect(machine.begin(isClean: false) == .write([.clear]))
        #expect(machine.replyReceived(try reply(250)) == .write([.mail, .recipient(0), .data]))
        var other = TransactionMachine(recipientCount: 1, policy: .anyAccepted, isPipelined: false)
        _ = other.begin(isClean: false)
        #expect(other.replyReceived(try reply(550)) == .close)
        #expect(other.record.error(with: other.record.report(for: [.postmaster]))?.kind == .refused)
    }

    @Test("A cancelled envelope is cleared; once DATA is out, the connection is closed")
    func cancellation() throws {
        var machine = TransactionMachine(recipientCount: 1, policy: .anyAccepted, isPipelined: false)
        _ = machine.begin(isClean: true)
        _ = machine.replyReceived(try reply(250))
        #expect(machine.connectionLost(.cancelled) == .leaveClean)
        var pipelined = TransactionMachine(recipientCount: 1, policy: .anyAccepted, isPipelined: true)
        _ = pipelined.begin(isClean: true)
        #expect(pipelined.connectionLost(.cancelled) == .close)
    }

    @Test("All-or-nothing never sends DATA before all recipients have answered")
    func allOrNothing() throws {
        var machine = TransactionMachine(recipientCount: 2, policy: .allOrNothing, isPipelined: true)
        #expect(machine.begin(isClean: true) == .write([.mail, .recipient(0), .recipient(1)]))
        _ = machine.replyReceived(try reply(250))
        _ = machine.replyReceived(try reply(250))
        #expect(machine.replyReceived(try reply(250)) == .write([.data]))
    }
}

extension DeliveryReport.Outcome {
    /// The outcome in a word.
    var name: String {
        switch self {
        case .accepted: "accepted"
        case .rejected(let answer): "rejected \(answer.verb)"
        case .notAttempted: "not attempted"
        case .unknown: "unknown"
        }
    }
}
