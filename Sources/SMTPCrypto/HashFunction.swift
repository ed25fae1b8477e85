internal import COpenSSL

/// The hash functions that the SASL mechanisms use.
package enum HashFunction: Hashable, Sendable {
    /// MD5, for CRAM-MD5 alone.
    case md5
    /// SHA-1, for SCRAM-SHA-1.
    case sha1
    /// SHA-256.
    case sha256
    /// SHA-512.
    case sha512

    /// The octets of a digest.
    package var digestByteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    /// Whether the library computes it at all: one in FIPS mode knows no MD5.
    package var isAvailable: Bool {
        guard let fetched = EVP_MD_fetch(nil, name, nil) else {
            ERR_clear_error()
            return false
        }
        EVP_MD_free(fetched)
        return true
    }

    var name: String {
        switch self {
        case .md5: "MD5"
        case .sha1: "SHA1"
        case .sha256: "SHA256"
        case .sha512: "SHA512"
        }
    }

    var algorithm: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        }
    }
}

/// A function of the cryptographic library that refuses to work, as MD5 does in FIPS mode.
package struct CryptoError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was to be computed, and that it cannot be.
    package let description: String

    init(_ function: String) {
        description = "the cryptographic library does not compute \(function)"
        // What failed is told here, and must not be told again by the next connection's TLS.
        ERR_clear_error()
    }
}
