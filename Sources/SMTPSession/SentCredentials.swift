internal import SMTPWire

/// What was sent in an AUTH exchange, as far as a server must not put it into a log by repeating it.
///
/// Servers repeat commands they do not know, and are read by whoever reads the reply in an error or a transcript.
struct SentCredentials {
    /// What stands in a reply instead.
    static let mark = Array("(credentials)".utf8)

    /// Less of base64 than this is not looked for: servers cut what they repeat, and any shorter word may be theirs.
    private static let shortestPart = 8

    /// A shorter secret would be found in words that have nothing to do with it.
    private static let shortestSecret = 4

    private static let bearer = Array("auth=Bearer ".utf8)

    /// The responses in base64, in order.
    private var encoded: [[UInt8]] = []

    /// The secret in the last response: all of it, or what is behind the user's name.
    private var secret: [UInt8] = []

    var isEmpty: Bool { encoded.isEmpty }

    /// Remembers what `command` gives away, if it is one of an AUTH exchange.
    mutating func note(_ command: SMTPCommand) {
        switch command {
        case .auth(_, let response?), .authResponse(let response):
            encoded.append(Base64.encode(response))
            // PLAIN has zeros between its parts and the password last, OAuth control A and "auth=Bearer " before the token.
            let part = response.split { $0 <= 1 }.last ?? []
            // An empty response only lets the server end the exchange.
            guard !part.isEmpty else { break }
            secret = Array(part.starts(with: Self.bearer) ? part.dropFirst(Self.bearer.count) : part)
        default: break
        }
    }

    /// The reply with a mark wherever it repeats something of what was sent.
    func hidden(in reply: SMTPReply) -> SMTPReply {
        guard !isEmpty else { return reply }
        var reply = reply
        for response in encoded {
            reply = reply.replacing(response, from: Self.shortestPart, by: Self.mark)
        }
        return secret.count < Self.shortestSecret ? reply : reply.replacing(secret, from: secret.count, by: Self.mark)
    }
}
