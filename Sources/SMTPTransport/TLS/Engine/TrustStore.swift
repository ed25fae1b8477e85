internal import COpenSSL
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// The trusted certificates of a configuration, as OpenSSL keeps them; never changed once it is built.
final class TrustStore: @unchecked Sendable {
    // OpenSSL locks the store itself.
    let store: OpaquePointer

    private init() throws(TLSError) {
        guard let store = X509_STORE_new() else { throw TLSError(.internalFailure, in: .configuration) }
        self.store = store
    }

    deinit {
        X509_STORE_free(store)
    }

    /// The store of a configuration's sources; that of the system alone is shared by the whole process.
    static func of(_ configuration: TLSConfiguration) throws(TLSError) -> TrustStore {
        do throws(TLSError) {
            return try of(configuration.trust)
        } catch {
            // Where a failed verification stops nothing, neither must a system that has nothing to verify by.
            guard configuration.verification == .insecureRecordOnly, configuration.trust == [.system],
                case .trustUnusable = error.kind
            else { throw error }
            return try TrustStore()
        }
    }

    private static func of(_ sources: [TLSTrustSource]) throws(TLSError) -> TrustStore {
        guard !sources.isEmpty else {
            throw TLSError(.trustUnusable(source: "an empty list of sources", .noSource), in: .configuration)
        }
        if sources == [.system] { return try system() }
        let trust = try TrustStore()
        for source in sources { try trust.add(source) }
        return trust
    }

    private func add(_ source: TLSTrustSource) throws(TLSError) {
        switch source {
        case .system:
            let system = try Self.system()
            let all = X509_STORE_get1_all_certs(system.store)
            defer { CertificateStack.free(all) }
            add(CertificateStack.readers(all))
        case .file(let path):
            try addPEM("file \(SafeText.quoted(path))") { () throws(TLSMaterial.Failure) in
                try TLSMaterial.contents(ofFile: path)
            }
        case .pem(let text):
            try addPEM("memory") { text }
        case .folder(let path):
            try addFolder(path)
        case .certificates(let certificates):
            guard !certificates.isEmpty else {
                throw TLSError(.trustUnusable(source: "memory", .empty), in: .configuration)
            }
            add(certificates.compactMap { X509Reader($0.der) })
        }
    }

    private func add(_ certificates: [X509Reader]) {
        for certificate in certificates { X509_STORE_add_cert(store, certificate.certificate) }
    }

    private func addPEM(
        _ source: String,
        _ read: () throws(TLSMaterial.Failure) -> [UInt8]
    ) throws(TLSError) {
        do throws(TLSMaterial.Failure) {
            add(try TLSMaterial.certificates(inPEM: try read()))
        } catch {
            throw TLSError(
                .trustUnusable(source: source, error.problem),
                in: .configuration,
                details: error.entries.map(\.text)
            )
        }
    }

    private func addFolder(_ path: String) throws(TLSError) {
        let source = "folder \(SafeText.quoted(path))"
        guard let folder = opendir(path) else {
            let problem: TLSMaterialProblem = errno == ENOENT ? .missing : .unreadable(errno: errno)
            throw TLSError(.trustUnusable(source: source, problem), in: .configuration)
        }
        defer { closedir(folder) }
        var isEmpty = true
        while let entry = readdir(folder) {
            let file = "\(path)/\(Self.name(of: entry))"
            var status = stat()
            // Only plain files, as reading a pipe would wait for its other end.
            guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            guard let text = try? TLSMaterial.contents(ofFile: file),
                let certificates = try? TLSMaterial.certificates(inPEM: text, skipsBroken: true)
            else { continue }
            isEmpty = false
            add(certificates)
        }
        if isEmpty { throw TLSError(.trustUnusable(source: source, .notPEM), in: .configuration) }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) {
                String(cString: $0)
            }
        }
    }
}

extension TrustStore {
    private static let sharedSystem = Mutex<TrustStore?>(nil)

    /// Where distributions keep the certificates they trust, in one file.
    private static let systemFiles = [
        "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Alpine, Arch
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
        "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, RHEL before
        "/etc/ssl/ca-bundle.pem",  // openSUSE
        "/etc/ssl/cert.pem",  // macOS, Alpine, BSD
        "/opt/homebrew/etc/openssl@3/cert.pem",  // Homebrew on Apple silicon
        "/usr/local/etc/openssl@3/cert.pem",  // Homebrew on Intel
    ]

    /// The certificates the system trusts, read once; a failure is not kept, as the file may be installed later.
    private static func system() throws(TLSError) -> TrustStore {
        try sharedSystem.withLock { shared throws(TLSError) in
            if let shared { return shared }
            let store = try loadSystem()
            shared = store
            return store
        }
    }

    private static func loadSystem() throws(TLSError) -> TrustStore {
        let trust = try TrustStore()
        // What the environment names is what a person wants; not so if it belongs to another user.
        if let file = environment(X509_get_default_cert_file_env()) {
            try trust.add(.file(file), namedBy: X509_get_default_cert_file_env())
            return trust
        }
        if let folder = environment(X509_get_default_cert_dir_env()) {
            try trust.add(.folder(folder), namedBy: X509_get_default_cert_dir_env())
            return trust
        }
        let own = X509_get_default_cert_file().map { [String(cString: $0)] } ?? []
        for path in systemFiles + own {
            guard let text = try? TLSMaterial.contents(ofFile: path),
                let certificates = try? TLSMaterial.certificates(inPEM: text, skipsBroken: true)
            else { continue }
            trust.add(certificates)
            return trust
        }
        if let folder = X509_get_default_cert_dir(), (try? trust.addFolder(String(cString: folder))) != nil {
            return trust
        }
        throw TLSError(.trustUnusable(source: "the system", .noSource), in: .configuration)
    }

    /// Adds a source that a variable of the environment names, which an error says too: nobody may remember having set it.
    private func add(_ source: TLSTrustSource, namedBy variable: UnsafePointer<CChar>?) throws(TLSError) {
        do throws(TLSError) {
            try add(source)
        } catch {
            guard case .trustUnusable(let source, let problem) = error.kind, let variable else { throw error }
            let named = "\(source) (\(String(cString: variable)) in the environment)"
            throw TLSError(.trustUnusable(source: named, problem), in: error.phase, details: error.details)
        }
    }

    private static func environment(_ name: UnsafePointer<CChar>?) -> String? {
        guard let name, getuid() == geteuid(), getgid() == getegid(), let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}

/// OpenSSL's lists of certificates.
enum CertificateStack {
    static func readers(_ stack: OpaquePointer?) -> [X509Reader] {
        guard let stack else { return [] }
        return (0..<max(0, OPENSSL_sk_num(stack))).compactMap { index in
            OPENSSL_sk_value(stack, index).map { X509Reader(retaining: OpaquePointer($0)) }
        }
    }

    static func certificates(_ stack: OpaquePointer?) -> [TLSCertificate] {
        readers(stack).map { TLSCertificate(known: $0.der) }
    }

    /// Frees a list with its elements.
    static func free(_ stack: OpaquePointer?) {
        OPENSSL_sk_pop_free(stack) { X509_free(OpaquePointer($0)) }
    }
}
