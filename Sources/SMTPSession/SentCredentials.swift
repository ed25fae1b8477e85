internal import SMTPWire

/// What an AUTH exchange has sent, or the URL of a BURL, which is itself the permission to read: to be found where the server
/// repeats it.
///
/// A server repeats a command it does not know, or the rest of a line that was too long for it, and its replies are read in
/// errors, logs and transcripts.
struct SentCredentials {
    /// The octets of base64 in a row that are recognised, wherever the server cut what it repeats.
    private static let encodedPiece = 8

    /// A secret shorter than this would be found in any text.
    private static let shortestSecret = 4

    private var mechanism = ""
    private var needles: [OctetNeedle] = []

    @inline(__always)
    var isEmpty: Bool { needles.isEmpty }

    /// Remembers what `command` gives away; one that belongs to no exchange ends what was remembered.
    mutating func note(_ command: SMTPCommand) {
        switch command {
        case .auth(let mechanism, let response):
            begin(mechanism.name)
            if let response { add(response) }
        case .authResponse(let response):
            add(response)
        case .authCancel:
            break
        case .raw(let verb, let argument?) where verb.text.isSameIgnoringASCIICase(as: "AUTH"):
            let words = argument.text.utf8.split { $0 == 0x20 || $0 == 0x09 }
            begin(words.first.map { String(decoding: $0, as: UTF8.self) } ?? "")
            if words.count > 1, let word = words.last { add(Base64.decode(word) ?? Array(word)) }
        case .burl(let url, _):
            begin("")
            addWhole(url.text)
        case .raw(let verb, let argument?) where verb.text.isSameIgnoringASCIICase(as: "BURL"):
            begin("")
            addWhole(argument.text)
        default:
            forget()
        }
    }

    private mutating func addWhole(_ text: String) {
        needles.append(OctetNeedle(Array(text.utf8), piece: OctetNeedle.secretPiece))
    }

    /// Forgets all of it.
    mutating func forget() {
        if !isEmpty { self = SentCredentials() }
    }

    private mutating func begin(_ name: String) {
        self = SentCredentials()
        mechanism = name
    }

    private mutating func add(_ response: [UInt8]) {
        // Without line feeds, as what it is looked for in.
        let secret = secret(in: response).filter { $0 != 0x0A }
        needles.append(OctetNeedle(Base64.encode(response), piece: Self.encodedPiece))
        if secret.count >= Self.shortestSecret { needles.append(OctetNeedle(secret, piece: OctetNeedle.secretPiece)) }
    }

    /// The password or token: PLAIN has it last, behind a zero, and OAuth behind control A (RFC 4616, RFC 7628).
    private func secret(in response: [UInt8]) -> [UInt8] {
        let isName = isEmpty && mechanism.isSameIgnoringASCIICase(as: "LOGIN")
        let hasNone = isName || ["EXTERNAL", "ANONYMOUS"].contains { mechanism.isSameIgnoringASCIICase(as: $0) }
        guard !hasNone, let part = response.split(whereSeparator: { $0 <= 1 }).last else { return [] }
        return Array(part.starts(with: BearerMessage.scheme) ? part.dropFirst(BearerMessage.scheme.count) : part)
    }

    /// The reply with a mark wherever it repeats something of what was sent.
    func hidden(in reply: SMTPReply) -> SMTPReply {
        let text = reply.joinedLines
        let isFound = found(in: text)
        guard isFound.contains(true) else { return reply }
        var shown: [UInt8] = []
        for (place, octet) in text.enumerated() {
            if !isFound[place] {
                shown.append(octet)
            } else if place == 0 || !isFound[place - 1] {
                shown += DisplayText.credentials.utf8
            }
        }
        return SMTPReply(code: reply.code, joinedLines: shown)
    }
}

extension SentCredentials {
    /// Which octets of a reply's lines repeat something, also where the server has broken it into lines.
    private func found(in text: [UInt8]) -> [Bool] {
        let places = text.split(separator: 0x0A).flatMap { Self.withoutStatusCode($0).indices }
        let joined = places.map { text[$0] }
        var isFound = [Bool](repeating: false, count: joined.count)
        for needle in needles { needle.mark(in: joined, &isFound) }
        var result = [Bool](repeating: false, count: text.count)
        for (place, isFound) in zip(places, isFound) { result[place] = isFound }
        return result
    }

    /// A line behind its enhanced status code, which each line of a reply may have (RFC 2034 §4).
    private static func withoutStatusCode(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        EnhancedStatusCode(prefixOf: line) == nil ? line : line.drop { $0 != 0x20 && $0 != 0x09 }.dropFirst()
    }
}

extension SentCredentials: CustomReflectable {
    /// Nothing: a dump of the channel is read too.
    var customMirror: Mirror { Mirror(self, children: []) }
}
