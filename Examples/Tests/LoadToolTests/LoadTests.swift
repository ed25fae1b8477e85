import Foundation
import SMTPTesting
import Testing

@testable import LoadTool

@Suite("smtp-load")
struct LoadTests {
    static let modes = [[], ["--no-pipeline"], ["--pipeline"], ["--chunking"], ["--chunking", "--no-pipeline"]]

    @Test("Each message has just the octets it is to have", arguments: modes)
    func octets(_ mode: [String]) async throws {
        for size in [0, 1, 2, 77, 78, 79, 80, 1024] {
            try await MailSink.withListening { sink in
                let run = try await LoadRun(mode + ["--messages", "3", "--size", "\(size)"], at: sink)
                try run.check(0, messages: 3)
                #expect(run.errors.isEmpty)
                #expect(sink.messages.map(\.text) == Array(repeating: LoadRun.message(size), count: 3))
                #expect(sink.messages.allSatisfy { $0.reversePath.address == "sender@bench.example" })
                #expect(sink.messages.allSatisfy { $0.chunks.isEmpty != mode.contains("--chunking") })
            }
        }
    }

    @Test("What is too large to be held in memory has the same form", arguments: [["--no-pipeline"], ["--chunking"]])
    func large(_ mode: [String]) async throws {
        for size in [1_048_577, 1_048_576 + 78 * 3_360, 3_000_041] {
            try await MailSink.withListening { sink in
                let run = try await LoadRun(mode + ["--messages", "2", "--size", "\(size)", "--dots"], at: sink)
                #expect(run.exitCode == 0)
                let expected = LoadRun.message(size, firstLetter: ".")
                #expect(sink.messages.map { $0.text == expected } == [true, true], "\(size)")
            }
        }
    }

    @Test("In lock-step each command waits for its reply, and there is no RSET")
    func lockStep() async throws {
        try await MailSink.withListening { sink in
            let run = try await LoadRun(["--no-pipeline", "--messages", "2", "--recipients", "3"], at: sink)
            #expect(run.exitCode == 0)
            let session = try await sink.endedSessions(1)[0]
            let message = [
                "MAIL FROM:<sender@bench.example> SIZE=", "RCPT TO:<rcpt0@bench.example>",
                "RCPT TO:<rcpt1@bench.example>", "RCPT TO:<rcpt2@bench.example>", "DATA",
            ]
            let expected = ["EHLO [127.0.0.1]"] + message + message + ["QUIT"]
            #expect(session.commands.count == expected.count)
            #expect(zip(session.commands, expected).allSatisfy { $0.hasPrefix($1) }, "\(session.commands)")
            #expect(session.segmentLengths.count == expected.count + 2)
        }
    }

    @Test("A Message-ID of its own for each, if asked for, and nothing else differs")
    func unique() async throws {
        try await MailSink.withListening { sink in
            for _ in 0..<2 { _ = try await LoadRun(["--messages", "3", "--unique", "--size", "100"], at: sink) }
            var names: Set<String> = []
            for message in try await sink.messages(6) {
                let match = try #require(message.text.firstMatch(of: /Message-ID: <([a-z0-9.]+)@bench\.example>/))
                names.insert(String(match.1))
                #expect(message.text == LoadRun.message(100, name: String(match.1)))
            }
            #expect(names.count == 6 && names.allSatisfy { $0.hasPrefix("bench.") })
        }
    }

    @Test("The messages are those of all connections together", arguments: [1, 3])
    func connections(_ connections: Int) async throws {
        try await MailSink.withListening { sink in
            let run = try await LoadRun(["--messages", "10", "--connections", "\(connections)"], at: sink)
            try run.check(0, messages: 10)
            #expect(sink.messages.count == 10)
            #expect((1...connections).contains(Set(sink.messages.map(\.session)).count))
        }
    }

    @Test("A connection takes so many messages, and is followed by another")
    func reconnects() async throws {
        try await MailSink.withListening { sink in
            let run = try await LoadRun(["--messages", "7", "--messages-per-connection", "3"], at: sink)
            try run.check(0, messages: 7)
            let sessions = try await sink.endedSessions(3)
            #expect(sessions.map { $0.commands.count { $0.hasPrefix("MAIL") } } == [3, 3, 1])
            #expect(sessions.allSatisfy { $0.commands.last == "QUIT" })
        }
    }

    @Test("TLS, from the first octet and by STARTTLS", arguments: [true, false])
    func security(isImplicit: Bool) async throws {
        let server = try SecureServer(isImplicit: isImplicit)
        try await MailSink.withListening(server.configuration) { sink in
            let run = try await LoadRun(server.options + ["--messages", "3"], at: sink)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(sink.messages.count == 3 && sink.messages.allSatisfy(\.isEncrypted))
        }
    }
}
