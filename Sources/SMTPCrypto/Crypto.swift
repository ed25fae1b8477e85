internal import COpenSSL

/// What the SASL mechanisms need of libcrypto, and nothing more.
package enum Crypto {
    /// Returns the digest of `message`.
    package static func digest(_ function: HashFunction, of message: [UInt8]) throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: function.digestByteCount)
        let status = EVP_Digest(message, message.count, &result, nil, function.algorithm, nil)
        guard status == 1 else { throw CryptoError(function.name) }
        return result
    }

    /// Returns the keyed digest of `message` (RFC 2104).
    package static func hmac(
        _ function: HashFunction,
        key: [UInt8],
        _ message: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: function.digestByteCount)
        guard let keyLength = Int32(exactly: key.count),
            HMAC(function.algorithm, key, keyLength, message, message.count, &result, nil) != nil
        else { throw CryptoError("HMAC-\(function.name)") }
        return result
    }

    /// Returns a key of the digest's length, derived from a password (PBKDF2, RFC 8018 §5.2).
    ///
    /// It computes for as long as `iterationCount` says, without a way to stop it: never on an event loop.
    package static func derivedKey(
        _ function: HashFunction,
        password: [UInt8],
        salt: [UInt8],
        iterationCount: Int
    ) throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: function.digestByteCount)
        let length = Int32(result.count)
        guard let passwordLength = Int32(exactly: password.count), let saltLength = Int32(exactly: salt.count),
            let count = Int32(exactly: iterationCount), count > 0
        else { throw CryptoError("PBKDF2 of these lengths") }
        let status = password.withUnsafeBytes { password in
            PKCS5_PBKDF2_HMAC(
                password.assumingMemoryBound(to: CChar.self).baseAddress,
                passwordLength,
                salt,
                saltLength,
                count,
                function.algorithm,
                length,
                &result
            )
        }
        guard status == 1 else { throw CryptoError("PBKDF2-\(function.name)") }
        return result
    }

    /// Returns random octets that nobody can guess.
    package static func randomOctets(count: Int) throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        guard let length = Int32(exactly: count), RAND_bytes(&result, length) == 1 else {
            throw CryptoError("random numbers")
        }
        return result
    }

    /// Whether two values are the same, in a time that depends on their lengths alone.
    package static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
    }

    /// Overwrites octets with zeros, in a way that no compiler leaves out.
    package static func wipe(_ octets: UnsafeMutableRawBufferPointer) {
        guard let address = octets.baseAddress else { return }
        OPENSSL_cleanse(address, octets.count)
    }

    /// Overwrites octets with zeros; copies that were made of the array stay as they are.
    package static func wipe(_ octets: inout [UInt8]) {
        octets.withUnsafeMutableBytes { wipe($0) }
    }
}
