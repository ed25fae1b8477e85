import SMTPSession
import SMTPTesting

@testable import SMTPClient
@testable import SMTPTransport
@testable import SMTPWire

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Every error a user can meet, made as the library makes it, with a server that tries to do harm by its words.
struct ErrorSamples {
    /// An error of a caller's, which may hold anything.
    struct CallersError: Error, CustomStringConvertible {
        let description = "s3cret"
    }

    let smtp: [SMTPError]
    let channel: [ChannelError]
    let transport: [TransportError]
    let tls: [TLSError]
    let sasl: [SASLError]

    init() throws {
        let tls = try Self.tls()
        let transport = Self.transport()
        let channel = Self.channel()
        self.tls = tls
        self.transport = transport
        self.channel = channel
        sasl = Self.sasl()
        smtp =
            try Self.values() + Self.replies() + Self.authentication() + Self.local()
            + (channel + (transport + tls.map { .tls($0) }).map { .transport($0) }).map { SMTPError($0, verb: "MAIL") }
            + [Self.uncertain()]
    }

    /// What a server says: in two lines, so that the second one shows too.
    static func reply(_ number: UInt16, _ text: String, _ more: String = "See mail.example/help") -> SMTPReply {
        guard let code = ReplyCode(rawValue: number) else { preconditionFailure("\(number) is no code") }
        return SMTPReply(code: code, lines: [text, more])
    }
}

extension ErrorSamples {
    private static func error(_ make: () throws(SMTPError) -> Void) throws -> SMTPError {
        do throws(SMTPError) {
            try make()
        } catch {
            return error
        }
        throw CallersError()
    }

    private static func values() throws -> [SMTPError] {
        try ["user", "user@", "a b@example.org", "a@exa\u{1B}mple.org", "a\r\nDATA@example.org"].map { address in
            try error { () throws(SMTPError) in _ = try Envelope(from: address, to: []) }
        }
    }

    private static func replies() -> [SMTPError] {
        [
            .refused(reply(550, "5.1.1 No such user\u{1B}[31m", "\rerror: forged"), verb: "RCPT"),
            .refused(reply(452, "4.2.2 Mailbox full"), verb: "RCPT"),
            .refused(reply(421, "4.3.2 Going down"), verb: "MAIL"),
            .refused(reply(554, "5.7.1 Not you"), verb: nil),
            .refused(reply(530, "5.7.0 Log in first"), verb: "MAIL")
                .refined(for: TransportSecurity(isEncrypted: true, isVerified: true)),
            .refused(reply(530, "5.7.0 STARTTLS first"), verb: "MAIL").refined(for: .none),
            .refused(reply(538, "5.7.11 Encryption needed"), verb: "AUTH").refined(for: .none),
            .unexpected(reply(354, "Go ahead"), verb: "MAIL"),
            .unexpected(reply(250, "What?"), verb: nil),
            .startTLSNotOffered, .notOffered("DSN", because: "a recipient asks for NOTIFY=NEVER"),
            .beyondOffer("BY=10;R", because: "it takes no less than 100 seconds"),
            .notOffered("BURL", because: "the content is to be fetched by the server"),
            .beyondOffer("BURL of such imap URLs", because: "it fetches nothing from there"),
            .beyondOffer("XCLIENT HELO", because: "it takes NAME, ADDR"), .sessionLimit("100 messages"), .readOnce,
        ]
    }

    private static func local() -> [SMTPError] {
        [
            .usage("the envelope has no recipient"), .inTransaction("XCLIENT"), .noClientCertificate,
            .alreadyUnderTLS, .alreadyAuthenticated, .plannedForOtherHello,
            .insecure("the configuration asks for TLS, and the connection has none"),
            .content("the content has NUL octets", hint: "encode it as base64, or as quoted-printable"),
            .content("the content has 2000 octets, and the server takes no more than 1000"),
            .eightBitNotOffered, .contentFailed(CallersError()),
            .noInput(path: "/no/such\u{1B}file", errno: ENOENT), .noRegularFile(path: "/tmp"),
        ]
    }

    private static func uncertain() -> SMTPError {
        var error = SMTPError(ChannelError.closedByServer(after: nil), verb: "DATA")
        error.advice = .unsafe
        return error
    }

    private static func authentication() -> [SMTPError] {
        let failure = AuthenticationFailure(
            mechanism: .plain,
            offered: ["PLAIN", "LOGIN"],
            acceptable: ["PLAIN"],
            serverError: nil
        )
        let clear = TransportSecurity.none
        let secure = TransportSecurity(isEncrypted: true, isVerified: true)
        let outcomes: [AuthenticationOutcome] = [
            .rejected(reply(535, "5.7.8 Wrong"), toCommand: false, serverError: nil),
            .rejected(reply(454, "4.7.0 Try later"), toCommand: false, serverError: nil),
            .rejected(reply(504, "5.5.4 Unknown"), toCommand: true, serverError: nil),
            .unusable(.unusableCredentials("the user is empty")), .givenUp(.unavailable("there is no MD5 here")),
            .givenUp(.nonceMismatch), .tooManyChallenges, .disbelieved(.serverNotVerified),
            .unexpected(reply(250, "Hm")), .insecure, .transactionOpen,
        ]
        return outcomes.map { SMTPError($0, failure, secure) } + [
            .mechanismNotOffered(offered: [], acceptable: [.plain]),
            .mechanismNotOffered(offered: ["PLAIN", "LOGIN"], acceptable: [.oauthBearer, .xoauth2]),
            .credentialsInClear(clear), .credentialsInClear(TransportSecurity(isEncrypted: true, isVerified: false)),
            .credentialsNotProvided(CallersError()), .messagesFailed(CallersError()),
        ]
    }
}

extension ErrorSamples {
    private static func channel() -> [ChannelError] {
        let harmful = reply(250, "Hello\u{1B}[2J")
        let malformed = WireError(.malformedReply, in: .reply, octet: 0x1B, at: 3)
        return [
            .closedByServer(after: nil),
            .closedByServer(after: reply(421, "4.3.2 Bye")),
            .disconnected, .cancelled, .contentAbandoned, .upgradeAbandoned,
            .timedOut(.slowness(octetsPerSecond: 1024), after: .seconds(30)),
            .timedOut(.tlsHandshake, after: .seconds(120)),
            .timedOut(.greeting, after: .seconds(300)), .timedOut(.reply(to: "MAIL"), after: .seconds(300)),
            .timedOut(.dataTermination, after: .seconds(600)), .timedOut(.write, after: .seconds(180)),
            .timedOut(.overall, after: .seconds(60)),
            .protocolViolation(.malformedReply(malformed)), .protocolViolation(.unsolicitedReply(harmful)),
            .protocolViolation(.prematureReply), .protocolViolation(.bytesBeforeTLS(count: 7)),
            .protocolViolation(.unexpectedReply(harmful)), .protocolViolation(.tooManyUnclaimedReplies(limit: 64)),
            .misuse(.contentExpected), .misuse(.contentNotExpected), .misuse(.unclaimedReplies(count: 2)),
            .misuse(.mustBeLastInGroup(verb: "DATA")), .misuse(.emptyGroup), .misuse(.tlsExpected),
            .misuse(.tlsNotExpected), .misuse(.tooManyCommands(limit: 65_536)), .misuse(.noReplyAwaited),
            .misuse(.sendUnderWay), .misuse(.receiveUnderWay), .misuse(.streamEnded),
        ]
    }

    private static func transport() -> [TransportError] {
        [
            .hostNotFound(host: "mail.exa\u{1B}mple"),
            .nameResolutionFailed(host: "mail.example", reason: "no answer\r\nin time"),
            .connectFailed([
                ConnectFailure(address: "[2001:db8::1]:587", errno: ENETUNREACH),
                ConnectFailure(address: "192.0.2.1:587", errno: ECONNREFUSED),
            ]),
            .connectTimedOut(target: "mail.example:587", after: .seconds(60)),
            .invalidEndpoint("port 70000 is not from 1 to 65535"), .reset, .closed, .cancelled,
            .inputOutput(operation: "write", errno: EIO),
        ]
    }

    private static func sasl() -> [SASLError] {
        [
            .unusableCredentials("the user is empty"), .unavailable("there is no MD5 here"), .challengeNotBase64,
            .malformedChallenge(WireError(.incomplete, in: .saslMessage, at: 4)), .unexpectedChallenge, .nonceMismatch,
            .iterationCount(1, allowed: 4096...4_000_000), .serverSignatureMismatch, .serverNotVerified, .finishedEarly,
            .other("the ticket is stale\u{1B}"),
        ]
    }

    private static func tls() throws -> [TLSError] {
        let alert = TLSAlert(code: 40, direction: .received)
        let checks: [TLSVerificationFailure.Check] = [
            .presence, .trust, .selfSigned, .expired, .notYetValid, .name, .purpose, .pin, .signature, .strength,
            .other,
        ]
        var request = CertificateRequest("mail.example", "*.mail.example")
        request.commonName = "mail\u{1B}.example"
        let certificate = try CertificateAuthority().issue(request).certificate
        let failures = checks.map { check in
            TLSVerificationFailure(
                code: 1,
                expectedName: "mail.example.org",
                depth: 0,
                certificate: check == .presence ? nil : certificate,
                peerCertificates: check == .presence ? [] : [certificate],
                check: check
            )
        }
        let kinds: [TLSError.Kind] = [
            .noCommonVersion, .noCommonCipher, .refusedByPeer, .certificateRefusedByPeer, .protocolViolation,
            .peerSpokePlaintext(firstBytes: Array("220 mail\u{1B} ready\r\n".utf8)), .closedDuringHandshake, .truncated,
            .invalidServerName("a\u{1B}b"), .invalidOption(name: "cipher list", reason: "nothing is left of it"),
            .internalFailure,
        ]
        let files: [TLSError.Kind] =
            [.missing, .unreadable(errno: EACCES), .empty, .notPEM, .malformed, .noSource]
            .map { .trustUnusable(source: "\"ca.pem\"", $0) }
            + [.notPEM, .refused].map { .certificateUnusable(source: "\"cert.pem\"", $0) }
            + [.passphraseNeeded, .wrongPassphrase, .doesNotFit].map { .keyUnusable(source: "\"key.pem\"", $0) }
        return (failures.map { .verificationFailed($0) } + kinds).map {
            TLSError($0, in: $0 == .truncated ? .established : .handshake, alert: alert)
        }
            + files.map { TLSError($0, in: .configuration, details: ["error:0480006C:PEM routines::no start line"]) }
    }
}
