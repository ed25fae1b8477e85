import SMTPCrypto
import Testing

@Suite("Crypto")
struct CryptoTests {
    private func hexadecimal(_ octets: [UInt8]) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(
        "Digests of \"abc\" (RFC 1321 A.5, FIPS 180-4 examples)",
        arguments: [
            (HashFunction.md5, "900150983cd24fb0d6963f7d28e17f72"),
            (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                .sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
        ]
    )
    func digest(function: HashFunction, expected: String) throws {
        #expect(hexadecimal(try Crypto.digest(function, of: Array("abc".utf8))) == expected)
        #expect(function.isAvailable)
    }

    @Test(
        "HMAC with the key \"Jefe\" (RFC 2202 §2 and §3, RFC 4231 §4.3)",
        arguments: [
            (HashFunction.md5, "750c783e6ab0b503eaa86e310a5db738"),
            (.sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ]
    )
    func hmac(function: HashFunction, expected: String) throws {
        let message = Array("what do ya want for nothing?".utf8)
        #expect(hexadecimal(try Crypto.hmac(function, key: Array("Jefe".utf8), message)) == expected)
    }

    @Test(
        "PBKDF2 with SHA-1 (RFC 6070 §2)",
        arguments: [
            (1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
            (2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
            (4096, "4b007901b765489abead49d926f721d065a429c1"),
        ]
    )
    func derivedKey(iterationCount: Int, expected: String) throws {
        let key = try Crypto.derivedKey(
            .sha1,
            password: Array("password".utf8),
            salt: Array("salt".utf8),
            iterationCount: iterationCount
        )
        #expect(hexadecimal(key) == expected)
    }

    @Test("PBKDF2 refuses a count that is none", arguments: [0, -1, Int.max])
    func derivedKeyOfNoIterations(iterationCount: Int) {
        #expect(throws: CryptoError.self) {
            try Crypto.derivedKey(.sha256, password: [1], salt: [2], iterationCount: iterationCount)
        }
    }

    @Test("Random octets differ, and comparison tells equal from different")
    func random() throws {
        let one = try Crypto.randomOctets(count: 24)
        let other = try Crypto.randomOctets(count: 24)
        #expect(one.count == 24)
        #expect(Crypto.areEqual(one, one))
        #expect(!Crypto.areEqual(one, other))
        #expect(!Crypto.areEqual(one, Array(one.dropLast())))
        #expect(Crypto.areEqual([], []))
    }

    @Test("Wiping leaves zeros")
    func wipe() {
        var octets: [UInt8] = [1, 2, 3]
        Crypto.wipe(&octets)
        #expect(octets == [0, 0, 0])
    }
}
