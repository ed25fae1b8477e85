import SMTPWire

extension Workload {
    /// The layer of bytes alone: parser, content encoder, commands.
    static var wire: [Workload] {
        [
            encode("78 columns", content(columns: 76)),
            encode("998 columns", content(columns: 996)),
            encode("22 columns", content(columns: 20)),
            encode("78 columns, all dotted", content(columns: 76, isDotted: true)),
            parse("a reply of one line", "250 2.1.5 Ok\r\n"),
            parse(
                "a reply to EHLO",
                "250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-STARTTLS\r\n"
                    + "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n"
            ),
            Workload("Encode MAIL and RCPT", batch: 1000) { count in
                let mail = SMTPCommand.mail(try ReversePath("sender@bench.example"), [.body(.eightBitMIME)])
                let recipient = SMTPCommand.recipient(try ForwardPath("rcpt0@bench.example"), [])
                var output: [UInt8] = []
                for _ in 0..<count {
                    output.removeAll(keepingCapacity: true)
                    mail.append(to: &output)
                    recipient.append(to: &output)
                    use(output.count)
                }
            },
        ]
    }

    /// Encodes a megabyte, 64 KiB at a time as a connection does.
    private static func encode(_ name: String, _ content: [UInt8]) -> Workload {
        Workload("Encode 1 MB, \(name)", batch: 1) { count in
            var output: [UInt8] = []
            output.reserveCapacity(2 * 65_536 + 16)
            for _ in 0..<count {
                var encoder = ContentEncoder(transparency: .dotStuffing)
                var offset = 0
                while offset < content.count {
                    let end = min(offset + 65_536, content.count)
                    output.removeAll(keepingCapacity: true)
                    encoder.encode(content.span.bytes.extracting(offset..<end), into: &output)
                    use(output.count)
                    offset = end
                }
                encoder.finish(into: &output)
            }
        }
    }

    /// A megabyte in lines of `columns` octets and CRLF, each begun with a dot if `isDotted`.
    private static func content(columns: Int, isDotted: Bool = false) -> [UInt8] {
        var line = [UInt8](repeating: 0x61, count: columns) + [0x0D, 0x0A]
        if isDotted { line[0] = 0x2E }
        return Array(repeatElement(line, count: 1_000_000 / line.count).joined())
    }

    private static func parse(_ name: String, _ text: String) -> Workload {
        let bytes = Array(text.utf8)
        return Workload("Parse \(name)", batch: 1000) { count in
            var parser = ReplyParser()
            for _ in 0..<count { use(try parser.parse(bytes.span.bytes).reply) }
        }
    }
}
