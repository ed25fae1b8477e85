internal import SMTPCrypto
internal import SMTPWire

/// The server's side of SCRAM for one user (RFC 5802), without input or output: messages in, messages out.
///
/// It checks the client's proof and its channel binding as a server must, so that a test with it proves more than a
/// recorded dialogue. Names and passwords are compared as they come.
public struct SCRAMServer: Sendable {
    /// The hash function.
    @nonexhaustive
    public enum Hash: Hashable, Sendable {
        /// SCRAM-SHA-1.
        case sha1
        /// SCRAM-SHA-256.
        case sha256
        /// SCRAM-SHA-512.
        case sha512
    }

    /// What the server says next.
    @nonexhaustive
    public enum Response: Hashable, Sendable {
        /// A challenge; it stands in a 334.
        case challenge([UInt8])
        /// The client has proven that it knows the password; a 235.
        case accepted
        /// It has not; a 535.
        case refused
    }

    private enum State {
        case initial
        case sentFirst(client: SCRAMClientFirst, server: SCRAMServerFirst)
        case sentFinal(isAccepted: Bool)
    }

    /// The hash function.
    public var hash: Hash

    /// The one user there is.
    public var user: String

    /// Its password, prepared.
    public var password: String

    /// What it is salted with.
    public var salt: [UInt8] = Array("salt of 16 bytes".utf8)

    /// How often it is hashed.
    public var iterationCount = 4096

    /// The server's part of the nonce.
    public var nonce: [UInt8] = Array("server-nonce".utf8)

    /// The channel bindings it knows, by type; with any it offers the -PLUS form, and refuses a client that believes it
    /// does not.
    public var channelBindings: [String: [UInt8]] = [:]

    private var state = State.initial

    /// Creates a server.
    public init(_ hash: Hash, user: String, password: String) {
        self.hash = hash
        self.user = user
        self.password = password
    }

    /// Takes the client's next message.
    public mutating func receive(_ message: [UInt8]) -> Response {
        switch state {
        case .initial: return takeFirst(message)
        case .sentFirst(let client, let server): return takeFinal(message, client, server)
        case .sentFinal(let isAccepted):
            state = .initial
            return isAccepted && message.isEmpty ? .accepted : .refused
        }
    }

    private mutating func takeFirst(_ message: [UInt8]) -> Response {
        guard let client = try? SCRAMClientFirst(parsing: message) else { return refuse("other-error") }
        switch client.header.channelBinding {
        case .unsupported: break
        case .notOffered:
            guard channelBindings.isEmpty else { return refuse("server-does-support-channel-binding") }
        case .used(let type):
            guard channelBindings[type] != nil else {
                return refuse(SCRAMServerFinal.unsupportedChannelBindingType)
            }
        }
        guard client.user == user else { return refuse("unknown-user") }
        let server = SCRAMServerFirst(nonce: client.nonce + nonce, salt: salt, iterationCount: iterationCount)
        state = .sentFirst(client: client, server: server)
        return .challenge(server.octets)
    }

    private mutating func takeFinal(
        _ message: [UInt8],
        _ client: SCRAMClientFirst,
        _ server: SCRAMServerFirst
    ) -> Response {
        guard let final = try? SCRAMClientFinal(parsing: message), final.nonce == server.nonce else {
            return refuse("other-error")
        }
        var binding: [UInt8] = []
        if case .used(let type) = client.header.channelBinding { binding = channelBindings[type] ?? [] }
        guard final.channelBindingInput == client.header.octets + binding else {
            return refuse("channel-bindings-dont-match")
        }
        let covered = [client.bareOctets, server.octets, final.octetsWithoutProof].joined(separator: [0x2C])
        let signatures = try? SCRAMSignatures(
            hash.function,
            password: Array(password.utf8),
            salt: salt,
            iterationCount: iterationCount,
            message: Array(covered)
        )
        guard let signatures, signatures.clientProof == final.proof else { return refuse("invalid-proof") }
        state = .sentFinal(isAccepted: true)
        return .challenge(SCRAMServerFinal.verifier(signatures.serverSignature).octets)
    }

    private mutating func refuse(_ reason: String) -> Response {
        state = .sentFinal(isAccepted: false)
        return .challenge(SCRAMServerFinal.error(reason).octets)
    }
}

extension SCRAMServer.Hash {
    fileprivate var function: HashFunction {
        switch self {
        case .sha1: .sha1
        case .sha256: .sha256
        case .sha512: .sha512
        }
    }
}
