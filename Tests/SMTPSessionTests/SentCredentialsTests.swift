import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

/// What a server repeats of an AUTH exchange is not told, whatever the reply is and wherever it goes.
@Suite("SentCredentials")
struct SentCredentialsTests {
    /// The response of PLAIN with the password `sesame-opening`, in base64.
    static let encoded = "AHRpbQBzZXNhbWUtb3BlbmluZw=="
    static let response = Array("\0tim\0sesame-opening".utf8)

    /// Runs `client` and returns all that could be logged: what it returns, and the transcript.
    private func told(
        _ replies: [String],
        _ client: @escaping @Sendable (CommandChannel) async throws -> [String]
    ) throws -> [String] {
        let lines = Lines()
        var options = ChannelOptions()
        options.transcript = TranscriptObserver { lines.add("\($0)") }
        let (value, _) = try session(
            options: options,
            server: { peer in
                for reply in replies { try await peer.answer(reply) }
            },
            client: client
        )
        return value + lines.all
    }

    private func plain(_ reply: String, _ response: [UInt8] = Self.response) throws -> [String] {
        try told([reply]) { channel in
            let reply = try await channel.auth(try AuthenticationMechanism("PLAIN"), initialResponse: response)
            return reply.text + [reply.description]
        }
    }

    @Test(
        "Any piece of eight octets of base64, or the secret, is hidden, and nothing else",
        arguments: [
            ("unrecognized \"AUTH PLAIN \(encoded)\"", "unrecognized \"AUTH PLAIN (credentials)\""),
            ("5.5.2 \(encoded) \(encoded)!", "5.5.2 (credentials) (credentials)!"),
            ("\(encoded.prefix(8))...", "(credentials)..."), ("\(encoded.prefix(7))...", "\(encoded.prefix(7))..."),
            ("what is \(encoded.suffix(15))", "what is (credentials)"),
            ("nobody has sesame-opening", "nobody has (credentials)"), ("sesame-openin", "sesame-openin"),
            ("no such user: tim", "no such user: tim"), ("", ""),
        ]
    )
    func pieces(said: String, shown: String) throws {
        let all = try plain("535 \(said)")
        #expect(all.first == shown)
        #expect(all.last == "S: 535 \(shown)")
    }

    @Test("A secret of four octets is hidden, one of three is not; of a long one a piece of sixteen", arguments: 3...20)
    func lengths(count: Int) throws {
        let secret = "abcdefghijklmnopqrst".prefix(count)
        let whole = try plain("535 <\(secret)>", Array("\0tim\0\(secret)".utf8))
        #expect(whole.first == (count < 4 ? "<\(secret)>" : "<(credentials)>"))
        let cut = try plain("535 <\(secret.dropLast())>", Array("\0tim\0\(secret)".utf8))
        #expect(cut.first == (count < 17 ? "<\(secret.dropLast())>" : "<(credentials)>"))
    }

    @Test("A line that is broken in the midst of it is hidden on both sides")
    func broken() throws {
        let all = try plain("500-what is \(Self.encoded.prefix(12))\n500 \(Self.encoded.dropFirst(12))?")
        #expect(all.prefix(2) == ["what is (credentials)", "(credentials)?"])
        // Each line for itself has too little of it.
        let scattered = try plain("500-who has sesa\n500-me-o\n500 pening?")
        #expect(scattered.prefix(3) == ["who has (credentials)", "(credentials)", "(credentials)?"])
        let coded = try plain("500-5.5.1 sesa\n500-5.5.1 me-o\n500 5.5.1 pening?")
        #expect(coded.prefix(3) == ["5.5.1 (credentials)", "5.5.1 (credentials)", "5.5.1 (credentials)?"])
        #expect(try plain("500-ab\n500 cd?", Array("\0tim\0ab\ncd".utf8)).first == "(credentials)")
        #expect(scattered.suffix(3) == scattered.prefix(3).map { "S: 500\($0.contains("?") ? " " : "-")\($0)" })
    }

    @Test("Behind the replies to other commands of a group")
    func group() throws {
        let all = try told(["250 ok", "500 what is \(Self.encoded)"]) { channel in
            let mechanism = try AuthenticationMechanism("PLAIN")
            let outcomes = try await channel.pipeline {
                $0.reset()
                $0.append(.auth(mechanism: mechanism, initialResponse: Self.response))
            }
            return outcomes.map { "\($0)" }
        }
        #expect(all.count { $0.contains("(credentials)") } == 3)
        #expect(!all.joined().contains("AHRp"))
    }

    @Test("In a reply too many, a challenge that nobody asked for, and a goodbye", arguments: ["500", "334", "421"])
    func tooMany(code: String) throws {
        let all = try told(["535 no\n\(code) \(Self.encoded)"]) { channel in
            let mechanism = try AuthenticationMechanism("PLAIN")
            _ = try await channel.auth(mechanism, initialResponse: Self.response)
            let error = await #expect(throws: ChannelError.self) { try await channel.noop() }
            return [error.map { "\($0) \(String(reflecting: $0))" } ?? ""]
        }
        #expect(!all.joined().contains("AHRp"))
    }

    @Test("AUTH as a raw command", arguments: ["AUTH", "auth"])
    func raw(verb: String) throws {
        let all = try told(["500 what is \(Self.encoded)", "250 \(Self.encoded)"]) { channel in
            let argument = try CommandArgument("PLAIN \(Self.encoded)")
            let refused = try await channel.command(verb: try CommandVerb(verb), argument: argument)
            // What follows is another matter.
            return [refused.description, try await channel.noop().description]
        }
        #expect(all.prefix(2) == ["500 what is (credentials)", "250 \(Self.encoded)"])
    }

    @Test("The URL of a BURL, itself the permission to read, or a piece of sixteen octets", arguments: [true, false])
    func url(isRaw: Bool) throws {
        let url = "imap://tim@mail.example/INBOX;uid=20/;urlauth=submit+tim:internal:91354a473744909de610943775f92038"
        let all = try told(["554-5.6.6 cannot fetch \(url)\n554 no \(url.suffix(16)), \(url.suffix(15))"]) { channel in
            if isRaw {
                let argument = try CommandArgument("\(url) LAST")
                return [try await channel.command(verb: try CommandVerb("BURL"), argument: argument).description]
            }
            return try await channel.burl(try ContentURL(url), isLast: true).map(\.description)
        }
        #expect(all.first == "554 5.6.6 cannot fetch (credentials) no (credentials), \(url.suffix(15))")
        #expect(!all.joined().contains("urlauth"))
    }

    @Test("LOGIN's user is no secret, the password behind it is; challenges are handed on as they are")
    func login() throws {
        let all = try told(["334 VXNlcm5hbWU6", "334 \(Self.encoded)", "535 alice has no sesame-opening"]) { channel in
            _ = try await channel.auth(try AuthenticationMechanism("LOGIN"))
            let challenge = try await channel.authResponse(Array("alice".utf8))
            return [challenge.description, try await channel.authResponse(Array("sesame-opening".utf8)).description]
        }
        #expect(all.prefix(2) == ["334 \(Self.encoded)", "535 alice has no (credentials)"])
    }

    @Test("A dump of the channel has nothing of it, in the exchange and when it ended in the midst")
    func dumped() throws {
        let all = try told([]) { channel in
            let mechanism = try AuthenticationMechanism("PLAIN")
            let running = Task(executorPreference: channel.executor) {
                try await channel.auth(mechanism, initialResponse: Self.response)
            }
            try await channel.executor.sleep(for: .seconds(1))
            var text = ""
            dump(channel, to: &text)
            await channel.disconnect()
            _ = await running.result
            dump(channel, to: &text)
            return [text]
        }
        let text = all.joined()
        #expect(!text.contains("sesame") && !text.contains("AHRp"))
        // The octets of "ses", one on each line.
        let octets = text.split(separator: "\n").map { $0.drop { " -▿".contains($0) } }.joined(separator: " ")
        #expect(!octets.contains("115 101 115"))
    }
}
