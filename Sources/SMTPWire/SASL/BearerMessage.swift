/// The messages that carry a bearer token: OAUTHBEARER (RFC 7628 §3.1) and its forerunner XOAUTH2.
public enum BearerMessage {
    /// What divides the parts.
    private static let divider: UInt8 = 0x01

    /// What answers the error of OAUTHBEARER, so that the server can end the exchange (RFC 7628 §3.2.3).
    public static let errorAcknowledgement: [UInt8] = [divider]

    /// Returns the message of OAUTHBEARER.
    ///
    /// - Parameters:
    ///   - user: As whom to act, or `nil` for whom the token names.
    ///   - host: The server that the token is shown to, or `nil` not to say.
    ///   - port: Its port, likewise.
    ///   - token: The token, without the word `Bearer`.
    /// - Returns: The octets.
    /// - Throws: ``WireError`` for a part with octets it cannot have; it says nothing of the token.
    public static func oauthBearer(
        user: String?,
        host: String? = nil,
        port: Int? = nil,
        token: [UInt8]
    ) throws(WireError) -> [UInt8] {
        try check(token)
        if let user { try check(user) }
        var result = try GS2Header(.unsupported, authorizationIdentity: user).octets
        result.append(divider)
        if let host {
            try check(host)
            result += "host=\(host)".utf8
            result.append(divider)
        }
        if let port {
            result += "port=\(port)".utf8
            result.append(divider)
        }
        return result + authorization(token)
    }

    /// Returns the message of XOAUTH2.
    ///
    /// - Throws: ``WireError`` as ``oauthBearer(user:host:port:token:)`` does.
    public static func xoauth2(user: String, token: [UInt8]) throws(WireError) -> [UInt8] {
        try check(token)
        try check(user)
        return Array("user=\(user)".utf8) + [divider] + authorization(token)
    }

    /// What stands before the token.
    package static let scheme = Array("auth=Bearer ".utf8)

    private static func authorization(_ token: [UInt8]) -> [UInt8] {
        scheme + token + [divider, divider]
    }

    /// A token is visible ASCII (RFC 6750 §2.1); a line end at its end, from a file, is the usual mistake.
    private static func check(_ token: [UInt8]) throws(WireError) {
        guard !token.isEmpty else { throw WireError(.empty, in: .saslMessage) }
        guard token.allSatisfy(Octet.isVisible) else { throw WireError(.invalidOctet, in: .saslMessage) }
    }

    private static func check(_ name: String) throws(WireError) {
        guard !name.isEmpty else { throw WireError(.empty, in: .saslMessage) }
        if let (offset, octet) = name.utf8.enumerated().first(where: { Octet.isControl($0.element) }) {
            throw WireError(.invalidOctet, in: .saslMessage, octet: octet, at: offset)
        }
    }
}
