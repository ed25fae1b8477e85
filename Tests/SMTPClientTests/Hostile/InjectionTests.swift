import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Testing

@testable import SMTPClient

/// Arguments that would end their line, or forge a command or a parameter, if they got through.
@Suite("Injection")
struct InjectionTests {
    /// Every text of the caller's that becomes part of a line.
    enum Argument: CaseIterable, Sendable {
        case sender, recipient, hello, envelopeID, auth, originalRecipient
        case mailParameterName, mailParameterValue, recipientParameterName, recipientParameterValue, solicitation
        case user, password, token, anonymous
        case verify, expand, verb, commandArgument, clientName, clientAddress, url

        /// What would go in its place without a thought of harm.
        var harmless: String {
            switch self {
            case .sender, .recipient, .auth, .originalRecipient: "a@x.example"
            case .clientAddress: "192.0.2.1"
            case .url: "imap://x.example/a"
            default: "x"
            }
        }

        /// Whether spaces may stand in it.
        var isText: Bool { self == .verify || self == .expand || self == .commandArgument }
    }

    private static let evil = "evil@x.example"

    private static let tails = [
        "\r\nRCPT TO:<\(evil)>", "\nRCPT TO:<\(evil)>", "\rRCPT TO:<\(evil)>", "\0RCPT TO:<\(evil)>",
        ">\r\nRCPT TO:<\(evil)>", "> RCPT TO:<\(evil)>", " RCPT TO:<\(evil)>", ">,<\(evil)>", "> SIZE=1", " SIZE=1",
        ">",
        "<", "\t", "\r\n", "\n", "\r", "\0", "\u{7F}", "\u{85}RSET", "\u{2028}RSET", "=\r\nRSET", "+0D+0ARSET",
        "\\\r\nRSET",
        "\"\r\nRSET",
    ]

    /// What the server saw of a session with this text.
    private struct Seen: Sendable {
        /// The verb of each line, and how many spaces it has.
        var shape: [String]
        var octets: [UInt8]
    }

    /// Uses `text` as the argument; `nil` if it was refused before a line was made of it.
    private static func use(_ text: String, as argument: Argument) throws -> Seen? {
        var server = SinkConfiguration(
            offering: [
                "DSN", "SMTPUTF8", "8BITMIME", "AUTH PLAIN OAUTHBEARER ANONYMOUS", "NO-SOLICITING", "XCLIENT NAME ADDR",
                "CHUNKING", "BURL imap", "X",
            ]
        )
        server.mechanisms = ["PLAIN", "OAUTHBEARER", "ANONYMOUS"].map { .scripted($0) }
        server.enforcement = []
        let (isUsed, sink) = try converse(server) { configuration in
            configuration.helloName = try? HelloName("me.example")
        } client: { connection in
            do {
                try await argument.use(text, over: connection)
                return true
            } catch let error as SMTPError where error.kind == .refused {
                return true
            } catch {
                return false
            }
        }
        guard let session = sink.sessions.first else { return nil }
        let lines = session.receivedText.split(separator: "\r\n", omittingEmptySubsequences: false)
        let seen = Seen(
            shape: lines.map { line in
                // Of a verb that is the caller's own the rest counts.
                let isOwn = argument == .verb && line.lowercased().hasPrefix("x")
                let verb = isOwn ? "X" : line.prefix { $0 != " " }
                return "\(verb) \(argument.isText ? 0 : spaces(outsideQuotes: line))"
            },
            octets: session.received
        )
        return isUsed ? seen : nil
    }

    /// The spaces of a line that part something: in a quoted local part they are as good as letters (RFC 5321 §4.1.2).
    private static func spaces(outsideQuotes line: Substring) -> Int {
        var (count, isQuoted, isEscaped) = (0, false, false)
        for character in line {
            switch character {
            case _ where isEscaped: isEscaped = false
            case "\\": isEscaped = isQuoted
            case "\"": isQuoted.toggle()
            case " ": count += isQuoted ? 0 : 1
            default: break
            }
        }
        return count
    }

    @Test("Nothing gets out of its place, whatever stands in an argument", arguments: Argument.allCases)
    func injection(argument: Argument) throws {
        let harmless = try #require(try Self.use(argument.harmless, as: argument))
        #expect(harmless.shape.count > 2)
        var refusedCount = 0
        for tail in Self.tails {
            for text in [argument.harmless + tail, tail + argument.harmless, "\"\(argument.harmless)\(tail)\"@x"] {
                guard let seen = try Self.use(text, as: argument) else {
                    refusedCount += 1
                    continue
                }
                #expect(seen.shape == harmless.shape, "\(text.debugDescription)")
                let isClean = !seen.octets.contains(0) && !seen.octets.contains(0x7F)
                #expect(isClean, "\(text.debugDescription)")
            }
        }
        // A carriage return is refused, or encoded.
        #expect(refusedCount > 0 || argument == .password || argument == .envelopeID)
    }
}

extension InjectionTests.Argument {
    /// Does what the text is an argument of.
    fileprivate func use(_ text: String, over connection: SMTPConnection) async throws {
        var options = AuthenticationOptions()
        options.insecureAllowsCredentialsInClear = true
        switch self {
        case .sender: try await connection.send("x", from: text, to: ["b@x.example"])
        case .recipient: try await connection.send("x", from: "", to: [text])
        case .hello: _ = try await connection.hello(as: try HelloName(lenient: text))
        case .user: try await connection.authenticate(.password(user: text, Secret("secret")), options: options)
        case .password: try await connection.authenticate(.password(user: "user", Secret(text)), options: options)
        case .token: try await connection.authenticate(.bearer(user: "user", token: Secret(text)), options: options)
        case .anonymous: try await connection.authenticate(.anonymous(trace: text), options: options)
        case .verify: _ = try await connection.verify(try CommandArgument(text))
        case .expand: _ = try await connection.expand(try CommandArgument(text))
        case .verb: _ = try await connection.channel.command(verb: try CommandVerb(text))
        case .commandArgument:
            _ = try await connection.channel.command(verb: try CommandVerb("X"), argument: try CommandArgument(text))
        case .clientName:
            let attributes = try ClientAttributes([try ClientAttribute(try .init("NAME"), .text(text))])
            _ = try await connection.xclient(attributes)
        case .clientAddress:
            _ = try await connection.xclient(try ClientAttributes([try ClientAttribute(address: text)]))
        case .url:
            let envelope = try Envelope(from: "", to: ["b@x.example"])
            try await connection.send(.url(try ContentURL(text)), envelope: envelope)
        default:
            try await connection.send(.text("x"), envelope: try envelope(text))
        }
    }

    /// An envelope with the text as a parameter's.
    private func envelope(_ text: String) throws -> Envelope {
        var envelope = try Envelope(from: "a@x.example", to: ["b@x.example"])
        switch self {
        case .envelopeID: envelope.parameters = [.envelopeID(try EnvelopeID(text))]
        case .auth: envelope.parameters = [.auth(try Mailbox(lenient: text))]
        case .solicitation: envelope.parameters = [.solicitation(try SolicitationKeywords([text]))]
        case .mailParameterName: envelope.parameters = [.other(try ESMTPParameter(text))]
        case .mailParameterValue: envelope.parameters = [.other(try ESMTPParameter("X", value: text))]
        case .originalRecipient: envelope.recipients[0].parameters = [.originalRecipient(try Mailbox(lenient: text))]
        case .recipientParameterName: envelope.recipients[0].parameters = [.other(try ESMTPParameter(text))]
        default: envelope.recipients[0].parameters = [.other(try ESMTPParameter("X", value: text))]
        }
        return envelope
    }
}
