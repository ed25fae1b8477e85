import SMTPWire
import Testing

@Suite("ReplyParser")
struct ReplyParserTests {
    /// What becomes of `octets` in all: the replies, and the failure that ends them.
    private struct Outcome: Equatable {
        var replies: [SMTPReply] = []
        var failure: Failure?
        var isInsideReply = false
    }

    private func outcome(_ pieces: [[UInt8]], limits: ReplyLimits = ReplyLimits()) -> Outcome {
        var parser = ReplyParser(limits: limits)
        var result = Outcome()
        for piece in pieces {
            var rest = piece
            while !rest.isEmpty {
                do throws(WireError) {
                    let (consumed, reply) = try parser.parse(rest.span.bytes)
                    #expect(consumed > 0 && consumed <= rest.count)
                    if reply == nil { #expect(consumed == rest.count) }
                    rest.removeFirst(consumed)
                    if let reply { result.replies.append(reply) }
                } catch {
                    result.failure = Failure(error)
                    return result
                }
            }
        }
        result.isInsideReply = parser.isInsideReply
        return result
    }

    private func outcome(_ text: String, limits: ReplyLimits = ReplyLimits()) -> Outcome {
        outcome([Array(text.utf8)], limits: limits)
    }

    private func reply(_ code: UInt16, _ lines: String...) throws -> SMTPReply {
        SMTPReply(code: try #require(ReplyCode(rawValue: code)), lines: lines)
    }

    /// Whole, by octet and in any two pieces.
    private func splits(_ octets: [UInt8]) -> [[[UInt8]]] {
        [[octets], octets.map { [$0] }] + octets.indices.map { [Array(octets[..<$0]), Array(octets[$0...])] }
    }

    @Test("One line, many lines, and what servers leave out, in any two pieces")
    func legal() throws {
        let table: [(String, [SMTPReply])] = [
            ("250 ok\r\n", [try reply(250, "ok")]),
            ("250 ok\n", [try reply(250, "ok")]),
            ("250\r\n", [try reply(250, "")]),
            ("250\n", [try reply(250, "")]),
            ("250 \r\n", [try reply(250, "")]),
            ("250-a\r\n250-b\r\n250 c\r\n", [try reply(250, "a", "b", "c")]),
            ("250-a\r\n250\r\n", [try reply(250, "a", "")]),
            ("250-\r\n250-\r\n250 \r\n", [try reply(250, "", "", "")]),
            ("250-a\n250 b\r\n", [try reply(250, "a", "b")]),
            ("200 a\r\n", [try reply(200, "a")]),
            ("599 a\r\n", [try reply(599, "a")]),
            ("290 a\r\n", [try reply(290, "a")]),
            ("250 a\rb\r\n", [try reply(250, "a\rb")]),
            ("250 a\r\r\n", [try reply(250, "a\r")]),
            ("250 \r\r\n", [try reply(250, "\r")]),
            ("250 a\tb\0c\u{1B}\r\n", [try reply(250, "a\tb\0c\u{1B}")]),
            ("250  two spaces\r\n", [try reply(250, " two spaces")]),
            ("250 -\r\n", [try reply(250, "-")]),
            ("250 a\r\n354 b\r\n", [try reply(250, "a"), try reply(354, "b")]),
            ("250-a\r\n250 b\r\n550-c\r\n550 d\r\n", [try reply(250, "a", "b"), try reply(550, "c", "d")]),
        ]
        for (text, replies) in table {
            for pieces in splits(Array(text.utf8)) {
                #expect(outcome(pieces) == Outcome(replies: replies), "\(DisplayText.escape(text))")
            }
        }
    }

    @Test("Octets that are no text are kept as they are")
    func octets() throws {
        var line = Array("250 ".utf8)
        line += (0...255).map(UInt8.init).filter { $0 != 0x0A && $0 != 0x0D }
        for pieces in splits(line + [0x0D, 0x0A]) {
            #expect(outcome(pieces).replies.first.map { Array($0.lines[0]) } == Array(line[4...]))
        }
    }

    @Test(
        "What is no reply is refused, with the octet and its place in the line, in any two pieces",
        arguments: [
            Refusal("2500 ok\r\n", Failure(.malformedReply, .reply, 0x30, at: 3)),
            Refusal("25 ok\r\n", Failure(.malformedReply, .reply, 0x20, at: 2)),
            Refusal("2a0 ok\r\n", Failure(.malformedReply, .reply, 0x61, at: 1)),
            Refusal("+50 ok\r\n", Failure(.malformedReply, .reply, 0x2B, at: 0)),
            Refusal(" 250 ok\r\n", Failure(.malformedReply, .reply, 0x20, at: 0)),
            Refusal("199 ok\r\n", Failure(.malformedReply, .reply, 0x31, at: 0)),
            Refusal("600 ok\r\n", Failure(.malformedReply, .reply, 0x36, at: 0)),
            Refusal("000 ok\r\n", Failure(.malformedReply, .reply, 0x30, at: 0)),
            Refusal("\r\n", Failure(.malformedReply, .reply, 0x0D, at: 0)),
            Refusal("\n", Failure(.malformedReply, .reply, 0x0A, at: 0)),
            Refusal("2\n", Failure(.malformedReply, .reply, 0x0A, at: 1)),
            Refusal("25\r\n", Failure(.malformedReply, .reply, 0x0D, at: 2)),
            Refusal("25\n", Failure(.malformedReply, .reply, 0x0A, at: 2)),
            Refusal("250\tok\r\n", Failure(.malformedReply, .reply, 0x09, at: 3)),
            Refusal("250_ok\r\n", Failure(.malformedReply, .reply, 0x5F, at: 3)),
            Refusal("250\rok\r\n", Failure(.malformedReply, .reply, 0x0D, at: 3)),
            Refusal("250\r\r\n", Failure(.malformedReply, .reply, 0x0D, at: 3)),
            Refusal("٢٥٠ ok\r\n", Failure(.malformedReply, .reply, 0xD9, at: 0)),
            Refusal("SSH-2.0-x\r\n", Failure(.malformedReply, .reply, 0x53, at: 0)),
            Refusal("\u{16}\u{3}\u{1}", Failure(.malformedReply, .reply, 0x16, at: 0)),
            Refusal("250-a\r\n251 b\r\n", Failure(.mixedReplyCodes, .reply)),
            Refusal("250-a\r\n550 b\r\n", Failure(.mixedReplyCodes, .reply)),
            Refusal("250-a\r\n251x\r\n", Failure(.mixedReplyCodes, .reply)),
            Refusal("250-a\r\nb\r\n", Failure(.malformedReply, .reply, 0x62, at: 0)),
            Refusal("250-a\r\n\r\n", Failure(.malformedReply, .reply, 0x0D, at: 0)),
            Refusal("250-a\r\n250xb\r\n", Failure(.malformedReply, .reply, 0x78, at: 3)),
        ]
    )
    func illegal(refusal: Refusal) {
        for pieces in splits(Array(refusal.text.utf8)) {
            #expect(outcome(pieces) == Outcome(failure: refusal.failure))
        }
    }

    @Test(
        "A line that is not ended is no reply, whatever it says",
        arguments: ["2", "250", "250 ", "250 2.0.0 que", "250 ok\r", "250-a\r\n", "250-a\r\n250", "250-a\r\n250 b\r"]
    )
    func unfinished(text: String) {
        for pieces in splits(Array(text.utf8)) { #expect(outcome(pieces) == Outcome(isInsideReply: true)) }
    }

    @Test("Octets consumed without a reply are counted exactly")
    func partialByteCount() throws {
        let octets = Array("250-a\r\n250-bc\n250\r\n".utf8)
        var parser = ReplyParser()
        #expect(parser.partialByteCount == 0 && !parser.isInsideReply)
        for (index, octet) in octets.enumerated() {
            let reply = try parser.parse([octet].span.bytes).reply
            #expect((reply != nil) == (index + 1 == octets.count))
            #expect(parser.partialByteCount == (reply == nil ? index + 1 : 0))
        }
        #expect(!parser.isInsideReply)
    }

    @Test("Nothing in is nothing out")
    func empty() throws {
        var parser = ReplyParser()
        let (consumed, reply) = try parser.parse(RawSpan())
        #expect(consumed == 0 && reply == nil)
    }

    @Test("After a failure the same is thrown for ever, and nothing is read")
    func failureIsFinal() {
        var parser = ReplyParser()
        let first = failure { () throws(WireError) in try parser.parse(Array("2x".utf8).span.bytes) }
        #expect(first == Failure(.malformedReply, .reply, 0x78, at: 1))
        for text in ["250 ok\r\n", "", "garbage"] {
            let next = failure { () throws(WireError) in try parser.parse(Array(text.utf8).span.bytes) }
            #expect(next == first)
        }
    }

    @Test("What was said before is read like the first time, whatever stands beside it")
    func saidAgain() {
        let words = [
            "250 2.1.5 Ok\r\n", "250 2.1.5 Ok \r\n", "250 2.1.5 Ok\n", "250 2.1.5 O\r\n", "250 2.1.0 Ok\r\n",
            "250 OK\r\n",
            "250 O\n", "250 O\r\n", "250 P\r\n", "250\r\n", "250 \r\n", "350 OK\r\n", "450 OK\r\n", "550 2.1.5 Ok\r\n",
            "250-2.1.5 Ok\r\n250 2.1.5 Ok\r\n", "250-2.1.5 Ok\r\n250 OK\r\n",
            "250 2.1.5 \(String(repeating: "k", count: 80))\r\n",
            "250 2.1.5 \(String(repeating: "k", count: 52))\r\n", "250 2.1.5 \(String(repeating: "k", count: 53))\r\n",
        ].map { Array($0.utf8) }
        let alone = words.map { outcome([$0]).replies }
        // Each behind each, twice.
        let sequence = words.indices.flatMap { first in words.indices.flatMap { [first, $0, first, $0] } }
        let octets = sequence.flatMap { words[$0] }
        for size in [1, 7, 8, 9, 100, octets.count] {
            let pieces = stride(from: 0, to: octets.count, by: size).map { Array(octets[$0...].prefix(size)) }
            #expect(outcome(pieces) == Outcome(replies: sequence.flatMap { alone[$0] }), "pieces of \(size)")
        }
    }

    // MARK: Limits

    private static func line(_ code: String, _ count: Int, _ separator: String = " ", end: String = "\r\n") -> String {
        code + separator + String(repeating: "a", count: count - 4) + end
    }

    @Test("A line may have 4096 octets, its end not counted", arguments: ["\r\n", "\n"])
    func lineLength(end: String) {
        let longest = Array(Self.line("250", 4096, end: end).utf8)
        let tooLong = Array(Self.line("250", 4097, end: end).utf8)
        for border in [1, 3, 4, 4095, 4096, 4097, longest.count] {
            #expect(outcome([Array(longest.prefix(border)), Array(longest.dropFirst(border))]).replies.count == 1)
            #expect(
                outcome([Array(tooLong.prefix(border)), Array(tooLong.dropFirst(border))]).failure
                    == Failure(.replyLineTooLong(limit: 4096), .reply)
            )
        }
        #expect(outcome(longest.map { [$0] }).replies.count == 1)
        #expect(outcome(tooLong.map { [$0] }).failure == Failure(.replyLineTooLong(limit: 4096), .reply))
    }

    @Test("A line without an end is refused as soon as it is too long, and a CR may still be its end")
    func endlessLine() throws {
        let line = Array(Self.line("250", 4096, end: "").utf8)
        #expect(outcome([line]).isInsideReply)
        #expect(outcome([line + [0x0D]]).isInsideReply)
        #expect(outcome([line + [0x0D, 0x61]]).failure == Failure(.replyLineTooLong(limit: 4096), .reply))
        #expect(outcome([line + [0x61]]).failure == Failure(.replyLineTooLong(limit: 4096), .reply))
        #expect(outcome([line, [0x0D], [0x0D]]).failure == Failure(.replyLineTooLong(limit: 4096), .reply))
        let megabyte = Array("250 ".utf8) + [UInt8](repeating: 0x61, count: 1 << 20)
        #expect(outcome([megabyte]).failure == Failure(.replyLineTooLong(limit: 4096), .reply))
    }

    @Test("A SASL challenge may have 12,288 octets of base64 (RFC 4954 §4)")
    func challengeLength() {
        let longest = Array(Self.line("334", 12_292).utf8)
        let tooLong = Array(Self.line("334", 12_293).utf8)
        for border in [2, 3, 4096, 4097, 12_292, 12_293] {
            #expect(outcome([Array(longest.prefix(border)), Array(longest.dropFirst(border))]).replies.count == 1)
            #expect(
                outcome([Array(tooLong.prefix(border)), Array(tooLong.dropFirst(border))]).failure
                    == Failure(.replyLineTooLong(limit: 12_292), .reply)
            )
        }
        #expect(outcome(Self.line("335", 4097)).failure == Failure(.replyLineTooLong(limit: 4096), .reply))
    }

    @Test("A reply may have 512 lines")
    func lineCount() {
        let lines = String(repeating: "250-\r\n", count: 511)
        #expect(outcome(lines + "250 \r\n").replies.first?.lines.count == 512)
        #expect(outcome(lines + "250-\r\n").isInsideReply)
        #expect(outcome(lines + "250-\r\n250 \r\n").failure == Failure(.tooManyReplyLines(limit: 512), .reply))
        // Of each reply.
        #expect(outcome(lines + "250 \r\n" + lines + "250 \r\n").replies.count == 2)
    }

    @Test("A reply may have 262,144 octets, line ends not counted")
    func replyLength() {
        let lines = String(repeating: Self.line("250", 4096, "-"), count: 63)
        #expect(outcome(lines + Self.line("250", 4096)).replies.count == 1)
        #expect(
            outcome(lines + Self.line("250", 4096, "-") + "250\r\n").failure
                == Failure(.replyTooLong(limit: 262_144), .reply)
        )
        #expect(outcome(lines + Self.line("250", 4092, "-") + "250 \r\n").replies.count == 1)
        #expect(
            outcome(lines + Self.line("250", 4093, "-") + "250 \r\n").failure
                == Failure(.replyTooLong(limit: 262_144), .reply)
        )
    }

    @Test("Limits of a caller, the absurd ones too, are limits and no traps")
    func otherLimits() {
        for value in [Int.min, -1, 0, 1, 2, 3, 4, 5, .max] {
            var limits = ReplyLimits()
            limits.lineLength = value
            limits.challengeLength = value
            limits.lineCount = value
            limits.replyLength = value
            for pieces in splits(Array("250-abc\r\n250 d\r\n".utf8)) {
                let outcome = outcome(pieces, limits: limits)
                #expect((outcome.failure == nil) == (value == .max))
            }
            let endless = [UInt8](repeating: 0x32, count: 3) + [0x20] + [UInt8](repeating: 0x61, count: 100)
            if value < .max { #expect(outcome([endless], limits: limits).failure != nil) }
        }
    }

    @Test("Any octets, however divided, end the same way")
    func noise() {
        var generator = SeededGenerator(seed: 5321)
        let alphabet = Array("2235509 --\r\n\r\n\nab".utf8)
        for _ in 0..<3000 {
            let count = Int.random(in: 1...40, using: &generator)
            var octets = (0..<count).compactMap { _ in alphabet.randomElement(using: &generator) }
            if Bool.random(using: &generator) { octets = Array("250".utf8) + octets }
            let whole = outcome([octets])
            #expect(outcome(octets.map { [$0] }) == whole, "\(DisplayText.escape(octets))")
            let border = Int.random(in: 0...octets.count, using: &generator)
            #expect(outcome([Array(octets[..<border]), Array(octets[border...])]) == whole)
        }
    }
}
