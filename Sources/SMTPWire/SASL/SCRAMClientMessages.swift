/// A SCRAM client's first message: who it is, and its part of the nonce (RFC 5802 §5).
public struct SCRAMClientFirst: Hashable, Sendable {
    /// What it says of channel binding, and as whom it wants to act.
    public let header: GS2Header

    /// The user's name.
    public let user: String

    /// The client's nonce.
    public let nonce: [UInt8]

    /// The message without its header, as the signatures cover it.
    public let bareOctets: [UInt8]

    /// Creates a message.
    ///
    /// - Throws: ``WireError`` for a name that is empty or has NUL, and a nonce that is not made of visible ASCII
    ///   without commas.
    public init(header: GS2Header, user: String, nonce: [UInt8]) throws(WireError) {
        guard !user.isEmpty, !nonce.isEmpty else { throw WireError(.empty, in: .saslMessage) }
        if let offset = nonce.firstIndex(where: { !Octet.isVisible($0) || $0 == 0x2C }) {
            throw WireError(.invalidOctet, in: .saslMessage, octet: nonce[offset], at: offset)
        }
        self.header = header
        self.user = user
        self.nonce = nonce
        bareOctets = Array("n=".utf8) + (try SASLName.encode(user)) + Array(",r=".utf8) + nonce
    }

    /// Reads a message, for servers.
    ///
    /// - Throws: ``WireError``.
    public init(parsing message: [UInt8]) throws(WireError) {
        header = try GS2Header(prefixOf: message)
        let parts = message.split(separator: 0x2C, maxSplits: 2, omittingEmptySubsequences: false)
        bareOctets = Array(parts[2])
        var attributes = try SCRAMAttributes(bareOctets)
        user = try SASLName.decode(try attributes.take("n"))
        nonce = try attributes.takeNonce()
    }

    /// The message as sent.
    public var octets: [UInt8] { header.octets + bareOctets }
}

/// A SCRAM client's last message: what the channel is bound to, and the proof (RFC 5802 §5).
public struct SCRAMClientFinal: Hashable, Sendable {
    /// The header of the first message, with the channel's binding behind it.
    public let channelBindingInput: [UInt8]

    /// The nonce of both.
    public let nonce: [UInt8]

    /// The client's proof; empty before it is made.
    public var proof: [UInt8]

    /// Creates a message.
    public init(channelBindingInput: [UInt8], nonce: [UInt8], proof: [UInt8] = []) {
        self.channelBindingInput = channelBindingInput
        self.nonce = nonce
        self.proof = proof
    }

    /// Reads a message, for servers.
    ///
    /// - Throws: ``WireError``.
    public init(parsing message: [UInt8]) throws(WireError) {
        var attributes = try SCRAMAttributes(message)
        channelBindingInput = try attributes.takeBase64("c")
        nonce = try attributes.takeNonce()
        proof = try attributes.takeBase64("p")
    }

    /// The message without its proof, as the signatures cover it.
    public var octetsWithoutProof: [UInt8] {
        Array("c=".utf8) + Base64.encode(channelBindingInput) + Array(",r=".utf8) + nonce
    }

    /// The message as sent.
    public var octets: [UInt8] { octetsWithoutProof + Array(",p=".utf8) + Base64.encode(proof) }
}
