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

        /// Whether the server has a sender and somebody to deliver to.
        var isOpen: Bool { mail == 250 && recipients.contains(250) }

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
                index < end && code != 250 ? "rejected RCPT" : "not attempted"
            }
        }
    }

    private struct Result {
        var outcomes: [String]
        var isClosed: Bool
        var isContentSent: Bool
        var written: [TransactionMachine.Step]
    }

    private func reply(_ code: UInt16) throws -> SMTPReply {
        SMTPReply(code: try #require(ReplyCode(rawValue: code)), lines: ["x"])
    }

    /// Plays the answers.
    private func play(_ reference: Reference, isPipelined: Bool, isChunked: Bool) throws -> Result {
        var machine = TransactionMachine(
            TransactionMachine.Shape(
                recipientCount: reference.recipients.count,
                policy: reference.policy,
                isChunked: isChunked,
                isPipelined: isPipelined
            )
        )
        var written: [TransactionMachine.Step] = []
        var pending: [TransactionMachine.Step] = []
        while !machine.isFinished {
            while let step = machine.nextStep() {
                if step == .chunk { machine.chunkWritten(isLast: true) }
                if step == .content || step == .chunk { machine.contentHandedOver() }
                written.append(step)
                pending += step.answered
            }
            // A machine that is not finished waits for something.
            try #require(machine.isFinished || !pending.isEmpty)
            guard !machine.isFinished else { break }
            let code: UInt16 =
                switch pending.removeFirst() {
                case .mail: reference.mail
                case .recipients(let range): reference.recipients[range.lowerBound]
                case .data: reference.data
                case .content: reference.content
                // Without a transaction a chunk is refused, whatever the server would say of it.
                case .chunk: reference.isOpen ? reference.content : 503
                case .terminator: 554
                case .clear: 250
                }
            machine.replyReceived(try reply(code))
        }
        if machine.closeReason == nil { #expect(pending.isEmpty) }
        return Result(
            outcomes: machine.record.outcomes().map { $0.name },
            isClosed: machine.closeReason != nil,
            isContentSent: written.contains(.content) || written.contains(.chunk),
            written: written
        )
    }

    @Test(
        "Outcomes are those of a plain reading of the replies",
        arguments: [RecipientPolicy.anyAccepted, .allOrNothing]
    )
    func everyCombination(policy: RecipientPolicy) throws {
        var count = 0
        for number in 0..<(1 << 10) {
            let codes = (0..<5).map { Self.codes[number >> (2 * $0) & 3] }
            let reference = Reference(
                mail: codes[0],
                recipients: [codes[1], codes[2]],
                data: codes[3],
                content: codes[4],
                policy: policy
            )
            for isPipelined in [false, true] {
                let result = try play(reference, isPipelined: isPipelined, isChunked: false)
                try check(result, reference, isPipelined: isPipelined)
                // In chunks there is no DATA to be answered: the rest is the same.
                if codes[3] == 354 {
                    let chunked = try play(reference, isPipelined: isPipelined, isChunked: true)
                    // Where the content is out with the envelope, a violation there leaves nothing certain.
                    let isViolated = codes[0] == 354 || (codes[0] == 250 && codes[1...2].contains(354))
                    let isOut = isPipelined && policy == .anyAccepted && isViolated
                    let expected = reference.outcomes.map {
                        isOut && $0 == "not attempted" ? "unknown" : $0.replacing("DATA", with: "BDAT")
                    }
                    #expect(chunked.outcomes == expected, "\(reference) pipelined: \(isPipelined)")
                }
                count += 1
            }
        }
        #expect(count == 2048)
    }

    private func check(_ result: Result, _ reference: Reference, isPipelined: Bool) throws {
        let expected = reference.outcomes
        #expect(result.outcomes == expected, "\(reference) pipelined: \(isPipelined)")
        // Content goes to exactly those it is meant for.
        let isMeant =
            expected.contains { $0 == "accepted" || $0 == "unknown" }
            || (reference.data == 354 && expected.contains("rejected DATA"))
        #expect(result.isContentSent == isMeant, "\(reference) pipelined: \(isPipelined)")
        if policyForbids(reference) { #expect(!result.written.contains(.data), "\(reference)") }
    }

    private func policyForbids(_ reference: Reference) -> Bool {
        reference.policy == .allOrNothing && reference.recipients.contains { $0 != 250 }
    }

    private func machine(
        recipients: Int = 1,
        policy: RecipientPolicy = .anyAccepted,
        _ change: (inout TransactionMachine.Shape) -> Void
    ) -> TransactionMachine {
        var shape = TransactionMachine.Shape(recipientCount: recipients, policy: policy)
        change(&shape)
        return TransactionMachine(shape)
    }

    /// All of it is out, behind a message whose fate is not known.
    private func streamedBehindAnother() -> TransactionMachine {
        var machine = machine {
            $0.isPipelined = true
            $0.isChunked = true
            $0.beginsWithReset = true
        }
        _ = steps(&machine)
        machine.contentHandedOver()
        return machine
    }

    private func steps(_ machine: inout TransactionMachine) -> [TransactionMachine.Step] {
        var steps: [TransactionMachine.Step] = []
        while let step = machine.nextStep() {
            if step == .chunk { machine.chunkWritten(isLast: true) }
            steps.append(step)
        }
        return steps
    }

    @Test("A loss before the terminator was handed over is never unknown, after it always", arguments: [false, true])
    func losses(isHandedOver: Bool) throws {
        var machine = machine { $0.isPipelined = true }
        let machineSteps = steps(&machine)
        #expect(machineSteps == [.mail, .recipients(0..<1), .data])
        for code in [250, 250, 354] as [UInt16] { machine.replyReceived(try reply(code)) }
        let contentSteps = steps(&machine)
        #expect(contentSteps == [.content])
        if isHandedOver { machine.contentHandedOver() }
        machine.connectionLost(.closedByServer(after: nil))
        #expect(Array(machine.record.outcomes()) == [isHandedOver ? .unknown : .notAttempted])
        #expect(machine.isFinished == true)
    }

    @Test("A chunk handed over with its commands is unknown until each reply is there, unless one refuses")
    func chunkLosses() throws {
        for replies in 0...2 {
            var machine = machine {
                $0.isPipelined = true
                $0.isChunked = true
            }
            let machineSteps = steps(&machine)
            #expect(machineSteps == [.mail, .recipients(0..<1), .chunk])
            machine.contentHandedOver()
            for _ in 0..<replies { machine.replyReceived(try reply(250)) }
            machine.connectionLost(.closedByServer(after: nil))
            #expect(Array(machine.record.outcomes()) == [.unknown])
        }
        for refused in 0...1 {
            var machine = machine {
                $0.isPipelined = true
                $0.isChunked = true
            }
            _ = steps(&machine)
            machine.contentHandedOver()
            for index in 0...refused { machine.replyReceived(try reply(index == refused ? 550 : 250)) }
            machine.connectionLost(.closedByServer(after: nil))
            #expect(Array(machine.record.outcomes()) != [.unknown])
        }
    }

    @Test("What an earlier transaction left is cleared first; in lock-step a refusal of that ends the connection")
    func clearing() throws {
        var pipelined = machine {
            $0.isPipelined = true
            $0.beginsWithReset = true
        }
        let pipelinedSteps = steps(&pipelined)
        #expect(pipelinedSteps == [.clear, .mail, .recipients(0..<1), .data])
        var other = machine { $0.beginsWithReset = true }
        let otherSteps = steps(&other)
        #expect(otherSteps == [.clear])
        other.replyReceived(try reply(550))
        #expect(other.closeReason != nil && other.isOutOfStep)
        #expect(other.record.error?.kind == .refused)
    }

    @Test("Behind a transaction left open a chunk waits until MAIL is accepted", arguments: [250, 503] as [UInt16])
    func leftOpen(mail: UInt16) throws {
        var machine = machine {
            $0.isPipelined = true
            $0.isChunked = true
            $0.beginsWithReset = true
            $0.followsOpen = true
        }
        var written = steps(&machine)
        #expect(written == [.clear, .mail, .recipients(0..<1)])
        machine.replyReceived(try reply(mail == 250 ? 250 : 500))
        written = steps(&machine)
        #expect(written.isEmpty)
        machine.replyReceived(try reply(mail))
        written = steps(&machine)
        #expect(written == (mail == 250 ? [.chunk] : []))
    }

    @Test("A message taken although MAIL was refused is not said to be rejected")
    func acceptedInVain() throws {
        var machine = streamedBehindAnother()
        for code in [503, 503, 250, 250] as [UInt16] { machine.replyReceived(try reply(code)) }
        #expect(Array(machine.record.outcomes()) == [.unknown])
        #expect(machine.closeReason != nil)
    }

    @Test(
        "Behind a refused RSET and MAIL the transaction before may have taken a chunk that is not answered",
        arguments: [(503, [], true), (503, [250], true), (503, [503], false), (250, [], false), (250, [250], false)]
            as [(UInt16, [UInt16], Bool)]
    )
    func lostInVain(clear: UInt16, recipient: [UInt16], isUnknown: Bool) throws {
        var machine = streamedBehindAnother()
        for code in [clear, 503] + recipient { machine.replyReceived(try reply(code)) }
        machine.connectionLost(.closedByServer(after: nil))
        let outcome = try #require(machine.record.outcomes().first)
        #expect((outcome == .unknown) == isUnknown)
    }

    @Test("A cancelled envelope is cleared; once DATA or a chunk is out, the connection is closed")
    func cancellation() throws {
        var inLockStep = machine { _ in }
        let inLockStepSteps = steps(&inLockStep)
        #expect(inLockStepSteps == [.mail])
        inLockStep.replyReceived(try reply(250))
        let isLeftClean = inLockStep.cancelled()
        #expect(isLeftClean)
        for isChunked in [false, true] {
            var pipelined = machine {
                $0.isPipelined = true
                $0.isChunked = isChunked
            }
            _ = steps(&pipelined)
            let isLeftClean = pipelined.cancelled()
            #expect(!isLeftClean)
        }
    }

    @Test("All-or-nothing never sends DATA or a chunk before all recipients have answered", arguments: [false, true])
    func allOrNothing(isChunked: Bool) throws {
        var machine = machine(recipients: 2, policy: .allOrNothing) {
            $0.isPipelined = true
            $0.isChunked = isChunked
        }
        let machineSteps = steps(&machine)
        #expect(machineSteps == [.mail, .recipients(0..<2)])
        for _ in 0..<3 {
            let step = machine.nextStep()
            #expect(step == nil)
            machine.replyReceived(try reply(250))
        }
        let lastSteps = steps(&machine)
        #expect(lastSteps == [isChunked ? .chunk : .data])
    }

    @Test("In LMTP each accepted recipient has a reply of its own; those that did not come are unknown")
    func lmtp() throws {
        for replies in 0...2 {
            var machine = machine(recipients: 3) { $0.isLMTP = true }
            _ = steps(&machine)
            for code in [250, 250, 550, 250, 354] as [UInt16] {
                machine.replyReceived(try reply(code))
                _ = steps(&machine)
            }
            machine.contentHandedOver()
            for index in 0..<replies {
                machine.replyReceived(try reply(index == 0 ? 452 : 250), isLast: index == 1)
            }
            if replies < 2 { machine.connectionLost(.closedByServer(after: nil)) }
            let names = machine.record.outcomes().map(\.name)
            let expected = [["unknown", "unknown"], ["rejected DATA", "unknown"], ["rejected DATA", "accepted"]][
                replies
            ]
            #expect(names == [expected[0], "rejected RCPT", expected[1]])
        }
    }

    @Test(
        "With PRDR a recipient is accepted when its own reply and the last one say so",
        arguments: [
            ([250], ["accepted", "accepted"]),
            ([550], ["rejected DATA", "rejected DATA"]),
            ([353, 250, 550, 250], ["accepted", "rejected DATA"]),
            ([353, 250, 450, 550], ["rejected DATA", "rejected DATA"]),
            ([353, 550, 450, 250], ["rejected DATA", "rejected DATA"]),
            ([353, 250, 550], ["unknown", "rejected DATA"]),
            ([353], ["unknown", "unknown"]),
            // A second announcement stands in the place of a recipient's reply, and moves the others.
            ([353, 353, 550, 250], ["unknown", "unknown"]),
        ]
    )
    func prdr(codes: [UInt16], outcomes: [String]) throws {
        var machine = machine(recipients: 2) { _ in }
        _ = steps(&machine)
        for code in [250, 250, 250, 354] as [UInt16] {
            machine.replyReceived(try reply(code))
            _ = steps(&machine)
        }
        machine.contentHandedOver()
        let count = codes[0] == 353 ? 4 : 1
        for (index, code) in codes.enumerated() where !machine.isClosing {
            machine.replyReceived(try reply(code), isLast: index + 1 == count)
        }
        if codes.count < count { machine.connectionLost(.closedByServer(after: nil)) }
        #expect(machine.record.outcomes().map(\.name) == outcomes)
        // Who is refused has a reason, also where the last reply is positive: Exim's is when it has refused everybody.
        #expect((machine.record.error == nil) == outcomes.allSatisfy { $0 == "accepted" })
    }
}

extension TransactionMachineTests {
    @Test("An LMTP server announces no replies: 353 in the place of one is none, and the next is not taken for it")
    func announcedByLMTP() throws {
        var machine = machine(recipients: 2) { $0.isLMTP = true }
        _ = steps(&machine)
        for code in [250, 250, 250, 354] as [UInt16] {
            machine.replyReceived(try reply(code))
            _ = steps(&machine)
        }
        machine.contentHandedOver()
        machine.replyReceived(try reply(353), isLast: false)
        let isClosing = machine.isClosing
        #expect(isClosing)
        #expect(machine.record.outcomes().map(\.name) == ["unknown", "unknown"])
    }

    @Test("A dot that was refused before it was sent leaves a server that may still read content")
    func dotRefusedEarly() throws {
        var machine = machine(recipients: 1) { $0.isPipelined = true }
        _ = steps(&machine)
        for code in [250, 550, 354] as [UInt16] { machine.replyReceived(try reply(code)) }
        machine.replyReceived(try reply(554), isEarly: true)
        let reason = machine.closeReason
        #expect(reason == .contentAbandoned)
        #expect(machine.record.outcomes().map(\.name) == ["rejected RCPT"])
    }
}

extension TransactionMachine.Step {
    /// What each reply to it answers.
    fileprivate var answered: [Self] {
        guard case .recipients(let range) = self else { return [self] }
        return range.map { .recipients($0..<$0 + 1) }
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
