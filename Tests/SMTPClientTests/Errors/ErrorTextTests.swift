import Foundation
import SMTPSession
import SMTPTransport
import Testing

@testable import SMTPClient
@testable import SMTPWire

/// Every error a user can meet, as the user reads it: `Docs/Errors.md` shows them all.
@Suite("Error texts")
struct ErrorTextTests {
    @Test("One line, escaped, nothing secret, and long enough to say something")
    func harmless() throws {
        for (section, texts) in try Self.sections() {
            for text in texts {
                let isHarmless = text.unicodeScalars.allSatisfy {
                    !$0.properties.isWhitespace && $0.properties.generalCategory != .control || $0 == " "
                }
                #expect(isHarmless, "\(section): \(text)")
                #expect(!text.contains("s3cret"), "\(section): \(text)")
                #expect(text.utf8.count > 12 && text.utf8.count < 1000, "\(section): \(text)")
                #expect(!text.contains("Optional(") && !text.contains("SMTP.") && !text.contains("nil"), "\(text)")
            }
        }
    }

    @Test("The server's words are in it, and so is what to try")
    func complete() throws {
        let errors = try ErrorSamples().smtp
        for error in errors {
            #expect(error.description == "\(error.message); \(error.suggestion)")
            #expect(error.suggestion.utf8.count > 12, "\(error)")
            if let reply = error.reply { #expect(error.message.contains("\(reply)"), "\(error)") }
            if let verb = error.verb, error.kind == .closed, !error.message.hasPrefix("TLS handshake") {
                #expect(error.message.contains(verb), "\(error)")
            }
        }
        #expect(Set(errors.map { "\($0.kind)" }) == Set(SMTPError.Kind.all.map { "\($0)" }))
        #expect(errors.contains { $0.advice == .unsafe && $0.suggestion.contains("may have the message") })
    }

    @Test("The list in Docs/Errors.md is what the library says; UPDATE_DOCS=1 writes it anew")
    func documented() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Docs/Errors.md").standardizedFileURL
        let text = try Self.document()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines == text.split(separator: "\n"), "UPDATE_DOCS=1 swift test --filter ErrorTextTests writes it anew")
    }
}

// MARK: The list

extension ErrorTextTests {
    /// The texts by what throws them.
    private static func sections() throws -> [(String, [String])] {
        let samples = try ErrorSamples()
        let kinds: [WireError.Kind] = [
            .invalidOctet, .empty, .incomplete, .tooLong(limit: 64), .outOfRange, .duplicate, .invalidBase64,
            .mandatoryExtension, .malformedReply, .mixedReplyCodes, .replyLineTooLong(limit: 4096),
            .tooManyReplyLines(limit: 512), .replyTooLong(limit: 262_144),
        ]
        return [
            ("SMTPError", samples.smtp.map(\.description)), ("ChannelError", samples.channel.map(\.description)),
            ("TransportError", samples.transport.map(\.description)), ("TLSError", samples.tls.map(\.description)),
            ("WireError", kinds.map { "\(WireError($0, in: .localPart, octet: 0x0D, at: 3))" }),
            ("SASLError", samples.sasl.map(\.description)),
            ("SMTPURLError", Set(WrongURL.all.map { "\(SMTPURLError($0.kind, in: $0.part, at: $0.offset))" }).sorted()),
        ]
    }

    private static func document() throws -> String {
        var text = """
            # Errors

            What each error says, as a test prints it and compares it with this file. All are one line that is safe to
            log: what a server says is escaped, and no credential and no content is in it. `SMTPError` says what happened
            (`message`) and what to try (`suggestion`); its `kind`, `advice`, `reply` and `report` say it to a program.

            """
        for (section, texts) in try sections() {
            text += "\n## \(section)\n\n```text\n"
            var seen: Set<String> = []
            for line in texts.map(neutral) where seen.insert(line).inserted { text += line + "\n" }
            text += "```\n"
        }
        return text
    }

    /// What differs from run to run and from system to system in general words.
    private static func neutral(_ text: String) -> String {
        [
            (#/[0-9A-F]{64}/#, "(digits)"), (#/\d{4}-\d\d-\d\d[T ][0-9:]+Z?/#, "(time)"),
        ].reduce(SystemWords.all.reduce(text) { $0.replacing($1, with: "(the system's words)") }) {
            $0.replacing($1.0, with: $1.1)
        }
    }
}

/// The system's words for the errors in the samples.
private enum SystemWords {
    static let all = [ENOENT, ENETUNREACH, ECONNREFUSED, EIO, EACCES].map(SystemError.text)
}

extension SMTPError.Kind {
    /// All of them: a new one does not compile until it is here, and the tests want a sample of it.
    fileprivate static var all: [SMTPError.Kind] {
        var kinds: [SMTPError.Kind] = []
        var next: SMTPError.Kind? = .invalidAddress
        while let kind = next {
            kinds.append(kind)
            next = kind.successor
        }
        return kinds
    }

    private var successor: SMTPError.Kind? {
        switch self {
        case .invalidAddress: .usage
        case .usage: .content
        case .content: .noInput
        case .noInput: .hostNotFound
        case .hostNotFound: .connect
        case .connect: .timeout
        case .timeout: .closed
        case .closed: .refused
        case .refused: .notOffered
        case .notOffered: .tls
        case .tls: .insecure
        case .insecure: .sessionLimit
        case .sessionLimit: .protocolViolation
        case .protocolViolation: .mechanismNotOffered
        case .mechanismNotOffered: .credentialsRejected
        case .credentialsRejected: .credentialsNotProvided
        case .credentialsNotProvided: .serverMisbehaved
        case .serverMisbehaved: .tlsRequired
        case .tlsRequired: .authenticationRequired
        case .authenticationRequired: .inputOutput
        case .inputOutput: .cancelled
        case .cancelled: nil
        }
    }
}
