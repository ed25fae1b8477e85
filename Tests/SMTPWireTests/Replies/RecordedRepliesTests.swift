import SMTPWire
import Testing

@Suite("Replies recorded from servers")
struct RecordedRepliesTests {
    /// All replies in `octets`, given to a parser piece by piece.
    private func replies(_ pieces: [ArraySlice<UInt8>]) throws -> [SMTPReply] {
        var parser = ReplyParser()
        var result: [SMTPReply] = []
        for piece in pieces {
            var rest = Array(piece)
            while !rest.isEmpty {
                let (consumed, reply) = try parser.parse(rest.span.bytes)
                rest.removeFirst(consumed)
                reply.map { result.append($0) }
            }
        }
        #expect(!parser.isInsideReply)
        return result
    }

    /// What the lines say, by a reading that shares nothing with the parser.
    private func written(_ lines: [String]) throws -> [SMTPReply] {
        var result: [SMTPReply] = []
        var texts: [String] = []
        for line in lines {
            let code = try #require(UInt16(line.prefix(3)).flatMap { ReplyCode(rawValue: $0) })
            texts.append(String(line.dropFirst(4)))
            if !line.dropFirst(3).hasPrefix("-") {
                result.append(SMTPReply(code: code, lines: texts))
                texts = []
            }
        }
        #expect(texts.isEmpty)
        return result
    }

    @Test("Whole, by line, by octet and in any two pieces, they are the same replies", arguments: RecordedReplies.all)
    func anySplit(recorded: RecordedReplies) throws {
        let exchanges = recorded.exchanges
        #expect(exchanges.count >= 2)
        for exchange in exchanges {
            let octets = exchange.octets
            let expected = try written(exchange.lines)
            #expect(try replies([octets[...]]) == expected, "\(exchange.label)")
            #expect(try replies(exchange.lines.map { Array(($0 + "\r\n").utf8)[...] }) == expected)
            #expect(try replies(octets.indices.map { octets[$0...$0] }) == expected)
            for border in octets.indices { #expect(try replies([octets[..<border], octets[border...]]) == expected) }
            // Servers that end lines by LF alone say the same.
            #expect(try replies([octets.filter { $0 != 0x0D }[...]]) == expected)
        }
    }

    @Test("All that a server said comes out of one stream", arguments: RecordedReplies.all)
    func oneStream(recorded: RecordedReplies) throws {
        let exchanges = recorded.exchanges
        let octets = exchanges.flatMap(\.octets)
        let expected = try exchanges.flatMap { try written($0.lines) }
        var generator = SeededGenerator(seed: 2852)
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < octets.count {
            let end = min(octets.count, start + Int.random(in: 1...700, using: &generator))
            pieces.append(octets[start..<end])
            start = end
        }
        #expect(try replies(pieces) == expected)
    }

    @Test("An enhanced code is read exactly where one stands", arguments: RecordedReplies.all)
    func enhancedStatusCodes(recorded: RecordedReplies) throws {
        var count = 0
        for exchange in recorded.exchanges {
            for reply in try written(exchange.lines) {
                let first = string(reply.lines[0])
                let word = first.split(separator: " ", omittingEmptySubsequences: false).first.map(String.init) ?? ""
                let looksEnhanced = word.wholeMatch(of: /[245]\.[0-9]{1,3}\.[0-9]{1,3}/) != nil
                #expect(reply.enhancedStatusCode?.description == (looksEnhanced ? word : nil))
                if looksEnhanced { count += 1 }
            }
        }
        if !recorded.server.hasPrefix("aiosmtpd"), !recorded.server.hasPrefix("OpenSMTPD 6") { #expect(count > 5) }
    }

    @Test(
        "What the servers offer",
        arguments: [
            (RecordedReplies.postfix37, "smtp", "PIPELINING SIZE ETRN STARTTLS CHUNKING", 5_000_000),
            (.postfix37, "bare", "", nil),
            (.exim498, "smtp", "LIMITS PIPECONNECT PRDR", 5_000_000),
            (.dovecot24, "submissions after AUTH", "AUTH BURL", nil),
            (.sendmail, "smtp", "DELIVERBY ENHANCEDSTATUSCODES", nil),
            (.openSMTPD76, "smtp", "DSN SIZE", nil),
        ] as [(RecordedReplies, String, String, Int?)]
    )
    func extensions(recorded: RecordedReplies, service: String, keywords: String, size: Int?) throws {
        let exchange = try #require(recorded.exchanges.first { $0.label == "EHLO, " + service })
        let reply = try #require(try written(exchange.lines).last)
        let extensions = ServiceExtensions(reply)
        for keyword in keywords.split(separator: " ") {
            #expect(extensions.contains(.init(String(keyword))), "\(keyword) of \(extensions.keywords.map(\.name))")
        }
        if let size { #expect(extensions.sizeLimit == size) }
        #expect(extensions.keywords.count == reply.lines.count - 1)
    }

    @Test("The facts of the servers that have some")
    func facts() throws {
        func extensions(_ recorded: RecordedReplies, _ service: String) throws -> ServiceExtensions {
            let exchange = try #require(recorded.exchanges.first { $0.label == "EHLO, " + service })
            return ServiceExtensions(try #require(try written(exchange.lines).last))
        }
        #expect(try extensions(.exim498, "smtp").limits.recipientMaximum == 100)
        #expect(try extensions(.exim498, "smtp").limits.mailMaximum == nil)
        #expect(try extensions(.dovecot24, "submissions after AUTH").authenticationMechanisms == [])
        #expect(try extensions(.aiosmtpd, "smtp after STARTTLS").authenticationMechanisms == ["LOGIN", "PLAIN"])
    }
}
