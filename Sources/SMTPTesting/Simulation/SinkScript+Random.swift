internal import Synchronization

extension SinkScript {
    /// The script of a server that does by chance what servers do when they are ill: refuses, leaves, is silent, late or
    /// garbled, and says too much.
    ///
    /// It never claims to have accepted what it has not, save in a line that breaks off: nobody could find that out. But see
    /// `speaksOutOfTurn`.
    ///
    /// - Parameters:
    ///   - seed: What the misbehaviour follows from.
    ///   - rate: How many of its replies are not what they should be, from 0 to 1.
    ///   - speaksOutOfTurn: Whether it may say one reply too many, or accept where it should not. Such a reply can be taken
    ///     for the answer to what was sent behind it, where commands are sent without waiting.
    /// - Returns: The script.
    public static func random(seed: UInt64, rate: Double, speaksOutOfTurn: Bool = false) -> SinkScript {
        let generator = RandomReplies(seed: seed)
        var script = SinkScript()
        script.decide = { _, regular in
            generator.next(instead: regular, rate: rate, speaksOutOfTurn: speaksOutOfTurn)
        }
        return script
    }
}

/// Draws what is said instead.
private final class RandomReplies: Sendable {
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) {
        generator = Mutex(SeededGenerator(seed: seed))
    }

    func next(instead regular: SinkReply, rate: Double, speaksOutOfTurn: Bool) -> SinkReply? {
        generator.withLock { generator in
            guard Double.random(in: 0..<1, using: &generator) < rate else { return nil }
            switch Int.random(in: 0..<(speaksOutOfTurn ? 16 : 14), using: &generator) {
            case 0, 1: return .reply(450, "4.2.0 not now")
            case 2, 3: return .reply(550, "5.7.1 never")
            case 4: return .reply(421, "4.3.2 shutting down")
            case 5: return Bool.random(using: &generator) ? .close : .reset
            // For ever, that is: a server that goes on has its next reply taken for this one.
            case 6: return .silence.after(.seconds(86_400))
            case 7: return .raw("what?\r\n")
            case 8: return regular.split(every: Int.random(in: 1...8, using: &generator))
            case 9: return regular.after(.seconds(Int.random(in: 1...700, using: &generator)))
            case 10: return regular.unsaid().thenClose()
            case 11: return regular.cut(after: Int.random(in: 0...20, using: &generator)).thenReset()
            case 12: return .reply(354, "go on")
            case 13: return .raw("250 2.0.0 que").thenClose()
            case 14: return regular.followed(by: .reply(Bool.random(using: &generator) ? 250 : 550, "one more"))
            default: return .reply(250, "fine")
            }
        }
    }
}
