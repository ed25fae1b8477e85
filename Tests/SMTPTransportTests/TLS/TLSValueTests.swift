import SMTPTesting
import Testing

@testable import SMTPTransport

@Suite("TLS values")
struct TLSValueTests {
    static let labels: [(String, String)] = [
        ("bücher", "bcher-kva"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"), ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
        ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"), ("-> $1.00 <-", "-> $1.00 <--"), ("ü", "tda"),
        ("🦄", "3s9h"), ("", ""),
    ]

    @Test(
        "Labels become A-labels (RFC 3492 §7.1 and others)",
        arguments: labels
    )
    func punycode(label: String, encoded: String) {
        #expect(Punycode.encode(label) == encoded)
    }

    @Test("A label too long for an A-label is none")
    func longPunycode() {
        #expect(Punycode.encode(String(repeating: "ü", count: 64)) == nil)
        #expect(ServerName(String(repeating: "ü", count: 63)) == nil)
    }

    static let hosts: [(String, ServerName)] = [
        ("mail.example", ServerName.dns("mail.example")), ("MAIL.Example.", .dns("mail.example")),
        ("_a.b-c.d1", .dns("_a.b-c.d1")), ("localhost", .dns("localhost")),
        ("BÜCHER.example", .dns("xn--bcher-kva.example")),
        ("192.0.2.1", .address([192, 0, 2, 1])),
        ("::1", .address(Array(repeating: 0, count: 15) + [1])),
        ("[::1]", .address(Array(repeating: 0, count: 15) + [1])),
        ("fe80::1%eth0", .address([0xFE, 0x80] + Array(repeating: 0, count: 13) + [1])),
    ]

    @Test(
        "Hosts are read as names or addresses",
        arguments: hosts
    )
    func serverNames(text: String, name: ServerName) {
        #expect(ServerName(text) == name)
    }

    static let moments: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"), (1_798_761_600, "2027-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ]

    @Test(
        "Moments are written as RFC 3339 does",
        arguments: moments
    )
    func moment(seconds: Int64, text: String) {
        #expect(TLSCertificateTime(secondsSince1970: seconds).description == text)
    }

    @Test("A certificate says what was asked for, and nothing else is one")
    func certificate() throws {
        var request = CertificateRequest("mail.example")
        request.names.append(.ipAddress([192, 0, 2, 1]))
        request.notAfter = .seconds(3600)
        let certificate = try TestCertificates.authority.get().issue(request).certificate
        #expect(certificate.subject == "CN=mail.example")
        #expect(certificate.issuer == "CN=Test Root")
        #expect(certificate.names == request.names)
        #expect(certificate.notAfter.secondsSince1970 - certificate.notBefore.secondsSince1970 == 7200)
        #expect(certificate.signatureAlgorithm == "ecdsa-with-SHA256")
        #expect(certificate.publicKeyDescription == "EC 256")
        #expect(certificate.sha256.count == 32 && certificate.publicKeySHA256.count == 32)
        #expect(!certificate.serialNumber.isEmpty)
        #expect(certificate.pem.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
        #expect(TLSCertificate(der: certificate.der) == certificate)
        let wrong: [[UInt8]] = [[], [0x30], certificate.der.dropLast(), certificate.der + [0]]
        for der in wrong {
            #expect(TLSCertificate(der: der) == nil)
        }
    }

    @Test("Text of the other side is escaped, and cut")
    func safeText() {
        #expect(SafeText.escape("a\r\nb\u{1B}\u{202E}\u{2028}é\u{0}") == #"a\u{D}\u{A}b\u{1B}\u{202E}\u{2028}é\u{0}"#)
        #expect(SafeText.escape([0x61, 0xFF]) == "a\u{FFFD}")
        #expect(SafeText.short(String(repeating: "x", count: 5000)).count == 201)
    }

    @Test(
        "An IPv6 address of a certificate is written as short as RFC 5952 has it",
        arguments: [
            ([0, 0, 0, 0, 0, 0, 0, 1], "::1"), ([0, 0, 0, 0, 0, 0, 0, 0], "::"),
            ([0xFE80, 0, 0, 0, 0, 0, 0, 0], "fe80::"), ([0x2001, 0xDB8, 0, 0, 1, 0, 0, 1], "2001:db8::1:0:0:1"),
            ([1, 0, 2, 3, 4, 5, 6, 7], "1:0:2:3:4:5:6:7"), ([1, 0, 0, 2, 0, 0, 0, 3], "1:0:0:2::3"),
            ([1, 2, 3, 4, 5, 6, 0, 0], "1:2:3:4:5:6::"),
        ] as [([Int], String)]
    )
    func address(groups: [Int], text: String) {
        let octets = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect("\(TLSCertificateName.ipAddress(octets))" == text)
    }

    @Test("Every alert and error is one line")
    func descriptions() {
        for code in UInt8.min...UInt8.max {
            #expect(!TLSAlert(code: code, direction: .sent).description.isEmpty)
        }
        #expect(TLSAlert(code: 48, direction: .received).description == "unknown_ca, sent by the peer")
        let error = TLSError(.peerSpokePlaintext(firstBytes: Array("220 \u{1B}hi\r\n220 x".utf8)), in: .handshake)
        #expect(error.description.hasSuffix(#"it said "220 \u{1B}hi""#) && error.description.contains("STARTTLS"))
        // Nobody greets behind STARTTLS.
        let late = TLSError(.peerSpokePlaintext(firstBytes: Array("454 not now\r\n".utf8)), in: .handshake)
        #expect(late.description == #"TLS handshake failed: the peer speaks plaintext; it said "454 not now""#)
        #expect(TransportError.tls(error).description == error.description)
    }
}
