import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import TestSupport
import Testing

@testable import SMTPClient

/// TLS of a connection, over the pipe and without a socket: what is sent in clear, and what never is.
@Suite("SMTPConnection: TLS")
struct TLSConnectionTests {
    private static let authority = Result { try CertificateAuthority() }

    private static func server(_ names: String = "mail.example", isImplicit: Bool = false) throws -> SinkConfiguration {
        var tls = TLSConfiguration()
        var request = CertificateRequest(names)
        request.commonName = names
        tls.identity = try authority.get().issue(request).identity
        var configuration = SinkConfiguration()
        configuration.keywords.append("STARTTLS")
        configuration.tls = SinkTLS(tls)
        configuration.tls?.isImplicit = isImplicit
        return configuration
    }

    private static func trusting() throws -> TLSConfiguration {
        var tls = TLSConfiguration()
        tls.trust = [try authority.get().trust]
        return tls
    }

    /// Sends a message to a sink that is `mail.example`, and returns the error if it failed.
    private func deliver(
        to configuration: SinkConfiguration,
        _ security: ConnectionSecurity,
        fragmentation: PipeOptions.Fragmentation = .whole
    ) throws -> (sink: MailSink, error: SMTPError?, security: TransportSecurity?) {
        let executor = DeterministicExecutor()
        let sink = MailSink(configuration)
        let (error, protection) = try executor.run { () -> (SMTPError?, TransportSecurity?) in
            var options = PipeOptions()
            options.fragmentation = fragmentation
            let transport = sink.connect(on: executor, outward: options, homeward: options)
            var protection: TransportSecurity?
            var failure: SMTPError?
            do throws(SMTPError) {
                let connection = try await SMTPConnection.open(
                    over: transport,
                    host: "mail.example",
                    configuration: SMTPConfiguration(security: security)
                )
                do throws(SMTPError) {
                    try await connection.send("Subject: x\n\nsecret\n", from: "", to: ["postmaster"])
                } catch {
                    failure = error
                }
                protection = connection.channel.state.security
                await connection.quit()
            } catch {
                failure = error
            }
            await sink.stop()
            return (failure, protection)
        }
        return (sink, error, protection)
    }

    @Test("STARTTLS: hello, TLS, hello again, and the message under TLS", arguments: allFragmentations)
    func startTLS(fragmentation: PipeOptions.Fragmentation) throws {
        let (sink, error, security) = try deliver(
            to: try Self.server(),
            .startTLS(try Self.trusting()),
            fragmentation: fragmentation
        )
        #expect(error == nil)
        #expect(security?.isSecure == true)
        #expect(sink.messages.map(\.text) == ["Subject: x\r\n\r\nsecret\r\n"])
        let session = try #require(sink.sessions.first)
        #expect(session.commands.prefix(3) == ["EHLO localhost", "STARTTLS", "EHLO localhost"])
        #expect(session.commands.last == "QUIT")
    }

    @Test("TLS from the first byte", arguments: allFragmentations)
    func implicit(fragmentation: PipeOptions.Fragmentation) throws {
        let (sink, error, security) = try deliver(
            to: try Self.server(isImplicit: true),
            .implicitTLS(try Self.trusting()),
            fragmentation: fragmentation
        )
        #expect(error == nil)
        #expect(security?.isSecure == true)
        #expect(sink.messages.count == 1)
    }

    @Test(
        "STARTTLS that is required and not offered, or refused: nothing follows but QUIT",
        arguments: [nil, 454, 554]
    )
    func withoutTLS(code: Int?) throws {
        let (error, received) = try plainly(
            offering: code == nil ? [] : ["STARTTLS"],
            replies: code.map { [("STARTTLS", "\($0) not now")] } ?? [],
            .startTLS(try Self.trusting())
        )
        #expect(error?.kind == (code == nil ? .notOffered : .refused))
        #expect(error?.reply?.code.rawValue == code.map { UInt16($0) })
        #expect(received == "EHLO localhost\r\n" + (code == nil ? "" : "STARTTLS\r\n") + "QUIT\r\n")
    }

    @Test(
        "Opportunistic: a server that does not offer STARTTLS, or refuses it, gets the mail in clear",
        arguments: [nil, 454]
    )
    func opportunistic(code: Int?) throws {
        let (error, received) = try plainly(
            offering: code == nil ? [] : ["STARTTLS"],
            replies: code.map { [("STARTTLS", "\($0) not now")] } ?? [],
            .insecureStartTLSIfOffered
        )
        #expect(error == nil)
        #expect(received.contains("secret"))
    }

    @Test("Opportunistic: a certificate that cannot be verified is recorded and stops nothing")
    func unverified() throws {
        let (sink, error, security) = try deliver(to: try Self.server("other.example"), .insecureStartTLSIfOffered)
        #expect(error == nil)
        #expect(sink.messages.count == 1)
        #expect(security == TransportSecurity(isEncrypted: true, isVerified: false))
    }

    @Test("A certificate for another host, or of nobody known, ends the connection before any mail")
    func wrongCertificate() throws {
        for (configuration, tls) in [
            (try Self.server("other.example"), try Self.trusting()), (try Self.server(), TLSConfiguration()),
        ] {
            let (sink, error, security) = try deliver(to: configuration, .startTLS(tls))
            #expect(error?.kind == .tls)
            guard case .transport(.tls(let cause))? = error?.underlying as? ChannelError,
                case .verificationFailed = cause.kind
            else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(security?.isEncrypted == false)
            #expect(sink.messages.isEmpty)
            #expect(sink.sessions.first?.commands == ["EHLO localhost", "STARTTLS"])
        }
    }

    @Test(
        "Bytes behind the 220 are never read as a reply",
        arguments: ["250 ok", "220 hello\n250-x\n250 AUTH PLAIN", "2"]
    )
    func injection(text: String) throws {
        let (error, received) = try plainly(
            offering: ["STARTTLS"],
            replies: [("STARTTLS", "220 go\n\(text)")],
            .startTLS(try Self.trusting())
        )
        #expect(error?.kind == .protocolViolation)
        guard case .protocolViolation(.bytesBeforeTLS(let count))? = error?.underlying as? ChannelError else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(count > 0)
        #expect(received == "EHLO localhost\r\nSTARTTLS\r\n")
    }

    @Test("A server that speaks plaintext where TLS is expected is said to do so")
    func plaintextOnImplicitPort() throws {
        let (error, received) = try plainly(offering: [], replies: [], .implicitTLS(try Self.trusting()))
        #expect(error?.kind == .protocolViolation)
        #expect(error?.suggestion.contains(".startTLS") == true)
        #expect(!received.contains("EHLO"))
    }

    @Test("A server that goes on in clear behind its 220 is not taken for one without STARTTLS")
    func plaintextAfterStartTLS() throws {
        let (_, received) = try dialogue(
            server: { peer in
                try await peer.say("220 ready")
                try await peer.answer("250-server\n250 STARTTLS")
                try await peer.answer("220 go")
                _ = try await peer.octets(1)
                try await peer.say("500 what?")
            },
            client: { transport in
                let connection = try await SMTPConnection.open(
                    over: transport,
                    configuration: SMTPConfiguration(security: .startTLS)
                )
                let error = await smtpError { () async throws(SMTPError) in try await connection.prepare() }
                #expect(error?.kind == .protocolViolation && error?.verb == "STARTTLS")
                #expect(error?.suggestion.contains("went on without it") == true)
                #expect(error?.message.contains("500 what?") == true)
            }
        )
        #expect(!received.contains("QUIT"))
    }

    @Test("What is known of TLS is told though no connection came about")
    func noGreetingUnderTLS() throws {
        for greeting in [SinkReply.reply(554, "no service"), .reply(421, "busy"), .close] {
            var server = try Self.server(isImplicit: true)
            server.script.on(.connection, greeting)
            let error = try deliver(to: server, .implicitTLS(try Self.trusting())).error
            #expect(error != nil && error?.tls?.verification == .passed)
            #expect(error?.tls?.peerCertificates.isEmpty == false)
        }
        let error = try deliver(to: try Self.server(), .implicitTLS(try Self.trusting())).error
        #expect(error != nil && error?.tls == nil)
    }

    @Test("A handshake that stalls ends after its time, in clear nothing follows")
    func stalledHandshake() throws {
        let (_, received) = try dialogue(
            server: { peer in
                try await peer.say("220 ready")
                try await peer.answer("250-server\n250 STARTTLS")
                try await peer.answer("220 go")
                while !(try await peer.octets(1)).isEmpty {}
            },
            client: { transport in
                let connection = try await SMTPConnection.open(
                    over: transport,
                    configuration: SMTPConfiguration(security: .startTLS)
                )
                let start = transport.executor.now
                let error = await smtpError { () async throws(SMTPError) in try await connection.prepare() }
                #expect(error?.kind == .timeout)
                #expect(start.duration(to: transport.executor.now) == .seconds(120))
                #expect(!connection.channel.state.isOpen)
            }
        )
        #expect(received.hasPrefix("EHLO localhost\r\nSTARTTLS\r\n") && !received.contains("QUIT"))
    }

    @Test("At the low level the 220 comes first, and after it nothing but the handshake")
    func misuse() throws {
        try session(
            server: { try await $0.serve(["STARTTLS"], replies: [("STARTTLS", "220 go")]) },
            client: { channel in
                let early = await channelError { () async throws(ChannelError) in
                    try await channel.upgradeToTLS(host: "mail.example")
                }
                #expect(early == .misuse(.tlsNotExpected))
                let reply = try await channel.startTLS()
                #expect(reply.code == 220)
                let late = await channelError { () async throws(ChannelError) in _ = try await channel.noop() }
                #expect(late == .misuse(.tlsExpected))
                let unread = await channel.unreadByteCount
                #expect(unread == 0)
            }
        )
    }

    /// Sends to a server that knows no TLS, and returns the error with all that it was sent.
    private func plainly(
        offering keywords: [String],
        replies: [(line: String, reply: String)],
        _ security: ConnectionSecurity
    ) throws -> (error: SMTPError?, received: String) {
        let (error, received) = try dialogue(
            server: { peer in
                try await peer.say("220 ready")
                try await peer.serve(keywords, replies: replies)
            },
            client: { transport in
                await smtpError { () async throws(SMTPError) in
                    let connection = try await SMTPConnection.open(
                        over: transport,
                        configuration: SMTPConfiguration(security: security)
                    )
                    do throws(SMTPError) {
                        try await connection.send("Subject: x\n\nsecret\n", from: "", to: ["postmaster"])
                    } catch {
                        await connection.quit()
                        throw error
                    }
                    await connection.quit()
                }
            }
        )
        return (error, received)
    }
}

/// What `body` throws.
private func smtpError(_ body: () async throws(SMTPError) -> Void) async -> SMTPError? {
    do throws(SMTPError) {
        try await body()
        return nil
    } catch {
        return error
    }
}
