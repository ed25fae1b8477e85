import SMTPTesting
import Testing

@testable import SMTPTransport

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite("TLSConfiguration")
struct TLSConfigurationTests {
    private func kind(_ configuration: TLSConfiguration, _ role: TLSRole = .client(host: "mail.example")) -> TLSError
        .Kind?
    {
        do throws(TLSError) {
            try configuration.prepare(for: role)
            return nil
        } catch {
            #expect(error.phase == .configuration)
            #expect(!error.description.utf8.contains { $0 < 0x20 })
            return error.kind
        }
    }

    private func trusting(_ source: TLSTrustSource) -> TLSConfiguration {
        var configuration = TLSConfiguration()
        configuration.trust = [source]
        return configuration
    }

    private func showing(_ certificates: TLSIdentity.Source, _ key: TLSIdentity.Source) -> TLSConfiguration {
        var configuration = TLSConfiguration()
        configuration.identity = TLSIdentity(certificates: certificates, key: key)
        return configuration
    }

    @Test("A system without certificates stops nobody who only records what verification says")
    func noSystemTrust() async {
        // In a process of its own: the environment and the system's certificates belong to the whole of one.
        await #expect(processExitsWith: .success) {
            setenv("SSL_CERT_FILE", "/nonexistent/certificates.pem", 1)
            var dialogue = try TLSDialogue()
            dialogue.client = TLSConfiguration()
            let error = try dialogue.clientError()
            guard case .trustUnusable? = error?.kind else { exit(1) }
            guard error?.description.contains("SSL_CERT_FILE") == true else { exit(4) }
            dialogue.client.verification = .insecureRecordOnly
            let info = try dialogue.run(client: { $0.info }).client.get()
            guard case .failed(let failure) = info.verification else { exit(2) }
            exit(failure.check == .trust ? 0 : 3)
        }
    }

    @Test("Certificates to trust are read from files and folders, whatever they are called")
    func trustFromFiles() throws {
        let folder = try TemporaryFolder()
        let authority = try TestCertificates.authority.get()
        let other = try CertificateAuthority()
        let file = try folder.write(
            "bundle",
            Array("a comment\n".utf8) + other.certificatePEM + authority.certificatePEM
        )
        _ = try folder.write("README", Array("no certificate\n".utf8))
        mkdir("\(folder.path)/subfolder", 0o700)
        for source in [TLSTrustSource.file(file), .folder(folder.path)] {
            var dialogue = try TLSDialogue()
            dialogue.client.trust = [source]
            #expect(try dialogue.run { $0.security.isSecure }.client.get())
        }
    }

    @Test("A trust file that is missing, empty, no PEM or broken is told apart")
    func unusableTrust() throws {
        let folder = try TemporaryFolder()
        let empty = try folder.write("empty", [])
        let text = try folder.write("text", Array("hello\n".utf8))
        let key = try folder.write("key", try TestCertificates.server.get().keyPEM)
        let broken = try folder.write("broken", Self.brokenPEM)
        let missing = "\(folder.path)/missing\n"
        let files: [(String, TLSMaterialProblem)] = [
            (empty, .empty), (text, .notPEM), (key, .notPEM), (broken, .malformed), (missing, .missing),
            (folder.path, .unreadable(errno: EISDIR)), ("", .missing), ("a\0b", .missing),
            ("/dev/zero", .malformed),
        ]
        for (path, problem) in files {
            let expected = TLSError.Kind.trustUnusable(source: "file \(path.debugDescription)", problem)
            #expect(kind(trusting(.file(path))) == expected)
        }
        let bare = try TemporaryFolder()
        #expect(
            kind(trusting(.folder(bare.path)))
                == .trustUnusable(source: "folder \(bare.path.debugDescription)", .notPEM)
        )
        #expect(
            kind(trusting(.folder(missing))) == .trustUnusable(source: "folder \(missing.debugDescription)", .missing)
        )
        #expect(kind(trusting(.pem([]))) == .trustUnusable(source: "memory", .empty))
        #expect(kind(trusting(.certificates([]))) == .trustUnusable(source: "memory", .empty))
        var nobody = TLSConfiguration()
        nobody.trust = []
        #expect(kind(nobody) == .trustUnusable(source: "an empty list of sources", .noSource))
    }

    @Test("The unusable is asked for by nobody: no trust is read where none is needed")
    func trustNotNeeded() {
        var configuration = trusting(.file("/nonexistent"))
        configuration.verification = .insecureSkipVerification
        #expect(kind(configuration) == nil)
        configuration.verification = .insecureRecordOnly
        #expect(kind(configuration) != nil)
        configuration.pinning = .insteadOfChain([])
        #expect(kind(configuration) == nil)
    }

    @Test("A certificate or key that is missing, no PEM, broken or of another pair is told apart")
    func unusableIdentity() throws {
        let folder = try TemporaryFolder()
        let issued = try TestCertificates.server.get()
        let other = try CertificateAuthority.selfSigned(CertificateRequest("mail.example"))
        let certificate = TLSIdentity.Source.pem(issued.chainPEM)
        let missing = "\(folder.path)/missing"
        let text = Array("hello\n".utf8)
        let keys: [(TLSIdentity.Source, TLSMaterialProblem)] = [
            (.pem(other.keyPEM), .doesNotFit), (.file(missing), .missing), (.pem([]), .empty), (.pem(text), .notPEM),
            (certificate, .notPEM), (.pem(Self.brokenKey), .malformed),
        ]
        for (key, problem) in keys {
            #expect(
                kind(showing(certificate, key)) == .keyUnusable(source: key.description, problem),
                "\(problem)"
            )
        }
        let certificates: [(TLSIdentity.Source, TLSMaterialProblem)] = [
            (.file(missing), .missing), (.pem([]), .empty), (.pem(text), .notPEM), (.pem(issued.keyPEM), .notPEM),
            (.pem(Self.brokenPEM), .malformed),
        ]
        for (certificate, problem) in certificates {
            #expect(
                kind(showing(certificate, .pem(issued.keyPEM)))
                    == .certificateUnusable(source: certificate.description, problem)
            )
        }
        // The file may hold both, in either order.
        #expect(kind(showing(.pem(issued.keyPEM + issued.chainPEM), .pem(issued.chainPEM + issued.keyPEM))) == nil)
    }

    @Test("An encrypted key needs its passphrase, which is asked for once and never on a terminal")
    func encryptedKey() throws {
        let issued = try TestCertificates.server.get()
        let key = TLSIdentity.Source.pem(try issued.encryptedKeyPEM(Array("secret".utf8)))
        let asked = Counter()
        func kind(_ passphrase: String?) -> TLSError.Kind? {
            var configuration = TLSConfiguration()
            configuration.identity = TLSIdentity(certificates: .pem(issued.chainPEM), key: key) {
                asked.increment()
                return passphrase.map { Array($0.utf8) }
            }
            return self.kind(configuration)
        }
        #expect(kind("secret") == nil)
        #expect(asked.value == 1)
        #expect(kind("Secret") == .keyUnusable(source: key.description, .wrongPassphrase))
        #expect(kind("") == .keyUnusable(source: key.description, .wrongPassphrase))
        #expect(kind(String(repeating: "x", count: 5000)) == .keyUnusable(source: key.description, .passphraseNeeded))
        #expect(kind(nil) == .keyUnusable(source: key.description, .passphraseNeeded))
        #expect(
            self.kind(showing(.pem(issued.chainPEM), key)) == .keyUnusable(source: key.description, .passphraseNeeded)
        )
    }

    @Test("Options that cannot be met are refused before a connection is made")
    func options() throws {
        func name(_ change: (inout TLSConfiguration) -> Void) throws -> String? {
            var configuration = try TestCertificates.client()
            change(&configuration)
            guard case .invalidOption(let name, _)? = kind(configuration) else { return nil }
            return name
        }
        #expect(try name { $0.cipherList = "NO-SUCH-CIPHER" } == "cipherList")
        #expect(try name { $0.cipherSuites = "TLS_NO_SUCH_SUITE" } == "cipherSuites")
        #expect(try name { ($0.minimumVersion, $0.maximumVersion) = (.tls13, .tls12) } == "maximumVersion")
        #expect(try name { $0.dangerousKeyLogFile = "/nonexistent/keys" } == "dangerousKeyLogFile")
        #expect(
            kind(TLSConfiguration(), .server)
                == .invalidOption(
                    name: "identity",
                    reason: "a server needs a certificate to show"
                )
        )
    }

    @Test(
        "A host that no certificate could be for is refused",
        arguments: [
            "", ".", "a..b", ".a", "a b", "a\r\nb", "a\0", "a/b", "1.2.3", "1.2.3.4.5", "256.1.1.1", "*.example",
            String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a", "ü b",
        ]
    )
    func invalidHost(host: String) throws {
        var configuration = try TestCertificates.client()
        #expect(kind(configuration, .client(host: host)) == .invalidServerName(host))
        configuration.serverName = "mail.example"
        #expect(kind(configuration, .client(host: host)) == nil)
        configuration.serverName = nil
        configuration.verification = .insecureSkipVerification
        #expect(kind(configuration, .client(host: host)) == nil)
    }

    @Test("Copies share the context and its sessions; a changed option starts afresh")
    func sharing() throws {
        let configuration = try TestCertificates.client()
        var copy = configuration
        let role = TLSRole.client(host: "mail.example")
        let context = try configuration.contexts.context(for: role, configuration)
        #expect(try copy.contexts.context(for: role, copy) === context)
        copy.verification = .insecureRecordOnly
        #expect(try copy.contexts.context(for: role, copy) !== context)
        #expect(try configuration.contexts.context(for: role, configuration) === context)
        #expect(TLSConfiguration().contexts === TLSConfiguration().contexts)
    }

    @Test("An initialiser of somebody's extension changes nothing in other configurations")
    func extensionInitializer() throws {
        let lax = TLSConfiguration(skippingVerification: true)
        #expect(lax.contexts !== TLSConfiguration().contexts)
        #expect(try lax.contexts.context(for: .client(host: "x"), lax).verification == .insecureSkipVerification)
    }

    @Test("No description or dump of a configuration shows a key")
    func noKeyShown() throws {
        var configuration = TLSConfiguration()
        configuration.identity = try TestCertificates.server.get().identity
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [dumped, "\(configuration)", String(reflecting: configuration)] {
            let key = try TestCertificates.server.get().keyPEM
            #expect(!text.contains("\(key[0]), \(key[1]), \(key[2])"))
            #expect(!text.contains("PRIVATE"))
        }
    }

    private static let brokenPEM = Array(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8
    )
    private static let brokenKey = Array("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".utf8)
}

/// A folder that goes away with its test.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/swift-smtp-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
        path = String(cString: try #require(made))
    }

    deinit {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if unlink("\(path)/\(name)") != 0 { rmdir("\(path)/\(name)") }
            }
            closedir(folder)
        }
        rmdir(path)
    }

    /// Makes a file and returns its path.
    func write(_ name: String, _ contents: [UInt8]) throws -> String {
        let file = try #require(fopen("\(path)/\(name)", "w"))
        defer { fclose(file) }
        try #require(fwrite(contents, 1, contents.count, file) == contents.count)
        return "\(path)/\(name)"
    }

    /// The permissions of a file.
    static func mode(of path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt32(status.st_mode) & 0o777 : nil
    }

    /// The contents of a file.
    func read(_ name: String) -> String? {
        (try? TLSMaterial.contents(ofFile: "\(path)/\(name)")).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension TLSConfiguration {
    fileprivate init(skippingVerification skips: Bool) {
        self.init()
        // Nothing is asked of the system, which may have no certificates.
        trust = [.certificates([])]
        if skips { verification = .insecureSkipVerification }
    }
}
