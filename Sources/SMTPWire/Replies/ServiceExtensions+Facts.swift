// What the parameters of the keywords say. A server's mistake in one is never an error: what cannot be read is as if
// it were not stated.

extension ServiceExtensions {
    /// How far into the future a server holds messages (RFC 4865).
    public struct FutureReleaseLimits: Hashable, Sendable {
        /// The most seconds from now, or `nil` if that cannot be read.
        public let interval: Int?

        /// The latest time, or `nil` if that cannot be read.
        public let time: UTCTime?
    }

    /// What a server intends to allow on this connection (RFC 9422 §4); `nil` where it states nothing that can be read.
    public struct Limits: Hashable, Sendable {
        /// MAILMAX: how many MAIL commands, refused ones too.
        public let mailMaximum: Int?

        /// RCPTMAX: how many RCPT commands in a transaction.
        public let recipientMaximum: Int?

        /// RCPTDOMAINMAX: how many different domains of recipients on the connection.
        public let recipientDomainMaximum: Int?
    }

    /// The largest content the server takes, in octets, or `nil` if it states none: no SIZE, or SIZE 0 (RFC 1870 §5).
    ///
    /// The RFC allows twenty digits; a limit that no `Int` can hold is none either.
    public var sizeLimit: Int? {
        number(of: .size, at: 0, digits: 20).flatMap { $0 > 0 ? $0 : nil }
    }

    /// The SASL mechanisms offered, in upper case and in order, each once; the form `AUTH=` of old servers counts too.
    public var authenticationMechanisms: [String] {
        var seen: Set<String> = []
        return entries.filter { $0.keyword == .auth }.flatMap(\.parameters).map(\.asciiUppercased)
            .filter { seen.insert($0).inserted }
    }

    /// The least seconds a message to be returned when late may be given, or `nil` if none are stated (RFC 2852).
    public var deliverByMinimum: Int? {
        number(of: .deliverBy, at: 0, digits: 9)
    }

    /// How far into the future messages are held, or `nil` if FUTURERELEASE is not offered.
    public var futureReleaseLimits: FutureReleaseLimits? {
        parameters(of: .futureRelease).map { parameters in
            FutureReleaseLimits(
                interval: number(of: .futureRelease, at: 0, digits: 9),
                time: parameters.count > 1 ? UTCTime(parameters[1]) : nil
            )
        }
    }

    /// The name of the policy by which priorities are assigned, in upper case, or `nil` if none is named (RFC 6710).
    public var priorityProfile: String? {
        parameters(of: .mtPriority)?.first?.asciiUppercased
    }

    /// What the server does not want to be solicited for, or `nil` if it names nothing (RFC 3865 §2.1).
    public var refusedSolicitations: SolicitationKeywords? {
        let words = parameters(of: .noSoliciting)?.first?.utf8.split(separator: 0x2C).map { String(Substring($0)) }
        return words.flatMap { try? SolicitationKeywords($0) }
    }

    /// What the server intends to allow, each limit from 1 to 999,999; others are ignored (RFC 9422 §3, §4).
    public var limits: Limits {
        Limits(
            mailMaximum: limit("MAILMAX"),
            recipientMaximum: limit("RCPTMAX"),
            recipientDomainMaximum: limit("RCPTDOMAINMAX")
        )
    }

    /// The attributes that XCLIENT takes, in order.
    public var xclientAttributes: [ClientAttribute.Name] {
        (parameters(of: .xclient) ?? []).compactMap { try? ClientAttribute.Name($0) }
    }

    /// The attributes that XFORWARD takes, in order.
    public var xforwardAttributes: [ClientAttribute.Name] {
        (parameters(of: .xforward) ?? []).compactMap { try? ClientAttribute.Name($0) }
    }

    // MARK: Reading

    private func limit(_ name: String) -> Int? {
        for parameter in parameters(of: .limits) ?? [] {
            let parts = parameter.utf8.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, String(Substring(parts[0])).isSameIgnoringASCIICase(as: name) else { continue }
            let isLegal = parts[1].first != 0x30
            return isLegal ? Self.number(parts[1], digits: 6) : nil
        }
        return nil
    }

    private func number(of keyword: Keyword, at index: Int, digits: Int) -> Int? {
        guard let parameters = parameters(of: keyword), parameters.indices.contains(index) else { return nil }
        return Self.number(parameters[index].utf8, digits: digits)
    }

    /// A number of digits alone; `Int` would read a sign too.
    private static func number(_ text: some Collection<UInt8>, digits limit: Int) -> Int? {
        guard !text.isEmpty, text.count <= limit, text.allSatisfy(Octet.isDigit) else { return nil }
        return Int(String(decoding: text, as: UTF8.self))
    }
}
