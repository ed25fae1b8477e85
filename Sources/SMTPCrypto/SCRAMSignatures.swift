/// What SCRAM computes of a password, for the client and for the server (RFC 5802 §3).
package struct SCRAMSignatures: Sendable {
    /// What the client sends to prove that it knows the password.
    package let clientProof: [UInt8]

    /// What the server must send to prove the same.
    package let serverSignature: [UInt8]

    /// Computes both, which takes as long as `iterationCount` says.
    ///
    /// - Parameters:
    ///   - function: The hash function of the mechanism.
    ///   - password: The password, prepared.
    ///   - salt: What it is salted with.
    ///   - iterationCount: How often it is hashed.
    ///   - message: The messages of the exchange that the signatures cover, with commas between.
    /// - Throws: ``CryptoError``.
    package init(
        _ function: HashFunction,
        password: [UInt8],
        salt: [UInt8],
        iterationCount: Int,
        message: [UInt8]
    ) throws(CryptoError) {
        var saltedPassword = try Crypto.derivedKey(
            function,
            password: password,
            salt: salt,
            iterationCount: iterationCount
        )
        defer { Crypto.wipe(&saltedPassword) }
        var clientKey = try Crypto.hmac(function, key: saltedPassword, Array("Client Key".utf8))
        defer { Crypto.wipe(&clientKey) }
        let storedKey = try Crypto.digest(function, of: clientKey)
        let clientSignature = try Crypto.hmac(function, key: storedKey, message)
        clientProof = zip(clientKey, clientSignature).map { $0 ^ $1 }
        let serverKey = try Crypto.hmac(function, key: saltedPassword, Array("Server Key".utf8))
        serverSignature = try Crypto.hmac(function, key: serverKey, message)
    }
}
