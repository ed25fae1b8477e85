import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// Floods, slowness and odd endings at each point of a session: bounded time and octets, a true report, nothing left.
///
/// `Tests/Hostile/run` lets the program meet the same over TCP.
@Suite("A hostile server over the pipe")
struct HostileServerTests {
    typealias Point = HostileServer.Point

    /// What a report may say when harm is done at `point`, unless the harm is an answer itself.
    private static func word(at point: Point) -> String {
        switch point {
        case .QUIT: "accepted"
        case .content: "unknown"
        default: "not attempted"
        }
    }

    private func check(_ encounter: HostileServer.Encounter, _ words: Set<String>, _ place: String) {
        #expect(words.contains(encounter.word), "\(place): \(encounter.word), \(String(describing: encounter.error))")
        #expect(!encounter.hasTimer, "\(place)")
        if encounter.word == "not attempted" { #expect(!encounter.received.contains("\r\n.\r\n"), "\(place)") }
    }

    // MARK: Floods

    private static let floods = [
        "lines of a reply": String(repeating: "250-more\r\n", count: 100),
        "a line": String(repeating: "2", count: 65_536),
        "zeros": String(repeating: "\0", count: 65_536),
        "a reply's line": "250 " + String(repeating: "x", count: 65_536),
        "replies": String(repeating: "250 surprise\r\n", count: 1000),
        "challenges": String(repeating: "334 QUFB\r\n", count: 1000),
        "line ends": String(repeating: "\r\n", count: 1000),
    ]

    @Test("A flood is stopped at once, wherever it comes", arguments: Point.allCases, [[], ["PIPELINING"]])
    func flood(point: Point, keywords: [String]) throws {
        for (what, piece) in Self.floods {
            let server = HostileServer(point: point, keywords: keywords) { peer in
                while true { try await peer.write(piece) }
            }
            let encounter = try server.meet()
            // The first of many replies to the content may be the right one.
            check(
                encounter,
                [what == "replies" && point == .content ? "accepted" : Self.word(at: point)],
                "\(what) at \(point)"
            )
            #expect(encounter.time == .zero)
            // The largest reply, and what lies in the pipe.
            #expect(encounter.said < 262_144 + 3 * 65_536 + 2 * piece.utf8.count, "\(what) at \(point)")
        }
    }

    @Test("Hundreds of keywords are no harm")
    func keywords() throws {
        let server = HostileServer(point: .QUIT, keywords: (0..<400).map { "X-\($0)" }) { try await $0.say("221 bye") }
        #expect(try server.meet().word == "accepted")
    }

    // MARK: Slowness

    /// How long a client waits at each point for a reply (RFC 5321 §4.5.3.2).
    private static let patience: [Point: Duration] = [
        .greeting: .seconds(300), .EHLO: .seconds(300), .MAIL: .seconds(300), .RCPT: .seconds(300),
        .DATA: .seconds(120), .content: .seconds(600), .QUIT: .seconds(10),
    ]

    private static let slowness: [String: @Sendable (Peer) async throws -> Void] = [
        "silence": { try await $0.drain() },
        "neither a word nor a look": { await $0.transport.waitUntilClosed() },
        "an octet a second": { peer in
            for octet in "250 " { try await peer.write(String(octet)) }
            while true {
                try await peer.write("x")
                try await peer.transport.executor.sleep(for: .seconds(1))
            }
        },
        "a line a minute": { peer in
            while true {
                try await peer.write("250-not yet\r\n")
                try await peer.transport.executor.sleep(for: .seconds(60))
            }
        },
    ]

    @Test("Each wait has its time, whatever drips", arguments: Point.allCases, [[], ["PIPELINING"]])
    func slow(point: Point, keywords: [String]) throws {
        for (what, harm) in Self.slowness {
            let encounter = try HostileServer(point: point, keywords: keywords, harm: harm).meet()
            check(encounter, [Self.word(at: point)], "\(what) at \(point)")
            #expect(encounter.time == Self.patience[point], "\(what) at \(point)")
            if point != .QUIT { #expect(encounter.error?.kind == .timeout, "\(what) at \(point)") }
        }
    }

    @Test("A server that stops reading in the content is given up after a block's time", arguments: [true, false])
    func stopsReading(isChunked: Bool) throws {
        // A chunk is not asked for: it comes behind the reply to RCPT.
        let server = HostileServer(point: isChunked ? .RCPT : .DATA, keywords: isChunked ? ["CHUNKING"] : []) { peer in
            try await peer.say(isChunked ? "250 ok" : "354 go")
            await peer.transport.waitUntilClosed()
        }
        let content = String(repeating: "0123456789abcd\n", count: 400_000)
        let encounter = try server.meet(content, chunking: isChunked ? .always : .never)
        check(encounter, ["not attempted"], "chunks: \(isChunked)")
        #expect(encounter.error?.kind == .timeout)
        #expect(encounter.time == .seconds(180))
        #expect(encounter.received.utf8.count < 4 * 65_536)
    }

    // MARK: Endings

    private static let endings: [String: @Sendable (Peer) async throws -> Void] = [
        "close": { $0.close() },
        "reset": { $0.transport.abort() },
        "half-close": { peer in
            try await peer.transport.shutdownWrite()
            try await peer.drain()
        },
        "unfinished line": { peer in
            try await peer.write("250 2.0.0 que")
            peer.close()
        },
        "unfinished reply": { peer in
            try await peer.write("250-2.0.0 que\r\n")
            peer.close()
        },
        "421": { peer in
            try await peer.say("421 4.3.2 later")
            peer.close()
        },
        "421 and half-close": { peer in
            try await peer.say("421 4.3.2 later")
            try await peer.transport.shutdownWrite()
            try await peer.drain()
        },
    ]

    @Test("An end is noticed at once, wherever it comes", arguments: Point.allCases, [[], ["PIPELINING"]])
    func ending(point: Point, keywords: [String]) throws {
        for (what, harm) in Self.endings {
            let encounter = try HostileServer(point: point, keywords: keywords, harm: harm).meet()
            // A refusal is an answer: of the content as of a command.
            let refused: [Point: String] = [
                .RCPT: "rejected RCPT", .DATA: "rejected DATA", .content: "rejected DATA",
            ]
            let word = what.hasPrefix("421") ? refused[point] : nil
            check(encounter, [word ?? Self.word(at: point)], "\(what) at \(point)")
            #expect(encounter.time == .zero, "\(what) at \(point)")
        }
    }

    // MARK: Violations

    @Test(
        "What no server may say ends the session, and nothing follows",
        arguments: [
            (Point.greeting, "HTTP/1.1 200 OK"), (.greeting, "\u{16}\u{3}\u{1}"), (.MAIL, "199 hm"), (.MAIL, "600 hm"),
            (.MAIL, "250-a\n550 b"), (.RCPT, "abc"), (.RCPT, "354 go"), (.MAIL, "334 QUFB"), (.DATA, "250 ok"),
            (.DATA, "354 go\n250 taken"), (.content, "354 go on"), (.content, "250-a\n251 b"),
        ]
    )
    func violation(point: Point, text: String) throws {
        for keywords in [[], ["PIPELINING"]] {
            let server = HostileServer(point: point, keywords: keywords) { peer in
                try await peer.say(text)
                try await peer.drain()
            }
            let encounter = try server.meet()
            check(encounter, [Self.word(at: point)], "\(text) at \(point)")
            #expect(
                encounter.error?.kind == .protocolViolation,
                "\(text) at \(point): \(String(describing: encounter.error))"
            )
            #expect(encounter.time == .zero)
            #expect(!encounter.received.contains("QUIT"))
        }
    }
}
