/// What a client says about channel binding, and as whom it wants to act (RFC 5801 §4, RFC 5802 §7).
public struct GS2Header: Hashable, Sendable {
    /// What the client says about channel binding.
    public enum ChannelBinding: Hashable, Sendable {
        /// `n`: it cannot.
        case unsupported
        /// `y`: it could, and thinks the server cannot; a server that can knows then that its offer was tampered with.
        case notOffered
        /// `p=`: it does, by this type.
        case used(type: String)
    }

    /// What the client says about channel binding.
    public let channelBinding: ChannelBinding

    /// As whom to act, or `nil` for the user who authenticates.
    public let authorizationIdentity: String?

    /// The header as sent, both commas included.
    public let octets: [UInt8]

    /// Creates a header.
    ///
    /// - Throws: ``WireError`` for the type of a binding that is not made of letters, digits, dots and hyphens, and an
    ///   identity that is empty or has NUL.
    public init(_ channelBinding: ChannelBinding, authorizationIdentity: String? = nil) throws(WireError) {
        self.channelBinding = channelBinding
        self.authorizationIdentity = authorizationIdentity
        var octets: [UInt8]
        switch channelBinding {
        case .unsupported: octets = Array("n,".utf8)
        case .notOffered: octets = Array("y,".utf8)
        case .used(let type):
            try NameText.check(type, in: .saslMessage, limit: 64, Self.isTypeOctet)
            octets = Array("p=\(type),".utf8)
        }
        if let authorizationIdentity {
            guard !authorizationIdentity.isEmpty else { throw WireError(.empty, in: .saslMessage) }
            octets += "a=".utf8
            octets += try SASLName.encode(authorizationIdentity)
        }
        octets.append(0x2C)
        self.octets = octets
    }

    /// Reads a header at the beginning of `message`, for servers.
    ///
    /// - Throws: ``WireError`` if there is none.
    public init(prefixOf message: [UInt8]) throws(WireError) {
        let parts = message.split(separator: 0x2C, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw WireError(.incomplete, in: .saslMessage, at: message.count) }
        let binding: ChannelBinding
        switch parts[0] {
        case [0x6E]: binding = .unsupported
        case [0x79]: binding = .notOffered
        case let flag where flag.starts(with: "p=".utf8):
            binding = .used(type: String(decoding: flag.dropFirst(2), as: UTF8.self))
        default: throw WireError(.invalidOctet, in: .saslMessage, octet: parts[0].first, at: 0)
        }
        var identity: String?
        if !parts[1].isEmpty {
            guard parts[1].starts(with: "a=".utf8) else {
                throw WireError(.invalidOctet, in: .saslMessage, octet: parts[1].first, at: parts[0].count + 1)
            }
            identity = try SASLName.decode(parts[1].dropFirst(2))
        }
        try self.init(binding, authorizationIdentity: identity)
    }

    private static func isTypeOctet(_ octet: UInt8) -> Bool {
        Octet.isLetterOrDigit(octet) || octet == Octet.dot || octet == Octet.hyphen
    }
}
