import Foundation
import InMemoryLogging
import Logging
import SMTPClient
import SMTPIntegrations
import SMTPSession
import Testing

@Suite("Logs")
struct LoggingTests {
    private static func logger(_ level: Logger.Level) -> (Logger, InMemoryLogHandler) {
        var handler = InMemoryLogHandler()
        handler.logLevel = level
        return (Logger(label: "smtp") { [handler] _ in handler }, handler)
    }

    @Test("A good session: debug and no more, constant messages, known keys")
    func good() async throws {
        let (logger, log) = Self.logger(.trace)
        try await Sessions.good([LoggingObserver(logger)], transcript: .logging(to: logger))
        let entries = log.entries.filter { $0.level == .debug }
        #expect(
            entries.map { "\($0.message)" } == [
                "SMTP connected", "SMTP STARTTLS done", "SMTP authenticated", "SMTP message accepted",
                "SMTP session ended",
            ]
        )
        #expect(log.entries.allSatisfy { $0.level <= .debug })
        let keys = Set(LogKey.allCases.map(\.rawValue))
        #expect(log.entries.allSatisfy { keys.isSuperset(of: $0.metadata.keys) })
        #expect(entries[3].metadata["smtp.accepted"] == "1" && entries[3].metadata["smtp.rejected"] == "1")
        #expect(entries[2].metadata["smtp.mechanism"] == "PLAIN" && entries[1].metadata["smtp.tls.verified"] == "true")
        #expect(Set(entries.map { "\($0.metadata["smtp.connection"], default: "none")" }).count == 1)
    }

    @Test("Neither password nor content is anywhere, at the lowest level")
    func secrecy() async throws {
        let (logger, log) = Self.logger(.trace)
        try await Sessions.good([LoggingObserver(logger)], transcript: .logging(to: logger))
        let all = log.entries.map { "\($0.message) \($0.metadata)" }.joined()
        #expect(all.contains("C: AUTH PLAIN"))
        for secret in ["s3cret", "AGFsaWNlAHMzY3JldA", "c0ntent"] { #expect(!all.contains(secret)) }
    }

    @Test("Failures: info, and a warning where the server may have the message", arguments: [false, true])
    func bad(isLost: Bool) async throws {
        let (logger, log) = Self.logger(.info)
        try await Sessions.bad([LoggingObserver(logger)], isLost: isLost)
        #expect(log.entries.map(\.level) == [isLost ? .warning : .info])
        let entry = try #require(log.entries.first)
        #expect(entry.message == (isLost ? "SMTP message may have been accepted" : "SMTP message not accepted"))
        #expect(entry.metadata["smtp.error.kind"] == (isLost ? "closed" : "refused"))
        #expect(entry.metadata["smtp.reply.code"] == (isLost ? nil : "554"))
        #expect(entry.metadata["smtp.unknown"] == (isLost ? "1" : "0"))
    }

    @Test("No connection: one line")
    func unwelcome() async throws {
        let (logger, log) = Self.logger(.trace)
        try await Sessions.unwelcome([LoggingObserver(logger)])
        #expect(log.entries.map { "\($0.level) \($0.message)" } == ["info SMTP connection failed"])
    }

    @Test("The guide has a line for each key", arguments: LogKey.allCases)
    func documented(key: LogKey) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let guide = folder.appending(path: "../../../Docs/Observability.md")
        #expect(try String(contentsOf: guide, encoding: .utf8).contains("`\(key.rawValue)`"))
    }

    @Test("No transcript is kept for a log that does not want one")
    func quiet() {
        #expect(TranscriptObserver.logging(to: Self.logger(.debug).0).map { _ in true } == nil)
    }
}
