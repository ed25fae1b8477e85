import SMTPTesting
import Testing

@testable import SMTPTransport

/// Certificates that many tests use, made once for the process.
enum TestCertificates {
    static let authority = Result { () throws(CertificateError) in try CertificateAuthority() }
    static let server = Result { try authority.get().issue(CertificateRequest("mail.example")) }

    /// A client that trusts the authority.
    static func client() throws -> TLSConfiguration {
        var configuration = TLSConfiguration()
        configuration.trust = [try authority.get().trust]
        return configuration
    }

    /// A server that shows a certificate for `mail.example`.
    static func serving() throws -> TLSConfiguration {
        var configuration = TLSConfiguration()
        configuration.identity = try server.get().identity
        return configuration
    }
}

/// The two sides of a TLS connection in memory, single-threaded and in virtual time.
struct TLSDialogue {
    var client: TLSConfiguration
    var server: TLSConfiguration
    var host = "mail.example"
    var fragmentation = PipeOptions.Fragmentation.whole
    var capacity = 65_536

    init() throws {
        client = try TestCertificates.client()
        server = try TestCertificates.serving()
    }

    /// Runs both sides until each is done, and returns what became of them.
    ///
    /// Each side begins with the handshake. Its transport is closed when its part has ended.
    func run<Value: Sendable>(
        server serve: @escaping @Sendable (TLSTransport) async throws -> Void = { _ in },
        client converse: @escaping @Sendable (TLSTransport) async throws -> Value
    ) throws -> (client: Result<Value, any Error>, server: Result<TLSInfo, any Error>) {
        let executor = DeterministicExecutor()
        return try executor.run {
            var options = PipeOptions()
            options.fragmentation = fragmentation
            options.capacity = capacity
            let (near, far) = PipeTransport.pair(executor, outward: options, homeward: options)
            let serving = Task(executorPreference: executor) {
                try await Self.part(far, .server, server) { transport in
                    try await serve(transport)
                    return transport.info
                }
            }
            let conversing = Task(executorPreference: executor) {
                try await Self.part(near, .client(host: host), client, converse)
            }
            return (await conversing.result, await serving.result)
        }
    }

    private static func part<Value>(
        _ transport: PipeTransport,
        _ role: TLSRole,
        _ configuration: TLSConfiguration,
        _ body: (TLSTransport) async throws -> Value
    ) async throws -> Value {
        let tls = try await TLSTransport.handshake(over: transport, as: role, configuration: configuration)
        defer { tls.close(.closed) }
        let value = try await body(tls)
        // Who leaves first would reset what the other is still writing, such as tickets.
        try? await tls.shutdownWrite()
        _ = try? await tls.readAll()
        return value
    }

    /// The error that the client meets; `nil` if there is none.
    func clientError() throws -> TLSError? {
        switch try run(client: { _ in }).client {
        case .success: nil
        case .failure(let error): error.asTLS
        }
    }
}

extension Error {
    /// The error of TLS that this is, if it is one.
    var asTLS: TLSError? {
        guard let error = self as? TransportError, case .tls(let tls) = error else { return nil }
        return tls
    }
}

let allFragmentations: [PipeOptions.Fragmentation] = [.whole, .byByte, .random(seed: 42)]
