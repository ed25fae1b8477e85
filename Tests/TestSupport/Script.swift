extension Peer {
    /// Plays a server that offers `keywords`.
    ///
    /// A line that begins with one of `replies` gets that reply, once; anything else what a friendly server says.
    /// Content is read after each 354, and answered by `content`.
    ///
    /// Returns when the client has left, or after a reply of 421.
    package func serve(
        _ keywords: [String] = [],
        replies: [(line: String, reply: String)] = [],
        content: String = "250 2.0.0 taken"
    ) async throws {
        var rest = replies
        while let line = try await line() {
            let scripted = rest.firstIndex { line.hasPrefix($0.line) }.map { rest.remove(at: $0).reply }
            let reply = scripted ?? Self.friendlyReply(to: line, keywords)
            try await say(reply)
            if reply.hasPrefix("354"), scripted == nil || !reply.contains("\n") {
                _ = try await self.content()
                try await say(content)
            }
            if reply.hasPrefix("421") || line == "QUIT" {
                close()
                return
            }
        }
    }

    private static func friendlyReply(to line: String, _ keywords: [String]) -> String {
        switch line.prefix(4) {
        case "EHLO", "LHLO":
            let lines = ["server.example"] + keywords
            return lines.enumerated().map { "250\($0.offset == lines.count - 1 ? " " : "-")\($0.element)" }
                .joined(separator: "\n")
        case "DATA": return "354 go"
        case "QUIT": return "221 bye"
        default: return "250 ok"
        }
    }
}
