import SMTPSession
import SMTPTesting
import SMTPTransport
import SMTPWire
import Testing

@testable import SMTPClient

/// An authentication under STARTTLS between a client and a sink, in memory and in virtual time.
struct TLSAuthenticationRun: Sendable {
    /// The server's mechanisms, and those it offers.
    var mechanisms: [SinkMechanism] = []
    var offered = ""

    var version = TLSVersion.tls13
    var fragmentation = PipeOptions.Fragmentation.whole

    /// The key of the server's certificate, and of the authority's.
    var key = CertificateRequest.Key.ecdsa

    /// The types of channel binding that the client makes use of; `nil` for what the connection has.
    var usableTypes: Set<String>?

    /// What the client verifies, and whether it trusts the server's authority.
    var verification = TLSVerificationMode.required
    var isTrusted = true
    var options = AuthenticationOptions()

    /// Whom the client's certificate is for; `nil` for none.
    var clientName: String?
    var clientCertificates = TLSClientCertificates.notRequested

    struct Result: Sendable {
        var mechanism: AuthenticationMechanism?
        var error: SMTPError?
        var session: SinkSession

        /// What the first message of each SCRAM exchange says of channel binding.
        var flags: [String] {
            session.commands.filter { $0.hasPrefix("AUTH SCRAM") }.compactMap { line in
                line.split(separator: " ").last.map { decoded(String($0)) }?.split(separator: ",").first.map(
                    String.init
                )
            }
        }
    }

    /// Runs it, and searches all that is told of it for the canary: transcript, errors, descriptions and dumps.
    func authenticate(_ credentials: Credentials) throws -> Result {
        let authority = try CertificateAuthority(key: key)
        let sink = MailSink(try serverConfiguration(authority))
        let transcript = Collected()
        var configuration = try clientConfiguration(authority)
        configuration.credentials = credentials
        configuration.channel.transcript = TranscriptObserver { transcript.add($0.description) }
        let executor = DeterministicExecutor()
        let (mechanism, error) = try executor.run { [configuration] in
            var options = PipeOptions()
            options.fragmentation = fragmentation
            let transport = sink.connect(on: executor, outward: options, homeward: options)
            let connection = try await SMTPConnection.open(
                over: transport,
                host: "mail.example",
                configuration: configuration
            )
            let outcome = await attempt(credentials, connection)
            expectNoCanary(in: texts(of: connection) + texts(of: connection.channel.state))
            await connection.quit()
            await sink.stop()
            return outcome
        }
        expectNoCanary(in: transcript.all + texts(of: configuration) + texts(of: credentials))
        if let error { expectNoCanary(in: texts(of: error)) }
        return Result(mechanism: mechanism, error: error, session: try #require(sink.sessions.first))
    }

    private func attempt(
        _ credentials: Credentials,
        _ connection: SMTPConnection
    ) async -> (AuthenticationMechanism?, SMTPError?) {
        do throws(SMTPError) {
            try await connection.startTLS()
            let mechanism = try await connection.authenticate(
                credentials,
                options: options,
                channelBindings: usableTypes.map { ChannelBindings(connection.channel.state.tls).only($0) }
            )
            return (mechanism, nil)
        } catch {
            return (nil, error)
        }
    }

    private func serverConfiguration(_ authority: CertificateAuthority) throws -> SinkConfiguration {
        var tls = TLSConfiguration()
        tls.identity = try authority.issue(CertificateRequest("mail.example")).identity
        tls.clientCertificates = clientCertificates
        tls.trust = [authority.trust]
        var configuration = SinkConfiguration()
        configuration.enforcement = [.strict, .encryption]
        configuration.keywords = ["STARTTLS"]
        configuration.keywordsAfterTLS = ["AUTH \(offered)"]
        configuration.mechanisms = mechanisms
        configuration.tls = SinkTLS(tls)
        return configuration
    }

    private func clientConfiguration(_ authority: CertificateAuthority) throws -> SMTPConfiguration {
        var tls = TLSConfiguration()
        tls.trust = [isTrusted ? authority.trust : try CertificateAuthority().trust]
        tls.verification = verification
        tls.maximumVersion = version
        if let clientName {
            var request = CertificateRequest(clientName)
            request.purpose = .client
            tls.identity = try authority.issue(request).identity
        }
        return SMTPConfiguration(security: .startTLS(tls))
    }
}

extension ChannelBindings {
    /// Those of these types alone.
    fileprivate func only(_ types: Set<String>) -> ChannelBindings {
        ChannelBindings(
            exporter: types.contains("tls-exporter") ? exporter : nil,
            serverEndPoint: types.contains("tls-server-end-point") ? serverEndPoint : nil
        )
    }
}
