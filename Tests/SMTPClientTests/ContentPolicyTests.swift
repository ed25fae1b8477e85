import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// What is declared of a content, and what happens to what RFC 5321 has no place for.
@Suite("ContentPolicy")
struct ContentPolicyTests {
    /// Sends `content` and returns what was thrown, with the sink.
    private func send(
        _ content: Content,
        offering keywords: [String],
        _ change: (inout SMTPConfiguration) -> Void = { _ in }
    ) throws -> (error: SMTPError?, sink: MailSink) {
        let (error, sink) = try converse(SinkConfiguration(offering: keywords), change) { connection in
            await errorOf { () async throws(SMTPError) in
                try await connection.send(content, envelope: Envelope(from: .null, to: [.postmaster]))
            }
        }
        return (error, sink)
    }

    private func stream(_ text: String) -> Content {
        .stream(
            AsyncStream<[UInt8]> { continuation in
                continuation.yield(Array(text.utf8))
                continuation.finish()
            }
        )
    }

    @Test(
        "A stream that nobody has stated is declared 8BITMIME where that is offered, and refused elsewhere by default"
    )
    func unstated() throws {
        let offered = try send(stream("x\r\n"), offering: ["8BITMIME"])
        #expect(offered.sink.messages.map(\.reversePath.description) == ["<> BODY=8BITMIME"])
        let refused = try send(stream("x\r\n"), offering: [])
        #expect(refused.error?.kind == .content && refused.error?.initiator == .caller)
        #expect(refused.error?.description.contains("encode it") == true)
        #expect(refused.sink.sessions.first?.commands == ["EHLO localhost", "QUIT"])
        let sent = try send(stream("x\r\n"), offering: []) { $0.contentPolicy.unstatedEncoding = .send }
        #expect(sent.sink.messages.map(\.reversePath.description) == ["<>"])
    }

    @Test(
        "A statement is believed of a stream, and checked of octets that are at hand",
        arguments: [
            (Content.Encoding.sevenBit, ["8BITMIME"], "<>"), (.sevenBit, [], "<>"),
            (.eightBit, ["8BITMIME"], "<> BODY=8BITMIME"), (.eightBit, [], nil),
            (.binary, ["CHUNKING", "BINARYMIME"], "<> BODY=BINARYMIME"), (.binary, ["CHUNKING"], nil),
            (.binary, ["BINARYMIME", "8BITMIME"], nil),
        ] as [(Content.Encoding, [String], String?)]
    )
    func stated(encoding: Content.Encoding, keywords: [String], path: String?) throws {
        var content = stream("x\r\n")
        content.encoding = encoding
        let (error, sink) = try send(content, offering: keywords)
        #expect(sink.messages.map(\.reversePath.description) == (path.map { [$0] } ?? []))
        #expect((error == nil) == (path != nil))
        var octets = Content.text("grün")
        octets.encoding = .sevenBit
        #expect(try send(octets, offering: ["8BITMIME"]).error?.kind == .content)
    }

    @Test(
        "Line ends that are not CRLF are made so, refused, or kept by BDAT",
        arguments: ["a\nb\r\n", "a\rb\r\n", "a\r\nb"]
    )
    func lineEnds(text: String) throws {
        let keywords = ["CHUNKING", "BINARYMIME"]
        let normalized = try send(.text(text), offering: keywords)
        #expect(normalized.sink.messages.map(\.text) == ["a\r\nb\r\n"])
        #expect(normalized.sink.messages.first?.chunks == [])
        let refused = try send(.text(text), offering: keywords) { $0.contentPolicy.lineEnds = .refuse }
        #expect(refused.error?.kind == .content)
        #expect(refused.sink.sessions.first?.commands.contains { $0.hasPrefix("MAIL") } == false)
        let kept = try send(.text(text), offering: keywords) { $0.contentPolicy.lineEnds = .keep }
        #expect(kept.sink.messages.map(\.text) == [text])
        #expect(kept.sink.messages.first?.reversePath.description == "<> BODY=BINARYMIME")
        let nowhere = try send(.text(text), offering: ["CHUNKING"]) { $0.contentPolicy.lineEnds = .keep }
        #expect(nowhere.error?.kind == .notOffered)
        // What needs no keeping goes the usual way.
        let regular = try send(.text("a\r\nb\r\n"), offering: []) { $0.contentPolicy.lineEnds = .keep }
        #expect(regular.sink.messages.map(\.text) == ["a\r\nb\r\n"])
    }

    @Test("Lines of 998 octets go, of 999 by policy alone", arguments: [998, 999])
    func longLines(length: Int) throws {
        let text = String(repeating: "x", count: length) + "\r\ny\r\n"
        let (error, sink) = try send(.text(text), offering: [])
        #expect((error == nil) == (length == 998))
        #expect(sink.messages.count == (length == 998 ? 1 : 0))
        if length == 999 {
            #expect(error?.kind == .content && error?.description.contains("999") == true)
            let sent = try send(.text(text), offering: []) { $0.contentPolicy.longLines = .send }
            #expect(sent.sink.messages.map(\.text) == [text])
        }
    }
}
