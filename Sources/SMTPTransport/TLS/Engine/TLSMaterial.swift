internal import COpenSSL

/// Certificates and keys out of files and memory, with a plain word for what is wrong with them.
enum TLSMaterial {
    /// The most that is read of a file: more than any bundle of certificates has, less than `/dev/zero`.
    static let sizeLimit = 16 * 1024 * 1024

    struct Failure: Error {
        var problem: TLSMaterialProblem
        var entries: [OpenSSLErrorQueue.Entry] = []
    }

    /// Reads a file whole.
    static func contents(ofFile path: String) throws(Failure) -> [UInt8] {
        OpenSSLErrorQueue.clear()
        guard !path.utf8.contains(0), let file = BIO_new_file(path, "r") else { throw fileFailure() }
        defer { BIO_free(file) }
        var contents: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = BIO_read(file, &piece, Int32(piece.count))
            if count < 0 { throw fileFailure() }
            if count == 0 { break }
            contents += piece[..<Int(count)]
            guard contents.count <= sizeLimit else { throw Failure(problem: .malformed) }
        }
        guard !contents.isEmpty else { throw Failure(problem: .empty) }
        return contents
    }

    private static func fileFailure() -> Failure {
        let entries = OpenSSLErrorQueue.drain()
        // BIO_new_file has a word of its own for a file that is not there.
        if entries.contains(where: { $0.library == ERR_LIB_BIO && $0.reason == BIO_R_NO_SUCH_FILE }) {
            return Failure(problem: .missing)
        }
        let errno = entries.lazy.compactMap(\.systemError).first
        return Failure(problem: errno.map { .unreadable(errno: $0) } ?? .missing)
    }

    /// Parses the certificates in PEM that stand behind each other in `text`.
    ///
    /// One that is broken is left out if `skipsBroken`, and otherwise a failure of all.
    static func certificates(
        inPEM text: [UInt8],
        skipsBroken: Bool = false
    ) throws(Failure) -> [X509Reader] {
        guard !text.isEmpty else { throw Failure(problem: .empty) }
        OpenSSLErrorQueue.clear()
        let memory = BIO_new_mem_buf(text, Int32(clamping: text.count))
        defer { BIO_free(memory) }
        var certificates: [X509Reader] = []
        while true {
            if let certificate = PEM_read_bio_X509_AUX(memory, nil, refusePassphrase, nil) {
                certificates.append(X509Reader(retaining: certificate))
                X509_free(certificate)
                continue
            }
            let entries = OpenSSLErrorQueue.drain()
            if entries.contains(where: { $0.isPEM(PEM_R_NO_START_LINE) }) { break }
            if !skipsBroken { throw Failure(problem: .malformed, entries: entries) }
        }
        guard !certificates.isEmpty else { throw Failure(problem: .notPEM) }
        return certificates
    }

    /// Parses a private key in PEM; the caller owns it.
    static func privateKey(
        inPEM text: [UInt8],
        passphrase: (@Sendable () -> [UInt8]?)?
    ) throws(Failure) -> OpaquePointer {
        guard !text.isEmpty else { throw Failure(problem: .empty) }
        OpenSSLErrorQueue.clear()
        let memory = BIO_new_mem_buf(text, Int32(clamping: text.count))
        defer { BIO_free(memory) }
        let request = PassphraseRequest(passphrase)
        let key = withExtendedLifetime(request) {
            PEM_read_bio_PrivateKey(memory, nil, givePassphrase, Unmanaged.passUnretained(request).toOpaque())
        }
        if let key { return key }
        let entries = OpenSSLErrorQueue.drain()
        if request.wasAsked {
            throw Failure(problem: request.wasAnswered ? .wrongPassphrase : .passphraseNeeded, entries: entries)
        }
        // OpenSSL has the same word for what is no key and for what is a broken one.
        let isKey = text.firstRange(of: "PRIVATE KEY-----".utf8) != nil
        throw Failure(problem: isKey ? .malformed : .notPEM, entries: entries)
    }

    private final class PassphraseRequest {
        let give: (@Sendable () -> [UInt8]?)?
        var wasAsked = false
        var wasAnswered = false

        init(_ give: (@Sendable () -> [UInt8]?)?) {
            self.give = give
        }
    }

    private typealias Buffer = UnsafeMutablePointer<CChar>

    /// Without a callback OpenSSL would ask on the terminal.
    private static let refusePassphrase:
        @convention(c) @Sendable (Buffer?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = {
            _,
            _,
            _,
            _ in -1
        }

    private static let givePassphrase:
        @convention(c) @Sendable (Buffer?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = {
            buffer,
            size,
            _,
            request in
            guard let request, let buffer else { return -1 }
            let object = Unmanaged<PassphraseRequest>.fromOpaque(request).takeUnretainedValue()
            object.wasAsked = true
            guard var passphrase = object.give?(), passphrase.count <= Int(size) else { return -1 }
            object.wasAnswered = true
            for (index, octet) in passphrase.enumerated() { buffer[index] = CChar(bitPattern: octet) }
            let count = passphrase.count
            passphrase.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
            return Int32(count)
        }
}
