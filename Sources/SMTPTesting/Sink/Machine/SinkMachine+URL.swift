internal import SMTPWire

extension SinkMachine {
    /// BURL: fetches content from where the configuration has it (RFC 4468 §3.2).
    mutating func urlReceived(_ line: SinkCommandLine) {
        let words = line.argument.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        let isLast = words.count == 2 && words[1].uppercased() == "LAST"
        let octets = words.first.flatMap { configuration.contents[$0] }
        let refusal: SinkReply? =
            if misses(.burl) {
                .notImplemented
            } else if words.isEmpty || (words.count > 1 && !isLast) {
                .malformed
            } else if reception.hasFailed {
                .chunkFailed
            } else {
                refusalOfChunk(isLast: isLast) ?? (octets == nil ? .notFetched : nil)
            }
        guard refusal == nil, let octets, let url = words.first else {
            answer(.command, line, refusal ?? .malformed)
            // As behind a chunk that was refused, the rest of the content is not wanted.
            if transaction != nil { reception.hasFailed = true }
            return
        }
        octets.withUnsafeBytes { reception.content.append($0) }
        let limit = configuration.limits.recordedInput
        transaction?.recordChunk(octets.count, from: url, limit: limit)
        pieceTaken(line, isLast: isLast)
    }
}
