import SMTPWire
import Testing

@Suite("SCRAM messages")
struct SCRAMMessageTests {
    @Test("The messages of RFC 7677 §3, read and written again")
    func rfc7677() throws {
        let clientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
        let first = try SCRAMClientFirst(parsing: Array(clientFirst.utf8))
        #expect(first.user == "user")
        #expect(first.header.channelBinding == .unsupported)
        #expect(String(decoding: first.octets, as: UTF8.self) == clientFirst)

        let serverFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        let challenge = try SCRAMServerFirst(parsing: Array(serverFirst.utf8))
        #expect(challenge.iterationCount == 4096)
        #expect(challenge.salt.count == 16)
        #expect(challenge.nonce.starts(with: first.nonce))
        #expect(String(decoding: challenge.octets, as: UTF8.self) == serverFirst)

        let clientFinal =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        let final = try SCRAMClientFinal(parsing: Array(clientFinal.utf8))
        #expect(final.channelBindingInput == Array("n,,".utf8))
        #expect(String(decoding: final.octets, as: UTF8.self) == clientFinal)

        let serverFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        #expect(
            String(decoding: try SCRAMServerFinal(parsing: Array(serverFinal.utf8)).octets, as: UTF8.self)
                == serverFinal
        )
    }

    @Test(
        "What RFC 5802 §7 does not allow as a server's first message",
        arguments: [
            "", ",", "r=", "r=abc", "r=abc,s=QQ==", "r=abc,s=QQ==,", "s=QQ==,r=abc,i=4096", "r=abc,i=4096,s=QQ==",
            "m=x,r=abc,s=QQ==,i=4096", "r=abc,s=QQ==,i=4096,m=x", "r=abc,r=abc,s=QQ==,i=4096",
            "r=abc,s=QQ==,i=4096,i=1", "r=abc,s=QQ==,i=4096,x=1,x=2", "r=abc,s=QQ=,i=4096", "r=abc,s=QR==,i=4096",
            "r=abc,s==QQ=,i=4096", "r=abc,s=,i=4096", "r=abc,s=Q Q=,i=4096", "r=abc,s=QQ==,i=", "r=abc,s=QQ==,i=0",
            "r=abc,s=QQ==,i=-1", "r=abc,s=QQ==,i=+4096", "r=abc,s=QQ==,i=04096", "r=abc,s=QQ==,i=4096x",
            "r=abc,s=QQ==,i=99999999999999999999", "r=a c,s=QQ==,i=4096", "r=a\u{0}c,s=QQ==,i=4096",
            "r=abcé,s=QQ==,i=4096", "r=abc,s=QQ==,i=4096,1=x", "r=abc,s=QQ==,i=4096,x", "r=abc,s=QQ==,i=4096,x=",
            "v=QQ==", "e=other-error",
        ]
    )
    func malformedFirst(message: String) {
        #expect(throws: WireError.self) { try SCRAMServerFirst(parsing: Array(message.utf8)) }
    }

    @Test("Optional extensions at the end are skipped (RFC 5802 §5.1)")
    func optionalExtensions() throws {
        #expect(try SCRAMServerFirst(parsing: Array("r=abc,s=QQ==,i=4096,x=1,Y=a=b".utf8)).salt == [0x41])
        #expect(try SCRAMServerFinal(parsing: Array("v=QQ==,x=1".utf8)) == .verifier([0x41]))
        #expect(try SCRAMServerFinal(parsing: Array("e=other-error,x=1".utf8)) == .error("other-error"))
    }

    @Test("What is no last message", arguments: ["", "v=", "e=", "v=QQ", "v=QQ==,v=QQ==", "m=1,v=QQ==", "x=1,v=QQ=="])
    func malformedFinal(message: String) {
        #expect(throws: WireError.self) { try SCRAMServerFinal(parsing: Array(message.utf8)) }
    }

    @Test("A server's error is cut, and its controls escaped")
    func shownError() throws {
        let message = "e=\u{1B}[31m" + String(repeating: "x", count: 1000)
        guard case .error(let text) = try SCRAMServerFinal(parsing: Array(message.utf8)) else {
            Issue.record("not an error")
            return
        }
        #expect(text.hasPrefix("\\u{1B}[31mxx"))
        #expect(text.utf8.count < 80)
    }

    @Test(
        "Names are escaped (RFC 5802 §5.1)",
        arguments: [("user", "user"), ("we=ird,user", "we=3Dird=2Cuser"), ("=2C", "=3D2C"), ("é", "é")]
    )
    func names(name: String, encoded: String) throws {
        #expect(String(decoding: try SASLName.encode(name), as: UTF8.self) == encoded)
        #expect(try SASLName.decode(encoded.utf8) == name)
    }

    @Test("What stands for no name", arguments: ["", "a,b", "a=b", "a=2", "=", "=2c", "\u{0}"])
    func noNames(encoded: String) {
        #expect(throws: WireError.self) { try SASLName.decode(encoded.utf8) }
    }

    @Test("A name has no NUL, and is not empty")
    func illegalUser() throws {
        let header = try GS2Header(.unsupported)
        #expect(throws: WireError.self) { try SCRAMClientFirst(header: header, user: "a\u{0}", nonce: [0x61]) }
        #expect(throws: WireError.self) { try SCRAMClientFirst(header: header, user: "", nonce: [0x61]) }
        #expect(throws: WireError.self) { try SCRAMClientFirst(header: header, user: "a", nonce: [0x2C]) }
        #expect(throws: WireError.self) { try SCRAMClientFirst(header: header, user: "a", nonce: []) }
    }

    @Test(
        "Headers, written and read",
        arguments: [
            (GS2Header.ChannelBinding.unsupported, nil, "n,,"),
            (.notOffered, nil, "y,,"),
            (.used(type: "tls-exporter"), nil, "p=tls-exporter,,"),
            (.unsupported, "a=b,c", "n,a=a=3Db=2Cc,"),
        ] as [(GS2Header.ChannelBinding, String?, String)]
    )
    func headers(binding: GS2Header.ChannelBinding, identity: String?, text: String) throws {
        let header = try GS2Header(binding, authorizationIdentity: identity)
        #expect(String(decoding: header.octets, as: UTF8.self) == text)
        #expect(try GS2Header(prefixOf: Array("\(text)n=user,r=x".utf8)) == header)
    }

    @Test(
        "What is no header",
        arguments: ["", "n", "n,", "x,,", "p,,", "p=,,", "p=a b,,", "n,b=c,", "n,a=,", "n,a==,"]
    )
    func noHeaders(text: String) {
        #expect(throws: WireError.self) { try GS2Header(prefixOf: Array(text.utf8)) }
    }

    @Test("Any octets at all are read or refused, without a trap")
    func garbage() {
        var generator = Generator(state: 1)
        let alphabet = Array("rsivempc=,,==0149QA\u{0} xé".utf8)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<24, using: &generator)
            let message = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            // What is taken for one begins as one.
            if (try? SCRAMServerFirst(parsing: message)) != nil { #expect(message.starts(with: "r=".utf8)) }
            if (try? SCRAMServerFinal(parsing: message)) != nil {
                #expect(["v=", "e="].contains { message.starts(with: $0.utf8) })
            }
            _ = try? SCRAMClientFirst(parsing: message)
            _ = try? SCRAMClientFinal(parsing: message)
            _ = BearerErrorStatus(json: message)
        }
    }
}

/// A generator with a seed, so that what fails fails again.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
