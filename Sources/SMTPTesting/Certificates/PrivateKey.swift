internal import COpenSSL
internal import SMTPTransport

/// A private key of OpenSSL.
final class PrivateKey {
    let key: OpaquePointer

    /// Makes a new key.
    init(_ kind: CertificateRequest.Key) throws(CertificateError) {
        let name =
            switch kind {
            case .ecdsa: "EC"
            case .rsa: "RSA"
            case .ed25519: "ED25519"
            }
        let context = EVP_PKEY_CTX_new_from_name(nil, name, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var isReady = EVP_PKEY_keygen_init(context) == 1
        switch kind {
        case .ecdsa: isReady = isReady && EVP_PKEY_CTX_set_group_name(context, "P-256") == 1
        case .rsa: isReady = isReady && EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1
        case .ed25519: break
        }
        var key: OpaquePointer?
        guard isReady, EVP_PKEY_generate(context, &key) == 1, let key else { throw CertificateError("making a key") }
        self.key = key
    }

    /// Reads a key that is not encrypted.
    init(pem: [UInt8]) throws(CertificateError) {
        let memory = BIO_new_mem_buf(pem, Int32(pem.count))
        defer { BIO_free(memory) }
        guard let key = PEM_read_bio_PrivateKey(memory, nil, nil, nil) else { throw CertificateError("reading a key") }
        self.key = key
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// The key as text, encrypted if there is a passphrase.
    func pem(passphrase: [UInt8]? = nil) -> [UInt8] {
        OpenSSLBytes.print { memory in
            guard let passphrase else { return PEM_write_bio_PrivateKey(memory, key, nil, nil, 0, nil, nil) }
            return PEM_write_bio_PrivateKey(
                memory,
                key,
                EVP_aes_256_cbc(),
                passphrase,
                Int32(passphrase.count),
                nil,
                nil
            )
        }
    }

    /// The hash function that goes with the key's signatures; `nil` where the algorithm has its own.
    var digest: OpaquePointer? {
        EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nil : EVP_sha256()
    }
}

extension CertificateError {
    /// Takes OpenSSL's reason for the failure of `operation`.
    init(_ operation: String) {
        let code = ERR_get_error()
        ERR_clear_error()
        let reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "no reason given"
        description = "\(operation): \(reason)"
    }
}
