/// The one message of PLAIN (RFC 4616 §2).
public enum PlainMessage {
    /// Returns the message.
    ///
    /// - Parameters:
    ///   - authorizationIdentity: As whom to act, or `nil` for the user.
    ///   - user: Who authenticates; not empty.
    ///   - password: The password in UTF-8; not empty.
    /// - Returns: The octets, with NUL between the parts.
    /// - Throws: ``WireError`` for a part that is empty or has NUL; it says nothing of the password.
    public static func octets(
        authorizationIdentity: String?,
        user: String,
        password: [UInt8]
    ) throws(WireError) -> [UInt8] {
        guard !user.isEmpty, !password.isEmpty else { throw WireError(.empty, in: .saslMessage) }
        let parts = [Array((authorizationIdentity ?? "").utf8), Array(user.utf8), password]
        guard !parts.contains(where: { $0.contains(0) }) else {
            throw WireError(.invalidOctet, in: .saslMessage, octet: 0)
        }
        return Array(parts.joined(separator: [0]))
    }
}
