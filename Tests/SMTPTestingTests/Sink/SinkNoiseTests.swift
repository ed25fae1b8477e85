import SMTPWire
import Testing

@testable import SMTPTesting

@Suite("SinkMachine: noise")
struct SinkNoiseTests {
    static let words = [
        "EHLO me\r\n", "HELO me\r\n", "MAIL FROM:<a@b>\r\n", "MAIL FROM:<> BODY=BINARYMIME SIZE=9\r\n",
        "RCPT TO:<c@d>\r\n", "RCPT TO:<\"\\\">\"@d> NOTIFY=NEVER\r\n", "DATA\r\n", ".\r\n", "..\r\n", "text\r\n", "\n",
        "\r",
        ".", "BDAT 3\r\n", "BDAT 5 LAST\r\n", "BDAT 0 LAST\r\n", "BDAT 99\r\n", "BDAT -1\r\n", "RSET\r\n", "NOOP\r\n",
        "AUTH PLAIN\r\n", "AUTH PLAIN AGEAYg==\r\n", "AGEAYg==\r\n", "*\r\n", "STARTTLS\r\n", "XCLIENT A=B\r\n",
        "\0\u{FF}",
        "VRFY\r\n", " MAIL\r\n", "MAIL FROM:<\r\n", "RCPT TO:<>\r\n", "RCPT TO:<a> x\r\n", "QUIT",
    ]

    private static var configuration: SinkConfiguration {
        var configuration = SinkConfiguration()
        configuration.keywords += ["AUTH PLAIN", "STARTTLS", "XCLIENT", "PRDR"]
        configuration.mechanisms = [.plain { _, _ in true }]
        var tls = SinkTLS { transport, _ in transport }
        // What comes behind STARTTLS depends on the pieces, unless it is obeyed.
        tls.injection = .obey
        configuration.tls = tls
        configuration.limits.contentLength = 40
        configuration.limits.lineLength = 30
        configuration.limits.recipients = 3
        configuration.script.on(.contentOctets(7), occurrence: 2, .reply(552, "enough"))
        return configuration
    }

    /// All that a machine says to `octets` and keeps of them, however they are divided.
    private func result(_ octets: [UInt8], isLMTP: Bool, _ nextLength: () -> Int) -> (
        SinkSession, [SinkTransaction], [UInt8]
    ) {
        var configuration = Self.configuration
        configuration.isLMTP = isLMTP
        var machine = SinkMachine(configuration, session: 0)
        var transactions: [SinkTransaction] = []
        var said: [UInt8] = []
        func drain() {
            while true {
                let action = machine.next()
                transactions += machine.takeEndedTransactions()
                switch action {
                case .write(let octets): said += octets
                case .startTLS: machine.tlsStarted()
                case .read, .close, .reset: return
                default: break
                }
            }
        }
        drain()
        var start = 0
        while start < octets.count {
            let end = min(start + nextLength(), octets.count)
            machine.received(Array(octets[start..<end]).span.bytes)
            drain()
            start = end
        }
        machine.streamEnded()
        drain()
        var session = machine.session
        session.segmentLengths = []
        session.bytesBehindStartTLS = []
        return (session, transactions, said)
    }

    @Test(
        "Whatever comes, it is understood alike however it is divided, and answered in replies",
        arguments: [false, true]
    )
    func divided(isLMTP: Bool) throws {
        var generator = SeededGenerator(seed: isLMTP ? 2 : 1)
        var outcomes: Set<SinkTransaction.Outcome> = []
        for _ in 0..<300 {
            var words = isLMTP ? ["LHLO me\r\n"] : ["EHLO me\r\n"]
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                words.append(Self.words.randomElement(using: &generator) ?? "")
            }
            let octets = Array(words.joined().utf8)
            let whole = result(octets, isLMTP: isLMTP) { .max / 2 }
            let byByte = result(octets, isLMTP: isLMTP) { 1 }
            let random = result(octets, isLMTP: isLMTP) { Int.random(in: 1...9, using: &generator) }
            #expect(whole == byByte && whole == random, "\(words)")
            outcomes.formUnion(whole.1.map(\.outcome))
            var parser = ReplyParser()
            var rest = whole.2[...]
            while !rest.isEmpty {
                let (consumed, reply) = try parser.parse(Array(rest).span.bytes)
                #expect(reply != nil)
                rest = rest.dropFirst(consumed)
            }
        }
        #expect(outcomes == [.accepted, .refused, .reset, .abandoned])
    }

    @Test("Random octets neither trap nor are kept beyond the limits")
    func random() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let octets = (0..<500).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let (session, transactions, _) = result(octets, isLMTP: false) { 17 }
            #expect(transactions.isEmpty && session.receivedCount <= octets.count)
        }
    }
}
