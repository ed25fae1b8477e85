import SMTPSession
import SMTPTransport
import SMTPWire
import Synchronization
import TestSupport
import Testing

@Suite("TranscriptObserver")
struct TranscriptObserverTests {
    private func transcript(_ change: (inout TranscriptObserver) -> Void = { _ in }) throws -> [String] {
        let collected = Lines()
        var observer = TranscriptObserver { collected.add("\($0)") }
        change(&observer)
        var options = ChannelOptions()
        options.transcript = observer
        try session(
            options: options,
            server: { peer in
                try await peer.answer("334 dXNlcg==")
                try await peer.answer("235-\u{1B}[31mred\n235 done")
                try await peer.answer("250 ok")
                try await peer.answer("354 go")
                _ = try await peer.content()
                try await peer.say("250 taken")
            },
            client: { channel in
                _ = try await channel.auth(try AuthenticationMechanism("PLAIN"), initialResponse: Array("secret".utf8))
                _ = try await channel.authResponse(Array("secret".utf8))
                try await channel.sendRaw(Array("secret\r\n".utf8))
                _ = try await channel.receiveRaw()
                _ = try await channel.data()
                _ = try await channel.sendMessage(Array("Subject: hidden\r\n\r\n.x".utf8))
            }
        )
        return collected.all
    }

    @Test("Credentials, raw bytes and content are hidden, and controls escaped")
    func hidden() throws {
        #expect(
            try transcript() == [
                "S: 220 ready",
                "C: AUTH PLAIN (credentials)", "S: 334 dXNlcg==",
                "C: (credentials)", "S: 235-\\u{1B}[31mred", "S: 235 done",
                "C: (8 raw octets)", "S: 250 ok",
                "C: DATA", "S: 354 go",
                "C: (27 octets of content, the last)", "S: 250 taken",
            ]
        )
    }

    @Test("They are shown when asked for by name")
    func shown() throws {
        let lines = try transcript {
            $0.dangerouslyShowsCredentials = true
            $0.showsContent = true
        }
        #expect(lines.contains("C: AUTH PLAIN c2VjcmV0"))
        #expect(lines.contains("C: c2VjcmV0"))
        #expect(lines.contains("C: secret"))
        #expect(lines.suffix(5) == ["C: Subject: hidden", "C: ", "C: ..x", "C: .", "S: 250 taken"])
    }
}

/// Lines collected from wherever they come.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
    }
}
