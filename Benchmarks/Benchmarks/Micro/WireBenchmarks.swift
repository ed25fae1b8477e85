import Benchmark
import SMTPWire

/// The octets of content each iteration encodes.
private let contentSize = 1_000_000

/// Content in lines of `columns` octets and CRLF, each begun with a dot if `isDotted`.
private func content(columns: Int, isDotted: Bool = false) -> [UInt8] {
    var line = [UInt8](repeating: 0x61, count: columns) + [0x0D, 0x0A]
    if isDotted { line[0] = 0x2E }
    return Array(repeatElement(line, count: contentSize / line.count).joined())
}

private func encode(_ name: String, _ content: [UInt8]) {
    // 64 KiB at a time, as a connection does.
    Benchmark("Encode \(contentSize / 1_000_000) MB, \(name)", configuration: .init(scalingFactor: .one)) { benchmark in
        var output: [UInt8] = []
        output.reserveCapacity(2 * 65_536 + 16)
        for _ in benchmark.scaledIterations {
            var encoder = ContentEncoder(transparency: .dotStuffing)
            var offset = 0
            while offset < content.count {
                let end = min(offset + 65_536, content.count)
                output.removeAll(keepingCapacity: true)
                encoder.encode(content.span.bytes.extracting(offset..<end), into: &output)
                blackHole(output.count)
                offset = end
            }
            encoder.finish(into: &output)
        }
    }
}

private func parse(_ name: String, _ text: String) {
    let bytes = Array(text.utf8)
    Benchmark("Parse \(name)", configuration: .init(scalingFactor: .kilo)) { benchmark in
        var parser = ReplyParser()
        for _ in benchmark.scaledIterations {
            blackHole(try parser.parse(bytes.span.bytes).reply)
        }
    }
}

func wireBenchmarks() {
    encode("78 columns", content(columns: 76))
    encode("998 columns", content(columns: 998))
    encode("22 columns", content(columns: 20))
    encode("78 columns, all dotted", content(columns: 76, isDotted: true))

    parse("a reply of one line", "250 2.1.5 Ok\r\n")
    parse(
        "a reply to EHLO",
        "250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n"
            + "250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n"
    )

    Benchmark("Encode MAIL and RCPT", configuration: .init(scalingFactor: .kilo)) { benchmark in
        let mail = SMTPCommand.mail(try ReversePath("sender@bench.example"), [.body(.eightBitMIME)])
        let recipient = SMTPCommand.recipient(try ForwardPath("rcpt0@bench.example"), [])
        var output: [UInt8] = []
        for _ in benchmark.scaledIterations {
            output.removeAll(keepingCapacity: true)
            mail.append(to: &output)
            recipient.append(to: &output)
            blackHole(output.count)
        }
    }
}
