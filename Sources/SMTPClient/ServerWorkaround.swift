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

    /// The name or address that is dialled, in which `*` stands for any octets, as in `*.example.org`; `nil` for any.
    public var host: String?

    /// Words that follow each other in a line of the greeting, in each of which `*` stands for any octets, as in
    /// `ESMTP Exim 4.9*`; `nil` for any greeting.
    public var greeting: String?

    /// What is not used.
    public var avoidance: Avoidance

    /// Creates a workaround for servers that are dialled by `host`, if given, and greet with `greeting`, if given.
    ///
    /// The case of ASCII letters does not matter in either.
    public init(host: String? = nil, greeting: String? = nil, avoiding avoidance: Avoidance) {
        self.host = host
        self.greeting = greeting
        self.avoidance = avoidance
    }

    /// The servers known to need one.
    ///
    /// chasquid before 1.15 drops what follows the final dot in the same segment, and greets as later ones do (measured
    /// with 1.11: it never answers).
    public static let known = [ServerWorkaround(greeting: "chasquid", avoiding: .crossMessage)]

    func applies(to host: String, greeting: SMTPReply) -> Bool {
        if let pattern = self.host, !Self.matches(host.asciiUppercased.utf8[...], pattern.asciiUppercased.utf8[...]) {
            return false
        }
        guard let pattern = self.greeting else { return true }
        let patterns = Self.words(of: pattern)
        return greeting.lines.contains { line in
            let words = Self.words(of: String(decoding: line, as: UTF8.self))
            return (0...words.count).contains { start in
                words.count - start >= patterns.count && zip(words[start...], patterns).allSatisfy(Self.matches)
            }
        }
    }

    private static func words(of text: String) -> [Substring.UTF8View] {
        text.asciiUppercased.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// Whether a text is what a pattern says, in which `*` stands for any octets.
    private static func matches(_ text: Substring.UTF8View, _ pattern: Substring.UTF8View) -> Bool {
        var rest = text
        var wanted = pattern
        // What is left of both behind the last `*`, which may stand for one octet more.
        var retry: (rest: Substring.UTF8View, wanted: Substring.UTF8View)?
        while let octet = rest.first {
            if wanted.first == UInt8(ascii: "*") {
                wanted.removeFirst()
                retry = (rest, wanted)
            } else if wanted.first == octet {
                rest.removeFirst()
                wanted.removeFirst()
            } else if let last = retry {
                retry?.rest.removeFirst()
                (rest, wanted) = (last.rest.dropFirst(), last.wanted)
            } else {
                return false
            }
        }
        return wanted.allSatisfy { $0 == UInt8(ascii: "*") }
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
