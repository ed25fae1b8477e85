import SMTPSession
internal import SMTPWire

/// What is kept from servers that offer more than they cope with, by the name they were dialled by or what they greet with.
///
/// ```swift
/// configuration.workarounds.append(ServerWorkaround(host: "old.example.org", avoiding: .pipelining))
/// ```
public struct ServerWorkaround: Hashable, Sendable {
    /// What is not used with a server.
    public struct Avoidance: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt8

        /// Creates a set of its bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Nothing follows the end of a message's content before the reply to it: neither another message nor QUIT.
        public static let crossMessage = Self(rawValue: 1 << 0)

        /// No command follows another before the reply to it, whether the server offers PIPELINING or not.
        public static let pipelining = Self(rawValue: 1 << 1)

        /// No content goes by BDAT, whether the server offers CHUNKING or not, unless it can go no other way.
        public static let chunking = Self(rawValue: 1 << 2)
    }

    /// The name or address that is dialled, whatever the case of its letters in ASCII; `nil` for any.
    public var host: String?

    /// A word of the greeting, as `chasquid` is one of `220 mx.example ESMTP chasquid`, whatever the case of its letters
    /// in ASCII; `nil` for any.
    public var greetingWord: String?

    /// What is not used.
    public var avoidance: Avoidance

    /// Creates a workaround for servers that are dialled by `host`, if given, and greet with `greetingWord`, if given.
    public init(host: String? = nil, greetingWord: String? = nil, avoiding avoidance: Avoidance) {
        self.host = host
        self.greetingWord = greetingWord
        self.avoidance = avoidance
    }

    /// The servers known to need one.
    ///
    /// chasquid before 1.15 drops what follows the final dot in the same segment, and greets as later ones do (measured
    /// with 1.11: it never answers).
    public static let known = [ServerWorkaround(greetingWord: "chasquid", avoiding: .crossMessage)]

    func applies(to host: String, greeting: SMTPReply) -> Bool {
        if let ours = self.host, !ours.isSameIgnoringASCIICase(as: host) { return false }
        guard let word = greetingWord else { return true }
        return greeting.text.contains { line in
            line.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.contains {
                String(Substring($0)).isSameIgnoringASCIICase(as: word)
            }
        }
    }
}

extension [ServerWorkaround] {
    /// All that is not to be used with a server that was dialled by this name and greeted so.
    func avoidance(for host: String, greeting: SMTPReply) -> ServerWorkaround.Avoidance {
        reduce(into: []) { all, workaround in
            if workaround.applies(to: host, greeting: greeting) { all.formUnion(workaround.avoidance) }
        }
    }
}
