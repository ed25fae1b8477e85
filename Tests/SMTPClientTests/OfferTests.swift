import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// What goes along with MAIL and RCPT where its extension is offered, and what becomes of it where it is not.
@Suite("Extensions: offered, and not")
struct OfferTests {
    /// Something that is asked for: the keywords it needs, and how it stands on the wire.
    enum Parameter: Sendable {
        case mail([String], MailParameter, String)
        case recipient([String], RecipientParameter, String)

        var keywords: [String] {
            switch self {
            case .mail(let keywords, _, _), .recipient(let keywords, _, _): keywords
            }
        }

        var envelope: Envelope {
            switch self {
            case .mail(_, let parameter, _):
                Envelope(from: .null, parameters: [parameter], to: [Envelope.Recipient(.postmaster)])
            case .recipient(_, let parameter, _):
                Envelope(from: .null, to: [Envelope.Recipient(.postmaster, parameters: [parameter])])
            }
        }

        /// The two command lines.
        var lines: [String] {
            switch self {
            case .mail(_, _, let text): ["MAIL FROM:<> \(text)", "RCPT TO:<Postmaster>"]
            case .recipient(_, _, let text): ["MAIL FROM:<>", "RCPT TO:<Postmaster> \(text)"]
            }
        }
    }

    static func parameters() throws -> [Parameter] {
        let moment = try UTCTime(secondsSince1970: 1_795_493_700)
        return [
            .mail(["SIZE"], .size(3), "SIZE=3"),
            .mail(["8BITMIME"], .body(.eightBitMIME), "BODY=8BITMIME"),
            .mail(["BINARYMIME", "CHUNKING"], .body(.binaryMIME), "BODY=BINARYMIME"),
            .mail(["SMTPUTF8"], .smtpUTF8, "SMTPUTF8"),
            .mail(["DSN"], .ret(.full), "RET=FULL"),
            .mail(["DSN"], .envelopeID(try EnvelopeID("a+b")), "ENVID=a+2Bb"),
            .mail(["AUTH PLAIN"], .auth(try Mailbox("e=mc2@example.com")), "AUTH=e+3Dmc2@example.com"),
            .mail(["DELIVERBY 60"], .deliverBy(try DeliverBy(seconds: 60, mode: .returns)), "BY=60;R"),
            .mail(
                ["FUTURERELEASE 100 2030-01-01T00:00:00Z"],
                .futureRelease(try FutureRelease(afterSeconds: 100)),
                "HOLDFOR=100"
            ),
            .mail(
                ["FUTURERELEASE 100 2030-01-01T00:00:00Z"],
                .futureRelease(FutureRelease(at: moment)),
                "HOLDUNTIL=2026-11-24T04:15:00Z"
            ),
            .mail(["MT-PRIORITY MIXER"], .priority(try MessagePriority(-2)), "MT-PRIORITY=-2"),
            .mail(
                ["NO-SOLICITING net.example:X"],
                .solicitation(try SolicitationKeywords(["org.example:ADV"])),
                "SOLICIT=org.example:ADV"
            ),
            .mail(["PRDR"], .prdr, "PRDR"),
            .recipient(["DSN"], .notify(.when(success: true, failure: false, delay: true)), "NOTIFY=SUCCESS,DELAY"),
            .recipient(["DSN"], .notify(.never), "NOTIFY=NEVER"),
            .recipient(
                ["DSN"],
                .originalRecipient(try Mailbox("a+b@example.org")),
                "ORCPT=rfc822;a+2Bb@example.org"
            ),
        ]
    }

    @Test("Each parameter stands on its command where its extension is offered", arguments: try parameters())
    func offered(parameter: Parameter) throws {
        let (_, sink) = try converse(SinkConfiguration(offering: parameter.keywords)) {
            try await $0.send(.text("x"), envelope: parameter.envelope)
        }
        #expect(
            sink.sessions.first?.commands.filter { $0.hasPrefix("MAIL") || $0.hasPrefix("RCPT") } == parameter.lines
        )
        #expect(sink.messages.count == 1)
    }

    @Test("Each parameter is a typed error before MAIL where its extension is not offered", arguments: try parameters())
    func notOffered(parameter: Parameter) throws {
        let (error, sink) = try converse(SinkConfiguration(offering: ["PIPELINING"])) { connection in
            await errorOf { () async throws(SMTPError) in
                try await connection.send(.text("x"), envelope: parameter.envelope)
            }
        }
        #expect(error?.kind == .notOffered)
        #expect(error?.advice == .never && error?.initiator == .server)
        #expect(error?.description.contains("does not offer") == true)
        #expect(sink.sessions.first?.commands == ["EHLO localhost", "QUIT"])
    }

    @Test(
        "What only asks may be left out, and the plan says so; what the message hangs on is not",
        arguments: try parameters()
    )
    func dropped(parameter: Parameter) throws {
        let mayBeDropped =
            switch parameter {
            case .mail(_, .ret, _), .mail(_, .envelopeID, _), .mail(_, .auth, _), .mail(_, .priority, _): true
            case .mail(_, .solicitation, _), .mail(_, .prdr, _), .recipient: true
            default: false
            }
        let (plan, sink) = try converse(SinkConfiguration(offering: [])) {
            $0.dropsOptionalParameters = true
        } client: { connection -> DeliveryPlan? in
            let plan = try? await connection.plan(.text("x"), envelope: parameter.envelope)
            _ = try? await connection.send(.text("x"), envelope: parameter.envelope)
            return plan
        }
        #expect((plan?.dropped.count ?? 0) == (mayBeDropped ? 1 : 0))
        #expect(sink.messages.map(\.reversePath.description) == (mayBeDropped ? ["<>"] : []))
    }

    @Test("BY that notifies may be left out, BY that returns may not (RFC 2852 §4.2)")
    func deliverByMode() throws {
        for (mode, count) in [(DeliverBy.Mode.notifies, 1), (.returns, 0)] {
            let parameter = MailParameter.deliverBy(try DeliverBy(seconds: 60, mode: mode))
            let envelope = Envelope(from: .null, parameters: [parameter], to: [Envelope.Recipient(.postmaster)])
            let (_, sink) = try converse(SinkConfiguration(offering: [])) {
                $0.dropsOptionalParameters = true
            } client: {
                _ = try? await $0.send(.text("x"), envelope: envelope)
            }
            #expect(sink.messages.count == count)
        }
    }

    static func limits() throws -> [(keyword: String, parameter: MailParameter, isTaken: Bool)] {
        func solicitation(_ keyword: String) throws -> MailParameter {
            .solicitation(try SolicitationKeywords([keyword]))
        }
        func held(_ seconds: Int) throws -> MailParameter { .futureRelease(try FutureRelease(afterSeconds: seconds)) }
        func until(_ text: String) throws -> MailParameter {
            .futureRelease(FutureRelease(at: try #require(UTCTime(text))))
        }
        let release = "FUTURERELEASE 100 2030-01-01T00:00:00Z"
        return [
            ("DELIVERBY 120", .deliverBy(try DeliverBy(seconds: 119, mode: .returns)), false),
            ("DELIVERBY 120", .deliverBy(try DeliverBy(seconds: 120, mode: .returns)), true),
            ("DELIVERBY 120", .deliverBy(try DeliverBy(seconds: -5, mode: .notifies)), true),
            ("DELIVERBY", .deliverBy(try DeliverBy(seconds: 1, mode: .returns)), true),
            (release, try held(101), false), (release, try held(100), true),
            (release, try until("2030-01-01T00:00:01Z"), false), (release, try until("2030-01-01T00:00:00Z"), true),
            ("NO-SOLICITING org.example:ADV", try solicitation("org.example:adv"), false),
            ("NO-SOLICITING org.example:ADV", try solicitation("org.example:other"), true),
            ("NO-SOLICITING", try solicitation("org.example:adv"), true),
        ]
    }

    @Test("What a server says it will not take is not sent to it", arguments: try limits().indices)
    func limit(number: Int) throws {
        let (keyword, parameter, isTaken) = try Self.limits()[number]
        let envelope = Envelope(from: .null, parameters: [parameter], to: [Envelope.Recipient(.postmaster)])
        let (error, sink) = try converse(SinkConfiguration(offering: [keyword])) { connection in
            await errorOf { () async throws(SMTPError) in try await connection.send(.text("x"), envelope: envelope) }
        }
        #expect(error?.kind == (isTaken ? nil : .notOffered))
        #expect(sink.messages.count == (isTaken ? 1 : 0))
        #expect(sink.sessions.first?.commands.contains { $0.hasPrefix("MAIL") } == isTaken)
    }

    @Test(
        "SIZE without a value, or 0, declares no limit; a value is one, to the octet",
        arguments: ["SIZE", "SIZE 0", "SIZE 1002"]
    )
    func size(keyword: String) throws {
        let thousand = Content.bytes(Array(repeating: 0x61, count: 500) + [0x0A] + Array(repeating: 0x2E, count: 498))
        let (_, sink) = try converse(SinkConfiguration(offering: [keyword])) { connection in
            try await connection.send(thousand, envelope: Envelope(from: .null, to: [.postmaster]))
            let larger = Content.bytes(Array(repeating: 0x61, count: 900) + [0x0A] + Array(repeating: 0x61, count: 99))
            let error = await errorOf { () async throws(SMTPError) in
                try await connection.send(larger, envelope: Envelope(from: .null, to: [.postmaster]))
            }
            #expect(error?.kind == (keyword == "SIZE 1002" ? .content : nil))
        }
        // Line ends as they are sent, and no octet of transparency.
        #expect(sink.messages.first?.reversePath.description == "<> SIZE=1002")
        #expect(sink.messages.first?.contentLength == 1002)
        #expect(sink.messages.count == (keyword == "SIZE 1002" ? 1 : 2))
    }

    @Test("Extensions and limits are read again after TLS, and after AUTH")
    func readAgain() throws {
        let authority = try CertificateAuthority()
        var server = SinkConfiguration(offering: [])
        try server.offerTLS(authority, thenOffering: ["AUTH PLAIN", "SIZE 10"])
        server.keywords = ["STARTTLS", "SIZE 5", "DSN"]
        server.keywordsAfterAuthentication = ["SIZE 100", "LIMITS RCPTMAX=1"]
        server.mechanisms = [.plain { _, _ in true }]
        let (_, sink) = try converse(server) {
            $0.security = .startTLS(TLSConfiguration(trusting: authority))
        } client: { connection in
            #expect(try await connection.hello().sizeLimit == 5)
            try await connection.startTLS()
            #expect(connection.channel.extensions.sizeLimit == 10)
            #expect(!connection.channel.extensions.contains(.dsn))
            try await connection.authenticate(.password(user: "tim", Secret("hunter2")))
            #expect(connection.channel.extensions.sizeLimit == 100)
            try await connection.send("eleven octets", from: "", to: ["a@x.example", "b@x.example"])
        }
        #expect(sink.messages.map(\.recipients.count) == [1, 1])
    }

    @Test("A header beyond ASCII needs SMTPUTF8, a body does not", arguments: [true, false])
    func header(isOffered: Bool) throws {
        let server = SinkConfiguration(offering: isOffered ? ["8BITMIME", "SMTPUTF8"] : ["8BITMIME"])
        let (errors, sink) = try converse(server) { connection in
            var errors: [SMTPError.Kind?] = []
            for text in ["Subject: grün\n\nx\n", "Subject: x\n\ngrün\n", "Subject: x\n\n\nTo: grün\n"] {
                errors.append(
                    await errorOf { () async throws(SMTPError) in
                        try await connection.send(text, from: "", to: ["postmaster"])
                    }?.kind
                )
            }
            return errors
        }
        #expect(errors == [isOffered ? nil : .notOffered, nil, nil])
        let plain = "<> BODY=8BITMIME"
        let expected = (isOffered ? ["<> SMTPUTF8 BODY=8BITMIME"] : []) + [plain, plain]
        #expect(
            sink.messages.map { Set($0.reversePath.description.split(separator: " ")) }
                == expected.map { Set($0.split(separator: " ")) }
        )
    }
}
