import Foundation
import SMTPTesting
import SMTPTransport
import Testing
import ToolSupport
import ToolTesting

@testable import ProbeTool

/// One run of the tool, in this process, and all that came of it.
struct ProbeRun {
    let exitCode: Int32
    let output: String
    let errors: String

    init(_ arguments: [String]) async throws {
        let (input, output, errors) = (try ScratchFile(), try ScratchFile(), try ScratchFile())
        let streams = StandardStreams(
            input: input.descriptor,
            output: output.descriptor,
            error: errors.descriptor
        )
        exitCode = await ProbeTool.run(arguments, streams).rawValue
        self.output = try output.text()
        self.errors = try errors.text()
        #expect(self.output.isHarmless && self.errors.isHarmless)
    }

    /// Runs the tool against a server of ours, which is to be `mail.example` and whose authority is trusted.
    init(_ options: [String] = [], at sink: MailSink) async throws {
        let folder = try ScratchFolder()
        let authority = try folder.file("ca.pem", try TestServer.authority.get().certificatePEM)
        let plain = options.contains("plain")
        try await self.init(
            ["127.0.0.1:\(sink.port)"] + (plain ? [] : ["--ca-file", authority, "--server-name", "mail.example"])
                + options
        )
    }

    /// The outcome as JSON, checked for its form: one line, every key, and nothing else on standard output.
    func report(sourceLocation: SourceLocation = #_sourceLocation) throws -> Report {
        #expect(output.last == "\n" && output.count { $0 == "\n" } == 1, sourceLocation: sourceLocation)
        #expect(output.unicodeScalars.allSatisfy { $0.isASCII }, sourceLocation: sourceLocation)
        #expect(errors.isEmpty, sourceLocation: sourceLocation)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        let keys: Set = [
            "ok", "server", "address", "security", "greeting", "extensionsInClear", "tls", "extensionsUnderTLS",
            "answers", "error",
        ]
        #expect(Set(object.keys) == keys, sourceLocation: sourceLocation)
        let report = try JSONDecoder().decode(Report.self, from: Data(output.utf8))
        #expect(report.ok == (exitCode == 0) && report.ok == (report.error == nil), sourceLocation: sourceLocation)
        return report
    }
}

/// The JSON, as a program reads it.
struct Report: Decodable {
    struct Greeting: Decodable {
        let code: Int
        let text: [String]
    }

    struct Extension: Decodable {
        let keyword: String
        let parameters: [String]
    }

    struct Protection: Decodable {
        let version: String
        let cipher: String
        let serverName: String?
        let isVerified: Bool
        let failedCheck: String?
        let reason: String?
        let failedCertificate: Int?
        let isForName: Bool?
        let certificates: [Certificate]
    }

    struct Certificate: Decodable {
        let subject: String
        let issuer: String
        let names: [String]
        let notBefore: String
        let notAfter: String
        let key: String
        let signature: String
        let serial: String
        let sha256: String
        let publicKeySHA256: String
        let pem: String?
    }

    struct Answer: Decodable {
        struct Mailbox: Decodable, Equatable {
            let name: String?
            let address: String
        }

        let command: String
        let code: Int
        let enhanced: String?
        let text: [String]
        let mailboxes: [Mailbox]
    }

    struct Failure: Decodable {
        let kind: String
        let code: Int?
        let command: String?
        let message: String
    }

    let ok: Bool
    let server: String?
    let address: String?
    let security: String?
    let greeting: Greeting?
    let extensionsInClear: [Extension]?
    let tls: Protection?
    let extensionsUnderTLS: [Extension]?
    let answers: [Answer]
    let error: Failure?
}

/// Servers with the certificates of an authority made for this process.
enum TestServer {
    static let authority = Result { () throws(CertificateError) in try CertificateAuthority() }

    /// A server that shows a good certificate for `mail.example`.
    static func good(isImplicit: Bool = false) throws -> SinkConfiguration {
        try showing(try authority.get().issue(CertificateRequest("mail.example")).identity, isImplicit: isImplicit)
    }

    static func showing(
        _ identity: TLSIdentity,
        isImplicit: Bool = false,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> SinkConfiguration {
        var tls = TLSConfiguration()
        tls.identity = identity
        change(&tls)
        var configuration = SinkConfiguration()
        configuration.keywords = ["PIPELINING", "SIZE 1000", "STARTTLS"]
        configuration.tls = SinkTLS(tls)
        configuration.tls?.isImplicit = isImplicit
        return configuration
    }
}
