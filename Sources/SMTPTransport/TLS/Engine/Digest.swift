internal import COpenSSL

/// Hash functions by OpenSSL's names for them.
enum Digest {
    static func sha256(_ octets: [UInt8]) -> [UInt8] {
        hash(octets, "SHA256") ?? []
    }

    /// The digest of `octets`, or `nil` if OpenSSL has no such function.
    static func hash(_ octets: [UInt8], _ name: String) -> [UInt8]? {
        var count = 0
        let digest = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, initialized in
            let done = EVP_Q_digest(nil, name, nil, octets, octets.count, buffer.baseAddress, &count)
            initialized = done == 1 ? count : 0
        }
        return digest.isEmpty ? nil : digest
    }
}
