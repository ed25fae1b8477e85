import Testing

@testable import SMTPTesting

@Suite("SinkMachine: no client makes it grow without bound")
struct SinkGrowthTests {
    static let envelope = "MAIL FROM:<>\nRCPT TO:<a@x>\n"

    @Test("Chunks without octets are taken without end, and recorded up to the limit")
    func chunks() throws {
        var driver = MachineDriver { $0.limits.recordedInput = 8000 }
        _ = driver.say("EHLO me\n")
        _ = driver.say(Self.envelope)
        let chunks = driver.codes(String(repeating: "BDAT 0\n", count: 100_000), piece: 70_000)
        #expect(chunks.count == 100_000 && Set(chunks) == [250])
        #expect(driver.codes("BDAT 2 LAST\n\n") == [250])
        let transaction = try #require(driver.transactions.first)
        #expect(transaction.chunks.count == 1000)
        #expect(transaction.footprint >= 8000)
        #expect(transaction.outcome == .accepted && transaction.contentLength == 2)
    }

    @Test("So are URLs")
    func urls() throws {
        var driver = MachineDriver {
            $0.keywords = ["BURL imap", "CHUNKING", "PIPELINING"]
            $0.contents = ["imap://h/1": []]
            $0.limits.recordedInput = 340
        }
        _ = driver.say("EHLO me\n")
        _ = driver.say(Self.envelope)
        for _ in 0..<1000 { #expect(driver.codes("BURL imap://h/1\n") == [250]) }
        driver.machine.streamEnded()
        let transaction = try #require(driver.machine.takeEndedTransactions().first)
        #expect(transaction.urls.count == 10 && transaction.chunks.count == 10)
        #expect(transaction.footprint >= 340)
    }

    @Test("A client that makes up attributes is refused once they would not fit in a line")
    func attributes() throws {
        var driver = MachineDriver {
            $0.keywords = ["XCLIENT", "XFORWARD", "PIPELINING"]
            $0.limits.lineLength = 200
        }
        for command in ["XFORWARD", "XCLIENT"] {
            var codes: [Int] = []
            for number in 1000..<2000 {
                _ = driver.say("EHLO me\n")
                codes += driver.codes("\(command) X\(number)=y\n")
            }
            #expect(codes.count == 1000 && codes.count { $0 != 501 } == 25)
            // What is there may still be corrected.
            #expect(driver.codes("\(command) X1000=z\n") != [501])
            _ = driver.say("EHLO me\n")
        }
        #expect(driver.machine.session.clientAttributes.count == 25)
        #expect(driver.machine.session.clientAttributes["X1000"] == "z")
        #expect(driver.machine.session.footprint - driver.machine.session.inputFootprint >= 200)
        #expect(driver.codes(Self.envelope) == [250, 250])
        let transaction = try #require(driver.machine.transaction)
        #expect(transaction.forwarded.count == 25 && transaction.footprint >= 200)
    }

    @Test("What comes behind STARTTLS is recorded up to the limit, and counted")
    func behindStartTLS() {
        var driver = MachineDriver {
            $0.keywords = ["STARTTLS"]
            $0.tls = SinkTLS { transport, _ in transport }
            $0.limits.recordedInput = 100
        }
        _ = driver.say("EHLO me\n")
        let behind = Array(repeating: 0x78 as UInt8, count: 5000)
        _ = driver.write(Array("STARTTLS\r\n".utf8) + behind)
        #expect(driver.actions == [.startTLS(unread: behind)])
        #expect(driver.machine.session.bytesBehindStartTLS.count == 100)
        #expect(driver.machine.session.footprint - driver.machine.session.inputFootprint >= 100)
    }
}
