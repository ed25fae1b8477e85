import SMTPTesting

/// Something the server was asked, and what it said.
struct ServerAnswer: Sendable {
    let kind: SinkMoment.Kind
    let verb: String
    let address: String?

    /// The code it said, if it said one that can be read.
    var code: Int?

    /// Whether nothing it says or does behind this counts: it left, was silent, or broke the protocol.
    var isLast = false

    /// Whether it said 354 and refused the content in the same breath.
    var refusesContent = false

    /// Whether it said something else than a friendly server would.
    var isOdd = false

    /// Whether it answers a chunk behind which others come.
    var isOfInnerChunk = false
}

/// What a client that sends one command at a time, and reads no more into the replies than RFC 5321 says, reports.
///
/// Written without a look at the library: a list of answers goes in, and words come out.
struct LockStepOracle {
    private let messages: [TestMessage]
    private(set) var outcomes: [Int: [String]]

    /// The message whose MAIL was accepted.
    private var current: TestMessage?

    /// Those of its recipients that wait for the content's fate.
    private var pending: [String] = []

    /// Those accepted, if the reply for all of them comes and agrees (PRDR).
    private var provisional: [String] = []

    /// The connection is of no use any more.
    private var isOver = false

    /// What the content's replies are reported under.
    private var contentVerb = "DATA"

    private let isPRDR: Bool
    private let isLMTP: Bool

    init(_ kind: SessionKind, _ messages: [TestMessage], _ answers: [ServerAnswer]) {
        isPRDR = kind == .prdr
        isLMTP = kind == .lmtp
        self.messages = messages
        outcomes = [:]
        for message in messages { outcomes[message.number] = message.recipients.map { _ in "not attempted" } }
        for (index, answer) in answers.enumerated() {
            let next = answers.indices.contains(index + 1) ? answers[index + 1] : nil
            take(answer, next: next)
        }
    }

    private mutating func take(_ answer: ServerAnswer, next: ServerAnswer?) {
        guard !isOver else { return }
        switch (answer.kind, answer.verb) {
        case (.connection, _): isOver = answer.code != 220
        case (.command, "MAIL"): mail(answer)
        case (.command, "RCPT"): recipient(answer)
        case (.command, "DATA"): data(answer)
        case (.command, "BDAT") where answer.isOfInnerChunk: innerChunk(answer)
        case (.command, "BDAT"):
            contentVerb = "BDAT"
            // A chunk that is not odd is answered by what is said of the content.
            if next?.kind != .content || answer.isOdd { content(answer, "BDAT") }
        case (.content, _):
            // Nor is a content that is answered for each recipient.
            if answer.isOdd || next?.kind != .contentForRecipient { content(answer, contentVerb) }
        case (.contentForRecipient, _): contentForRecipient(answer)
        case (.contentForAll, _): contentForAll(answer)
        default: if answer.code.map({ $0 / 100 == 3 }) ?? true, answer.isOdd { isOver = true }
        }
        if answer.isLast || answer.code == nil { isOver = true }
    }

    private func severity(_ answer: ServerAnswer) -> Int { (answer.code ?? 0) / 100 }

    private mutating func mail(_ answer: ServerAnswer) {
        (current, pending, provisional, contentVerb) = (nil, [], [], "DATA")
        switch severity(answer) {
        case 2: current = messages.first { $0.sender == answer.address }
        case 4, 5: break
        default: isOver = true
        }
    }

    private mutating func recipient(_ answer: ServerAnswer) {
        guard let address = answer.address, current != nil else { return }
        switch severity(answer) {
        case 2: pending.append(address)
        case 4, 5: settle([address], "rejected RCPT")
        default: isOver = true
        }
    }

    private mutating func data(_ answer: ServerAnswer) {
        switch severity(answer) {
        // In LMTP one reply is for one recipient.
        case 3 where answer.refusesContent: settle(isLMTP ? Array(pending.prefix(1)) : pending, "rejected DATA")
        case 3: break
        case 4, 5: settle(pending, "rejected DATA")
        default: isOver = true
        }
    }

    /// Without the last chunk there is no message, whatever is said of those before it.
    private mutating func innerChunk(_ answer: ServerAnswer) {
        switch severity(answer) {
        case 2: break
        case 4, 5: settle(pending, "rejected BDAT")
        default: isOver = true
        }
    }

    private mutating func content(_ answer: ServerAnswer, _ verb: String) {
        // In LMTP a server that leaves has answered for the first only.
        let answered = isLMTP && answer.isLast ? Array(pending.prefix(1)) : pending
        switch severity(answer) {
        case 2: settle(answered, "accepted")
        case 4, 5: settle(answered, "rejected \(verb)")
        default: isOver = true
        }
        if isOver || answer.isLast { settle(pending, "unknown") }
    }

    private mutating func contentForRecipient(_ answer: ServerAnswer) {
        guard let address = answer.address else { return }
        switch severity(answer) {
        case 2 where isPRDR:
            provisional.append(address)
            pending.removeAll { $0 == address }
        case 2: settle([address], "accepted")
        case 4, 5: settle([address], "rejected DATA")
        default: isOver = true
        }
        if isOver || answer.isLast {
            settle(pending + provisional, "unknown")
        }
    }

    /// The last word with PRDR, on those that were accepted by themselves.
    private mutating func contentForAll(_ answer: ServerAnswer) {
        switch severity(answer) {
        case 2: settle(provisional, "accepted")
        case 4, 5: settle(provisional, "rejected DATA")
        default:
            isOver = true
            settle(provisional, "unknown")
        }
        provisional = []
    }

    private mutating func settle(_ addresses: [String], _ word: String) {
        guard let current else { return }
        for address in addresses {
            guard let place = current.recipients.firstIndex(of: address) else { continue }
            outcomes[current.number]?[place] = word
        }
        pending.removeAll { addresses.contains($0) }
    }
}
