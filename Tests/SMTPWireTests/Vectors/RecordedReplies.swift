import Testing

/// What a server said, line by line, each time under a line that tells to what.
struct RecordedReplies: CustomTestStringConvertible {
    let server: String
    let text: String

    static let all: [RecordedReplies] = [
        .aiosmtpd, .chasquid111, .chasquid115, .dovecot23, .dovecot24, .exim496, .exim498, .openSMTPD68, .openSMTPD76,
        .postfix37, .postfix310, .sendmail,
    ]

    /// One thing that was asked, and the lines that were answered to it, greetings before EHLO replies included.
    struct Exchange {
        let label: String
        var lines: [String]

        /// The octets as they came.
        var octets: [UInt8] { Array(lines.map { $0 + "\r\n" }.joined().utf8) }
    }

    var exchanges: [Exchange] {
        var result: [Exchange] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# ") {
                result.append(Exchange(label: String(line.dropFirst(2)), lines: []))
            } else {
                result[result.count - 1].lines.append(String(line))
            }
        }
        return result
    }

    var testDescription: String { server }
}
