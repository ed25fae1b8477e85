/// What protects the bytes of a transport: two facts, kept apart.
public struct TransportSecurity: Hashable, Sendable {
    /// Whether nobody between can read or change the bytes.
    public var isEncrypted: Bool

    /// Whether the peer has proven to be the host that was asked for.
    public var isVerified: Bool

    /// Creates the facts about a transport.
    public init(isEncrypted: Bool, isVerified: Bool) {
        self.isEncrypted = isEncrypted
        self.isVerified = isVerified
    }

    /// Neither encrypted nor verified.
    public static let none = TransportSecurity(isEncrypted: false, isVerified: false)

    /// Whether the bytes are safe on the way: encrypted, and towards the right peer.
    public var isSecure: Bool { isEncrypted && isVerified }
}
