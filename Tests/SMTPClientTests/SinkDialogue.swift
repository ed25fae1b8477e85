import SMTPTesting
import SMTPTransport

@testable import SMTPClient

/// Runs a client against a sink in memory, single-threaded and in virtual time.
///
/// Returns what the client returned, and the sink with all it has seen. Whatever the server says is judged by the client
/// alone: it is opened, used as `client` says, and quits.
func converse<Value: Sendable>(
    _ server: SinkConfiguration,
    fragmentation: PipeOptions.Fragmentation = .whole,
    _ change: (inout SMTPConfiguration) -> Void = { _ in },
    client: @escaping @Sendable (SMTPConnection) async throws -> Value
) throws -> (value: Value, sink: MailSink) {
    let executor = DeterministicExecutor()
    let sink = MailSink(server)
    var configuration = SMTPConfiguration(security: .insecurePlain)
    change(&configuration)
    let value = try executor.run { [configuration] in
        var options = PipeOptions()
        options.fragmentation = fragmentation
        let transport = sink.connect(on: executor, outward: options, homeward: options)
        let connection = try await SMTPConnection.open(
            over: transport,
            host: "mail.example",
            configuration: configuration
        )
        let value = try await client(connection)
        await connection.quit()
        await sink.stop()
        return value
    }
    return (value, sink)
}

extension SinkConfiguration {
    /// A server that offers these keywords and insists on all rules of the protocol.
    init(offering keywords: [String]) {
        self.init()
        self.keywords = keywords
        enforcement = .strict
    }

    /// Adds STARTTLS, with a certificate for `mail.example`, behind which `keywords` are offered.
    mutating func offerTLS(_ authority: CertificateAuthority, thenOffering keywords: [String]) throws {
        var tls = TLSConfiguration()
        tls.identity = try authority.issue(CertificateRequest("mail.example")).identity
        self.keywords = ["STARTTLS"]
        keywordsAfterTLS = keywords
        self.tls = SinkTLS(tls)
    }
}

extension TLSConfiguration {
    /// Trusts `authority` alone.
    init(trusting authority: CertificateAuthority) {
        self.init()
        trust = [authority.trust]
    }
}
