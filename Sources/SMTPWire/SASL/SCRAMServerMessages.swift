/// A SCRAM server's first message: its part of the nonce, and how the password is to be hashed (RFC 5802 §5).
public struct SCRAMServerFirst: Hashable, Sendable {
    /// The client's nonce with the server's behind it.
    public let nonce: [UInt8]

    /// What the password is salted with.
    public let salt: [UInt8]

    /// How often it is hashed; any positive number.
    public let iterationCount: Int

    /// Creates a message, for servers.
    public init(nonce: [UInt8], salt: [UInt8], iterationCount: Int) {
        self.nonce = nonce
        self.salt = salt
        self.iterationCount = iterationCount
    }

    /// Reads a message.
    ///
    /// Extensions behind the three attributes are skipped.
    ///
    /// - Throws: ``WireError`` for attributes that are missing, out of order, malformed or there twice, and for a
    ///   mandatory extension.
    public init(parsing message: [UInt8]) throws(WireError) {
        var attributes = try SCRAMAttributes(message)
        nonce = try attributes.takeNonce()
        salt = try attributes.takeBase64("s")
        iterationCount = try attributes.takePositiveNumber("i")
    }

    /// The message as sent.
    public var octets: [UInt8] {
        Array("r=".utf8) + nonce + Array(",s=".utf8) + Base64.encode(salt) + Array(",i=\(iterationCount)".utf8)
    }
}

/// A SCRAM server's last message (RFC 5802 §5).
@nonexhaustive
public enum SCRAMServerFinal: Hashable, Sendable {
    /// The proof that the server knows the password's hash too.
    case verifier([UInt8])

    /// Why the server says no, such as `invalid-proof`; at most 64 octets of it, escaped for display.
    case error(String)

    /// The error of a server that cannot bind to the channel in the way asked for (RFC 5802 §7).
    public static let unsupportedChannelBindingType = "unsupported-channel-binding-type"

    /// Reads a message.
    ///
    /// - Throws: ``WireError`` as ``SCRAMServerFirst/init(parsing:)`` does.
    public init(parsing message: [UInt8]) throws(WireError) {
        var attributes = try SCRAMAttributes(message)
        if attributes.next == UInt8(ascii: "e") {
            self = .error(DisplayText.escape(try attributes.take("e").prefix(64)))
        } else {
            self = .verifier(try attributes.takeBase64("v"))
        }
    }

    /// The message as sent.
    public var octets: [UInt8] {
        switch self {
        case .verifier(let signature): Array("v=".utf8) + Base64.encode(signature)
        case .error(let error): Array("e=\(error)".utf8)
        }
    }
}
