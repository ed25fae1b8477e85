import SMTPWire
import Testing

@Suite("SMTPCommand")
struct SMTPCommandTests {
    private func argument(_ text: String) throws -> CommandArgument { try CommandArgument(text) }

    @Test("Each command becomes its line")
    func lines() throws {
        let name = try HelloName("client.example.org")
        let path = try ReversePath("a@example.org")
        let table: [(SMTPCommand, String)] = [
            (.ehlo(name), "EHLO client.example.org"),
            (.ehlo(try HelloName("[IPv6:2001:db8::1]")), "EHLO [IPv6:2001:db8::1]"),
            (.helo(name), "HELO client.example.org"),
            (.lhlo(.localhost), "LHLO localhost"),
            (.mail(path, []), "MAIL FROM:<a@example.org>"),
            (.mail(.null, []), "MAIL FROM:<>"),
            (
                .mail(path, [.size(0), .body(.eightBitMIME), .smtpUTF8]),
                "MAIL FROM:<a@example.org> SIZE=0 BODY=8BITMIME SMTPUTF8"
            ),
            (.recipient(.postmaster, []), "RCPT TO:<Postmaster>"),
            (.recipient(try ForwardPath("\"a b\"@c"), [.notify(.never)]), "RCPT TO:<\"a b\"@c> NOTIFY=NEVER"),
            (.data, "DATA"),
            (.bdat(size: 0, last: true), "BDAT 0 LAST"),
            (.bdat(size: 1_234_567_890, last: false), "BDAT 1234567890"),
            (.bdat(size: -1, last: false), "BDAT 0"),
            (.bdat(size: .max, last: false), "BDAT 9223372036854775807"),
            (
                .burl(try ContentURL("imap://h/x;urlauth=submit+a:internal:91"), last: true),
                "BURL imap://h/x;urlauth=submit+a:internal:91 LAST"
            ),
            (.burl(try ContentURL("imap://h/x"), last: false), "BURL imap://h/x"),
            (.reset, "RSET"),
            (.send(path), "SEND FROM:<a@example.org>"),
            (.soml(.null), "SOML FROM:<>"),
            (.saml(path), "SAML FROM:<a@example.org>"),
            (.verify(try argument("user")), "VRFY user"),
            (.expand(try argument("list")), "EXPN list"),
            (.help(nil), "HELP"),
            (.help(try argument("MAIL")), "HELP MAIL"),
            (.noop(nil), "NOOP"),
            (.noop(try argument("x y")), "NOOP x y"),
            (.quit, "QUIT"),
            (.turn, "TURN"),
            (.etrn(try argument("@example.org")), "ETRN @example.org"),
            (.atrn([]), "ATRN"),
            (.atrn([try Domain("a.example"), try Domain("b.example")]), "ATRN a.example,b.example"),
            (.xclient(try ClientAttributes([ClientAttribute(.name, .unavailable)])), "XCLIENT NAME=[UNAVAILABLE]"),
            (.xforward(try ClientAttributes([ClientAttribute(.helo, .text("a b"))])), "XFORWARD HELO=a+20b"),
            (.startTLS, "STARTTLS"),
            (.auth(mechanism: try AuthenticationMechanism("plain"), initialResponse: nil), "AUTH PLAIN"),
            (.auth(mechanism: try AuthenticationMechanism("EXTERNAL"), initialResponse: []), "AUTH EXTERNAL ="),
            (
                .auth(mechanism: try AuthenticationMechanism("PLAIN"), initialResponse: Array("\0u\0p".utf8)),
                "AUTH PLAIN AHUAcA=="
            ),
            (.authResponse(Array("abc".utf8)), "YWJj"),
            (.authResponse([]), ""),
            (.authCancel, "*"),
            (.raw(verb: try CommandVerb("XADR"), argument: nil), "XADR"),
            (.raw(verb: try CommandVerb("site"), argument: try argument("x é\ty")), "site x é\ty"),
        ]
        for (command, line) in table {
            #expect(string(command.bytes) == line + "\r\n")
            var appended: [UInt8] = [0x21]
            command.append(to: &appended)
            #expect(string(appended) == "!" + line + "\r\n")
        }
    }

    @Test("What is shown has no credential, whatever the case, the blanks and the way it is shown")
    func redaction() throws {
        let secret = Array("\0user\0tops3cret".utf8)
        let encoded = string(Base64.encode(secret))
        let plain = try AuthenticationMechanism("PLAIN")
        let auth = try CommandVerb("aUtH")
        let url = try ContentURL("imap://u@h/x;urlauth=submit+u:internal:\(encoded)")
        let table: [(SMTPCommand, String)] = [
            (.auth(mechanism: plain, initialResponse: secret), "AUTH PLAIN (credentials)"),
            (.auth(mechanism: plain, initialResponse: []), "AUTH PLAIN (credentials)"),
            (.auth(mechanism: plain, initialResponse: nil), "AUTH PLAIN"),
            (.authResponse(secret), "(credentials)"),
            (.authResponse([]), "(credentials)"),
            (.authCancel, "*"),
            (.raw(verb: auth, argument: try argument("plain \(encoded)")), "aUtH PLAIN (credentials)"),
            (.raw(verb: auth, argument: try argument(" PLAIN  \(encoded)")), "aUtH PLAIN (credentials)"),
            (.raw(verb: auth, argument: try argument("PLAIN\t\(encoded)")), "aUtH PLAIN (credentials)"),
            (.raw(verb: auth, argument: try argument("XOAUTH2 \(encoded) \(encoded)")), "aUtH XOAUTH2 (credentials)"),
            (.raw(verb: auth, argument: try argument(encoded)), "aUtH (credentials)"),
            (.raw(verb: auth, argument: try argument("PLAIN")), "aUtH PLAIN"),
            (.burl(url, last: true), "BURL (URL) LAST"),
            (.raw(verb: try CommandVerb("burl"), argument: try argument(url.text)), "burl (URL)"),
        ]
        for (command, line) in table {
            #expect(command.redactedLine == line)
            var dumped = ""
            dump(command, to: &dumped)
            for shown in ["\(command)", String(reflecting: command), dumped] {
                #expect(!shown.contains("tops3cret"))
                #expect(!shown.contains(encoded))
                #expect(!shown.contains("115"))
            }
        }
    }

    @Test("A line is shown escaped")
    func escaping() throws {
        let command = SMTPCommand.raw(verb: try CommandVerb("X"), argument: try argument("a\t\u{9B}\u{202E}é"))
        #expect(command.redactedLine == "X a\\t\\u{9B}\\u{202E}é")
    }

    @Test("Only these may stand before the end of a group")
    func groups() throws {
        let first: [SMTPCommand] = [
            .reset, .mail(.null, []), .send(.null), .soml(.null), .saml(.null), .recipient(.postmaster, []),
            .bdat(size: 1, last: false), .bdat(size: 1, last: true),
        ]
        let last: [SMTPCommand] = [
            .ehlo(.localhost), .helo(.localhost), .lhlo(.localhost), .data, .quit, .noop(nil), .help(nil), .startTLS,
            .turn,
            .authCancel, .verify(try argument("a")), .burl(try ContentURL("imap://h"), last: true),
            .xclient(try ClientAttributes([ClientAttribute(.port, .text("1"))])),
            .raw(verb: try CommandVerb("RSET"), argument: nil),
        ]
        for command in first { #expect(command.mayPrecedeOthersInGroup) }
        for command in last { #expect(!command.mayPrecedeOthersInGroup) }
    }

    @Test("A mailbox of the greatest lengths makes one line, without a break")
    func longest() throws {
        let local = String(repeating: "\"", count: 512)
        let mailbox = Mailbox(
            localPart: try LocalPart(unquoted: local),
            host: .domain(try Domain(String(repeating: "a.", count: 255) + "ab"))
        )
        let bytes = SMTPCommand.mail(.mailbox(mailbox), []).bytes
        #expect(bytes.count == "MAIL FROM:<>\r\n".utf8.count + 2 + 1024 + 1 + 512)
        #expect(bytes.dropLast(2).allSatisfy { $0 >= 0x20 })
    }
}
