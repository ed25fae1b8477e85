import SMTPWire
import Testing

@Suite("Messages of PLAIN, OAUTHBEARER and XOAUTH2")
struct SASLMessageTests {
    private func base64(_ octets: [UInt8]) -> String { String(decoding: Base64.encode(octets), as: UTF8.self) }

    @Test("PLAIN: the examples of RFC 4616 §4")
    func plain() throws {
        let tim = try PlainMessage.octets(
            authorizationIdentity: nil,
            user: "tim",
            password: Array("tanstaaftanstaaf".utf8)
        )
        #expect(tim == Array("\u{0}tim\u{0}tanstaaftanstaaf".utf8))
        let ursel = try PlainMessage.octets(
            authorizationIdentity: "Ursel",
            user: "Kurt",
            password: Array("xipj3plmq".utf8)
        )
        #expect(ursel == Array("Ursel\u{0}Kurt\u{0}xipj3plmq".utf8))
    }

    @Test("PLAIN: the example of RFC 4954 §4.1")
    func plainInSMTP() throws {
        let message = try PlainMessage.octets(authorizationIdentity: "test", user: "test", password: Array("1234".utf8))
        #expect(base64(message) == "dGVzdAB0ZXN0ADEyMzQ=")
    }

    @Test("PLAIN has no part with NUL, and no empty one", arguments: ["", "a\u{0}b"])
    func illegalPlain(part: String) {
        #expect(throws: WireError.self) {
            try PlainMessage.octets(authorizationIdentity: nil, user: part, password: [0x61])
        }
        #expect(throws: WireError.self) {
            try PlainMessage.octets(authorizationIdentity: nil, user: "a", password: Array(part.utf8))
        }
    }

    @Test("OAUTHBEARER: the example of RFC 7628 §4.1")
    func oauthBearer() throws {
        let message = try BearerMessage.oauthBearer(
            user: "user@example.com",
            host: "server.example.com",
            port: 143,
            token: Array("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==".utf8)
        )
        #expect(
            base64(message)
                == "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI"
                + "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
        )
    }

    @Test("OAUTHBEARER: what need not be there is not")
    func oauthBearerAlone() throws {
        let message = try BearerMessage.oauthBearer(user: nil, token: [0x74])
        #expect(message == Array("n,,\u{1}auth=Bearer t\u{1}\u{1}".utf8))
        #expect(base64(BearerMessage.errorAcknowledgement) == "AQ==")
    }

    @Test("XOAUTH2: the example in Google's description")
    func xoauth2() throws {
        let message = try BearerMessage.xoauth2(
            user: "someuser@example.com",
            token: Array("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg".utf8)
        )
        #expect(
            base64(message)
                == "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        )
    }

    @Test(
        "A token is visible ASCII, and the error says nothing of it",
        arguments: ["", "a b", "a\u{1}b", "abc\n", "é"]
    )
    func illegalToken(token: String) {
        #expect { try BearerMessage.xoauth2(user: "a", token: Array(token.utf8)) } throws: { error in
            (error as? WireError)?.octet == nil
        }
        #expect(throws: WireError.self) { try BearerMessage.oauthBearer(user: nil, token: Array(token.utf8)) }
    }

    @Test("A name cannot smuggle parts in")
    func illegalNames() {
        #expect(throws: WireError.self) { try BearerMessage.xoauth2(user: "a\u{1}auth=Bearer x", token: [0x74]) }
        #expect(throws: WireError.self) { try BearerMessage.oauthBearer(user: "a", host: "b\u{1}", token: [0x74]) }
    }

    @Test(
        "The status of a JSON error",
        arguments: [
            (#"{"status":"invalid_token","scope":"example_scope"}"#, "invalid_token"),
            (#"{"status":"401","schemes":"bearer","scope":"mail"}"#, "401"),
            (#" { "scope" : "a" , "status" : 401 }"#, "401"),
            (#"{"a":{"status":"inner"},"status":"outer"}"#, "outer"),
            (#"{"a":["status","x"],"b":"status","status":"right"}"#, "right"),
            (#"{"status":"a\"b\\c"}"#, #"a"b\c"#),
            (#"{"status":"unfinished"#, "unfinished"),
            ("{\"status\":\"\u{1B}[31m\"}", "\\u{1B}[31m"),
        ]
    )
    func status(json: String, expected: String) {
        #expect(BearerErrorStatus(json: Array(json.utf8))?.text == expected)
    }

    @Test(
        "JSON without a status, and what is no JSON",
        arguments: [
            "", "{}", "{", "status", #""status":"x""#, #"{"status""#, #"{"status":"#, #"{"status":{"a":"b"}}"#,
            #"{"x":"status"}"#,
        ]
    )
    func noStatus(json: String) {
        #expect(BearerErrorStatus(json: Array(json.utf8)) == nil)
    }

    @Test("A status is cut at a length")
    func longStatus() {
        let json = #"{"status":""# + String(repeating: "x", count: 100_000) + #""}"#
        #expect(BearerErrorStatus(json: Array(json.utf8))?.text.utf8.count == BearerErrorStatus.lengthLimit)
    }

    @Test("A command with credentials shows none of them, however it is printed")
    func redaction() throws {
        let secret: [UInt8] = Array("hunter2hunter2".utf8)
        let commands: [SMTPCommand] = [
            .auth(mechanism: try AuthenticationMechanism("PLAIN"), initialResponse: secret), .authResponse(secret),
        ]
        for command in commands {
            var dumped = ""
            dump(command, to: &dumped)
            for text in ["\(command)", String(reflecting: command), dumped, "\([command])"] {
                #expect(!text.contains("104"))
                #expect(!text.contains("hunter"))
                #expect(text.contains("(credentials)"))
            }
        }
    }
}
