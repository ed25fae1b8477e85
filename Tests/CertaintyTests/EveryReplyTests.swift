import SMTPTesting
import Synchronization
import TestSupport
import Testing

/// Something a server may say where it should say something else.
private enum Oddity: CaseIterable, Sendable {
    case positive, intermediate, transient, permanent
    case goodbye, close, reset, silence, garbage, unfinished
    case answeredAndClosed, oneMorePositive, oneMoreNegative

    /// Whether it is one reply that could be the right one.
    var isRegular: Bool { self == .positive || self == .transient || self == .permanent }

    /// Whether it is one reply too many.
    var isOneMore: Bool { self == .oneMorePositive || self == .oneMoreNegative }

    func reply(instead regular: SinkReply) -> SinkReply {
        switch self {
        case .positive: .reply(250, "yes")
        case .intermediate: .reply(354, "go on")
        case .transient: .reply(450, "4.2.0 not now")
        case .permanent: .reply(550, "5.7.1 never")
        case .goodbye: .reply(421, "4.3.2 shutting down")
        case .close: .close
        case .reset: .reset
        // For longer than anybody waits; a server that went on behind it would have its next reply taken for this one.
        case .silence: .silence.after(.seconds(86_400))
        case .garbage: .raw("what?\r\n")
        // The server has decided, and its reply breaks off before its line ends.
        case .unfinished: regular.cut(after: 8).thenClose()
        case .answeredAndClosed: regular.thenClose()
        case .oneMorePositive: regular.followed(by: .reply(250, "one more"))
        case .oneMoreNegative: regular.followed(by: .reply(550, "one more"))
        }
    }

    func answer(_ moment: SinkMoment, instead regular: SinkReply) -> ServerAnswer {
        var answer = ServerAnswer(moment, code: reply(instead: regular).code)
        answer.isOdd = true
        answer.isLast = !isRegular && self != .intermediate
        if self == .unfinished { answer.code = nil }
        // Behind a 354 a refusal is the answer to the content.
        if self == .oneMoreNegative, moment.verb == "DATA" { answer.refusesContent = true }
        return answer
    }
}

extension ServerAnswer {
    fileprivate init(_ moment: SinkMoment, code: Int?) {
        self.init(kind: moment.kind, verb: moment.verb, address: moment.address, code: code)
        isOfInnerChunk = moment.verb == "BDAT" && !moment.line.hasSuffix("LAST")
    }
}

/// At each point of each session each reply that a server could give.
@Suite("Certainty: every reply")
struct EveryReplyTests {
    /// What a session came to, with what the server said in it.
    private struct Session: Sendable {
        var verdict: Verdict
        var answers: [ServerAnswer]
        var replyLengths: [Int]
    }

    /// Runs a session whose server does what `change` says at the point with number `point`.
    private static func session(
        _ kind: SessionKind,
        _ place: String,
        at point: Int = -1,
        _ change: @escaping @Sendable (SinkMoment, SinkReply) -> (SinkReply, ServerAnswer)
    ) throws -> Session {
        let log = Mutex<[ServerAnswer]>([])
        let lengths = Mutex<[Int]>([])
        var script = SinkScript()
        script.decide = { moment, regular in
            let (reply, answer) = change(moment, regular)
            let isChanged = log.withLock { log in
                log.append(log.count == point ? answer : ServerAnswer(moment, code: regular.code))
                return log.count - 1 == point
            }
            lengths.withLock { $0.append(regular.octetCount) }
            return isChanged ? reply : nil
        }
        let verdict = try kind.session(place, script: script)
        return Session(
            verdict: verdict,
            answers: log.withLock { $0 },
            replyLengths: lengths.withLock { $0 }
        )
    }

    private static func undisturbed(_ kind: SessionKind) throws -> Session {
        try session(kind, "undisturbed") { ($1, ServerAnswer($0, code: $1.code)) }
    }

    @Test("The report is what a plain reading of the replies gives", arguments: SessionKind.allCases)
    func everyReply(kind: SessionKind) async throws {
        let points = try Self.undisturbed(kind).answers.count
        var count = 0
        for point in 0..<points {
            for oddity in Oddity.allCases {
                let session = try await onOwnThread {
                    try Self.session(kind, "\(oddity) at point \(point)", at: point) {
                        (oddity.reply(instead: $1), oddity.answer($0, instead: $1))
                    }
                }
                check(session, kind, oddity, session.answers[point])
                count += 1
            }
        }
        print("every reply: \(kind): \(count) sessions")
        #expect(count >= 100)
    }

    private func check(_ session: Session, _ kind: SessionKind, _ oddity: Oddity, _ answer: ServerAnswer) {
        // One reply too many shifts those that are waited for already, which nobody can notice in time.
        let isOfContent = answer.kind == .content || answer.kind == .contentForRecipient
        let isShifted = oddity.isOneMore && (!kind.isLockStep || (isOfContent && (kind == .lmtp || kind == .prdr)))
        if isShifted { return }
        let verdict = session.verdict
        if !verdict.problems.isEmpty { Issue.record("\(verdict.description)") }
        let oracle = LockStepOracle(kind, TestMessage.several(kind), session.answers)
        for (number, words) in oracle.outcomes {
            let reported = verdict.outcomes[number]?.first ?? []
            // Where the transport tells of bytes by a call, content goes before the close behind its 354 is seen.
            let isKnown = kind.isLockStep && oddity != .answeredAndClosed
            if isKnown || oddity.isRegular {
                #expect(reported == words, "\(verdict.place), message \(number)")
            } else {
                // What went ahead of the replies may have arrived.
                let isAllowed =
                    reported.count == words.count && zip(reported, words).allSatisfy { $0 == $1 || $0 == "unknown" }
                #expect(isAllowed, "\(verdict.place), message \(number): \(reported) and not \(words)")
            }
        }
    }

    @Test("Replies that come in two parts are the same, wherever they are parted", arguments: SessionKind.allCases)
    func everySplit(kind: SessionKind) async throws {
        let undisturbed = try Self.undisturbed(kind)
        let verdicts = try await onOwnThread {
            try undisturbed.replyLengths.enumerated().flatMap { point, length in
                try (1..<max(2, length)).map { place in
                    try Self.session(kind, "reply \(point) split at \(place)", at: point) {
                        ($1.split(at: place, pause: .seconds(1)), ServerAnswer($0, code: $1.code))
                    }
                    .verdict
                }
            }
        }
        for verdict in verdicts {
            #expect(verdict.problems.isEmpty, "\(verdict.description)")
            #expect(verdict.words.allSatisfy { $0 == "accepted" }, "\(verdict.place)")
        }
        print("every split: \(kind): \(verdicts.count) sessions")
        #expect(verdicts.count >= 200)
    }
}
