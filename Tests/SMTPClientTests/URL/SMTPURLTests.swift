import SMTPTransport
import SMTPWire
import Testing

@testable import SMTPClient

@Suite("SMTP URLs")
struct SMTPURLTests {
    @Test(
        "Scheme, host and port",
        arguments: [
            ("smtp://mail.example.org", "mail.example.org", 587), ("smtps://mail.example.org", "mail.example.org", 465),
            ("SMTP://mail.example.org:2525", "mail.example.org", 2525), ("smtps://h:1/", "h", 1),
            ("smtp://mail.example.org.:65535", "mail.example.org.", 65_535), ("smtp://192.0.2.1:", "192.0.2.1", 587),
            ("smtp://[2001:db8::1]:25", "2001:db8::1", 25), ("smtp://[fe80::1%25eth0]", "fe80::1%eth0", 587),
            ("smtp://gr%C3%BCn.example", "grün.example", 587), ("smtp://my_host?hello=x", "my_host", 587),
        ]
    )
    func endpoint(text: String, host: String, port: Int) throws {
        #expect(try SMTPURL(text).endpoint == .host(host, port: port))
    }

    @Test(
        "Security",
        arguments: [
            ("smtp://h", "starttls"), ("smtp://h?security=starttls", "starttls"),
            ("smtp://h/?security=insecure-starttls-if-offered", "offered"),
            ("smtp://h?security=insecure-plain", "plain"), ("smtps://h", "tls"), ("smtps://h?security=tls", "tls"),
        ]
    )
    func security(text: String, expected: String) throws {
        let name =
            switch try SMTPURL(text).configuration.security {
            case .implicitTLS: "tls"
            case .startTLS: "starttls"
            case .insecureStartTLSIfOffered: "offered"
            case .insecurePlain: "plain"
            }
        #expect(name == expected)
    }

    @Test(
        "User and password, percent-encoding taken away",
        arguments: [
            ("smtp://me:pass@h", "me", "pass"),
            ("smtp://me%40example.org:p%40s%2Fs%3A%25@h", "me@example.org", "p@s/s:%"),
            ("smtps://a:%C3%BC%00%0A@h", "a", "ü\0\n"), ("smtp://a+b:x!$&'()*+,;=-._~@h", "a+b", "x!$&'()*+,;=-._~"),
        ]
    )
    func password(text: String, user: String, password: String) throws {
        guard
            case .password(user: user, let secret, authorizationIdentity: nil)? =
                try SMTPURL(text).configuration.credentials?.kind
        else {
            Issue.record("no password for \(user)")
            return
        }
        #expect(secret.octets == Array(password.utf8))
    }

    @Test("A token for the mechanisms of tokens", arguments: ["XOAUTH2", "oauthbearer,xoauth2"])
    func token(mechanisms: String) throws {
        let url = try SMTPURL("smtps://me:t0ken@h?auth=\(mechanisms)")
        guard case .token(user: "me", let token)? = url.configuration.credentials?.kind else {
            Issue.record("no token")
            return
        }
        #expect(token.octets == Array("t0ken".utf8))
        #expect(url.configuration.authentication.mechanisms?.last == .xoauth2)
    }

    @Test("The other options")
    func options() throws {
        let url = try SMTPURL(
            "smtp://h?hello=client.example.org&auth=SCRAM-SHA-256,plain&ca-file=/etc/a%20b.pem&server-name=mail.example"
        )
        #expect(url.configuration.helloName == (try HelloName("client.example.org")))
        #expect(url.configuration.authentication.mechanisms == [.scramSHA256, .plain])
        #expect(url.configuration.security.tls.trust == [.file("/etc/a b.pem")])
        #expect(url.configuration.security.tls.serverName == "mail.example")
        #expect(url.configuration.credentials == nil)
    }

    @Test("What is wrong, and where", arguments: WrongURL.all)
    func wrong(url: WrongURL) {
        let error = #expect(throws: SMTPURLError.self) { try SMTPURL(url.text) }
        #expect(error == SMTPURLError(url.kind, in: url.part, at: url.offset))
        #expect(error?.description.contains("offset \(url.offset)") == true)
    }

    @Test("A password is shown by nothing, wherever it stands", arguments: WrongURL.withSecret)
    func secrecy(text: String) {
        var shown = ""
        do throws(SMTPURLError) {
            let url = try SMTPURL(text)
            shown = "\(url)" + String(reflecting: url)
            dump(url, to: &shown)
        } catch {
            shown = "\(error)" + String(reflecting: error)
            dump(error, to: &shown)
        }
        #expect(!shown.contains("s3cret"))
    }
}

/// A text that is no URL of ours.
struct WrongURL: Sendable, CustomTestStringConvertible {
    let text: String
    let kind: SMTPURLError.Kind
    let part: SMTPURLError.Part
    let offset: Int

    init(_ text: String, _ kind: SMTPURLError.Kind, _ part: SMTPURLError.Part, _ offset: Int) {
        self.text = text
        self.kind = kind
        self.part = part
        self.offset = offset
    }

    var testDescription: String { text }

    static let all = [
        WrongURL("", .missing, .scheme, 0), WrongURL("mail.example.org:587", .missing, .scheme, 0),
        WrongURL("https://h", .unknown, .scheme, 0), WrongURL("smtp:h", .missing, .scheme, 0),
        WrongURL("smtp\u{1A}//h", .missing, .scheme, 0),
        WrongURL("smtp://", .missing, .host, 7), WrongURL("smtp://:587", .missing, .host, 7),
        WrongURL("smtp://a:b@", .missing, .host, 11), WrongURL("smtp://a:b@:25", .missing, .host, 11),
        WrongURL("smtp://a b", .invalidCharacter, .host, 8), WrongURL("smtp://a%0Ab", .invalidValue, .host, 7),
        WrongURL("smtp://a%FF", .invalidEncoding, .host, 7), WrongURL("smtp://h\r\n", .invalidCharacter, .host, 8),
        WrongURL("smtp://[::1", .invalidValue, .host, 7), WrongURL("smtp://[1.2.3.4]", .invalidValue, .host, 8),
        WrongURL("smtp://[::1%25]", .invalidValue, .host, 8), WrongURL("smtp://[::1]x", .invalidCharacter, .host, 12),
        WrongURL("smtp://h:0", .invalidValue, .port, 9), WrongURL("smtp://h:65536", .invalidValue, .port, 9),
        WrongURL("smtp://h:-1", .invalidValue, .port, 9),
        WrongURL("smtp://h:99999999999999999999", .invalidValue, .port, 9),
        WrongURL("smtp://@h", .missing, .user, 7), WrongURL("smtp://:x@h", .missing, .user, 7),
        WrongURL("smtp://me@h", .missing, .password, 9), WrongURL("smtp://me:@h", .missing, .password, 9),
        WrongURL("smtp://me:a@b@h", .invalidCharacter, .password, 11),
        WrongURL("smtp://me:a[@h", .invalidCharacter, .password, 11),
        WrongURL("smtp://me:a%4@h", .invalidEncoding, .password, 11),
        WrongURL("smtp://me:ü@h", .invalidCharacter, .password, 10),
        WrongURL("smtp://me%FF:x@h", .invalidEncoding, .user, 7), WrongURL("smtp://h/x", .notAllowed, .path, 8),
        WrongURL("smtp://h//", .notAllowed, .path, 8), WrongURL("smtp://h#x", .notAllowed, .fragment, 8),
        WrongURL("smtp://h?x=1", .unknown, .option, 9), WrongURL("smtp://h?security", .missing, .option, 9),
        WrongURL("smtp://h?hello=x&", .missing, .option, 17), WrongURL("smtp://h?=x", .missing, .option, 9),
        WrongURL("smtp://h?hello=x&hello=y", .duplicate, .hello, 17),
        WrongURL("smtp://h?hello=a%20b", .invalidValue, .hello, 15),
        WrongURL("smtp://h?security=plain", .invalidValue, .security, 18),
        WrongURL("smtp://h?security=tls", .conflict, .security, 18),
        WrongURL("smtps://h?security=starttls", .conflict, .security, 19),
        WrongURL("smtp://h?auth=", .invalidValue, .auth, 14),
        WrongURL("smtp://h?auth=PLAIN,XOAUTH2", .conflict, .auth, 14),
        WrongURL("smtp://h?auth=SCRAM-SHA256,PLAIN", .unknown, .auth, 14),
        WrongURL("smtp://h?security=insecure-plain&ca-file=x", .conflict, .caFile, 33),
        WrongURL("smtp://h?server-name=x&security=insecure-plain", .conflict, .serverName, 9),
    ]

    static let withSecret = [
        "smtp://me:s3cret@h", "smtp://me:s3cret", "smtp://me:x/s3cret@h", "smtp://me:x?s3cret@h",
        "smtp://me:x#s3cret@h",
        "smtp://me:x@s3cret@h", "smtp://me:s3cret@h:x", "smtp://me:x?s3cret=1@h", "me:s3cret@h", "s3cret://h",
        "smtp://me:s3cret[@h", "smtps://me:x?security=s3cret@h", "smtp://me:s3cret@h?auth=XOAUTH2",
    ]
}
