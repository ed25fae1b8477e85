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

    @Test(
        "What is no reply is shown when the channel closes",
        arguments: [
            ("SSH-2.0-OpenSSH_9.6\r\n", ["S: SSH-2.0-OpenSSH_9.6"]),
            ("250-first\r\n550 second\r\n", ["S: 250-first", "S: 550 second"]),
            ("550-5.7.1 You are \u{1B}blocked\r\n550-by", ["S: 550-5.7.1 You are \\u{1B}blocked", "S: 550-by"]),
        ]
    )
    func unfinished(said: String, shown: [String]) throws {
        #expect(try commandTranscript(.noop(nil), answered: said) == ["S: 220 ready", "C: NOOP"] + shown)
    }

    @Test("What is no reply behind credentials may repeat them, and is not shown")
    func unfinishedBehindCredentials() throws {
        let command = SMTPCommand.auth(
            mechanism: try AuthenticationMechanism("PLAIN"),
            initialResponse: Array("\0user\0secret".utf8)
        )
        #expect(
            try commandTranscript(command, answered: "535-no secret for you\r\n") == [
                "S: 220 ready", "C: AUTH PLAIN (credentials)", "S: (21 octets that are no reply)",
            ]
        )
    }

    @Test("Chunks of the low level are shown as content is")
    func chunks() throws {
        let collected = Lines()
        var options = ChannelOptions()
        options.transcript = TranscriptObserver { collected.add("\($0)") }
        options.transcript?.showsContent = true
        try session(
            options: options,
            server: { peer in
                _ = try await peer.line()
                _ = try await peer.octets(3)
                try await peer.say("250 taken")
            },
            client: { channel in _ = try await channel.bdat(Array("x\r\n".utf8), isLast: true) }
        )
        #expect(collected.all == ["S: 220 ready", "C: BDAT 3 LAST", "C: x", "S: 250 taken"])
    }

    /// The transcript of a command that is answered by these octets and the end of the stream.
    private func commandTranscript(_ command: SMTPCommand, answered octets: String) throws -> [String] {
        let collected = Lines()
        var options = ChannelOptions()
        options.transcript = TranscriptObserver { collected.add("\($0)") }
        try session(
            options: options,
            server: { peer in
                _ = try await peer.line()
                try await peer.write(octets)
            },
            client: { channel in
                _ = await channelError { () async throws(ChannelError) in _ = try await channel.command(command) }
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
