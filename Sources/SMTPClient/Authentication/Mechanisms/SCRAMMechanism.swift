internal import SMTPCrypto
public import SMTPWire

/// SCRAM: both sides prove that they know the password, and none sends it (RFC 5802, RFC 7677).
public struct SCRAMMechanism: SASLMechanism {
    /// The hash function, which names the mechanism.
    @nonexhaustive
    public enum Hash: Hashable, Sendable {
        /// SCRAM-SHA-1.
        case sha1
        /// SCRAM-SHA-256.
        case sha256
        /// SCRAM-SHA-512.
        case sha512
    }

    /// What is done about the channel.
    @nonexhaustive
    public enum Binding: Hashable, Sendable {
        /// The proof is bound to it: the -PLUS form.
        case bound(ChannelBinding)
        /// It could be bound to, but the server does not offer it; if the server did, it learns here of the forgery.
        case notOffered
        /// There is nothing to bind to.
        case unsupported
    }

    private enum State {
        case initial
        case sentFirst(SCRAMClientFirst)
        case sentFinal(serverSignature: [UInt8])
        case verified
        case refused
    }

    private let hash: Hash
    private let binding: Binding
    private let user: String
    private let password: Secret
    private let authorizationIdentity: String?
    private let iterations: ClosedRange<Int>
    private var state = State.initial

    /// Our part of the nonce, if it is not to be random.
    var fixedNonce: [UInt8]?

    /// Why the server says no.
    public private(set) var serverError: String?

    /// Creates the mechanism.
    ///
    /// - Parameters:
    ///   - hash: The hash function.
    ///   - binding: What is done about the channel.
    ///   - user: Who authenticates; prepared by SASLprep.
    ///   - password: The password in UTF-8; prepared by SASLprep.
    ///   - authorizationIdentity: As whom to act, or `nil` for the user; prepared by SASLprep.
    ///   - iterations: How many iterations a server may ask for; too few make a password easy to guess for whoever
    ///     takes the server's place, and too many burn our time.
    public init(
        _ hash: Hash,
        binding: Binding = .unsupported,
        user: String,
        password: Secret,
        authorizationIdentity: String? = nil,
        iterations: ClosedRange<Int> = AuthenticationOptions.defaultSCRAMIterations
    ) {
        self.hash = hash
        self.binding = binding
        self.user = user
        self.password = password
        self.authorizationIdentity = authorizationIdentity
        self.iterations = iterations
    }

    /// `SCRAM-SHA-256` and the like.
    public var name: AuthenticationMechanism {
        let isPlus = if case .bound = binding { true } else { false }
        return switch hash {
        case .sha1: isPlus ? .scramSHA1Plus : .scramSHA1
        case .sha256: isPlus ? .scramSHA256Plus : .scramSHA256
        case .sha512: isPlus ? .scramSHA512Plus : .scramSHA512
        }
    }

    /// Returns the first message, with a new nonce.
    public mutating func initialResponse() throws(SASLError) -> [UInt8]? {
        // Said now, while another mechanism can still be tried.
        var password = try preparedPassword()
        Crypto.wipe(&password)
        let user = try SASLError.prepared(user, "the user's name", as: .query)
        let identity = try authorizationIdentity.prepared()
        // In base64 there is no comma, which a nonce must not have.
        let random = try available { () throws(CryptoError) in try Crypto.randomOctets(count: 24) }
        let nonce = fixedNonce ?? Base64.encode(random)
        let first = try SASLError.usable { () throws(WireError) in
            try SCRAMClientFirst(
                header: try GS2Header(binding.flag, authorizationIdentity: identity),
                user: user,
                nonce: nonce
            )
        }
        state = .sentFirst(first)
        return first.octets
    }

    /// Returns the proof in answer to the first challenge, and nothing in answer to a second with the right signature.
    public mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
        switch state {
        case .sentFirst(let first):
            // An error may come here already, though RFC 5802 has it in the last message alone.
            if challenge.starts(with: "e=".utf8) { return try takeServerFinal(challenge, expecting: nil) }
            return try proof(first, challenge)
        case .sentFinal(let serverSignature):
            return try takeServerFinal(challenge, expecting: serverSignature)
        case .initial, .verified, .refused:
            throw .unexpectedChallenge
        }
    }

    /// Believes the server if its signature was right.
    public mutating func succeeded() throws(SASLError) {
        guard case .verified = state else { throw .serverNotVerified }
    }

    private mutating func proof(_ first: SCRAMClientFirst, _ challenge: [UInt8]) throws(SASLError) -> [UInt8] {
        let serverFirst = try SASLError.challenge { () throws(WireError) in try SCRAMServerFirst(parsing: challenge) }
        guard serverFirst.nonce.count > first.nonce.count, serverFirst.nonce.starts(with: first.nonce) else {
            throw .nonceMismatch
        }
        guard iterations.contains(serverFirst.iterationCount) else {
            throw .iterationCount(serverFirst.iterationCount, allowed: iterations)
        }
        var final = SCRAMClientFinal(
            channelBindingInput: first.header.octets + binding.octets,
            nonce: serverFirst.nonce
        )
        let message = [first.bareOctets, challenge, final.octetsWithoutProof].joined(separator: [0x2C])
        var password = try preparedPassword()
        defer { Crypto.wipe(&password) }
        let signatures = try available { () throws(CryptoError) in
            try SCRAMSignatures(
                hash.function,
                password: password,
                salt: serverFirst.salt,
                iterationCount: serverFirst.iterationCount,
                message: Array(message)
            )
        }
        final.proof = signatures.clientProof
        state = .sentFinal(serverSignature: signatures.serverSignature)
        return final.octets
    }

    private mutating func takeServerFinal(
        _ challenge: [UInt8],
        expecting signature: [UInt8]?
    ) throws(SASLError) -> [UInt8] {
        switch try SASLError.challenge({ () throws(WireError) in try SCRAMServerFinal(parsing: challenge) }) {
        case .verifier(let verifier):
            guard let signature, Crypto.areEqual(verifier, signature) else { throw .serverSignatureMismatch }
            state = .verified
        case .error(let error):
            // The empty answer lets the server end the exchange with its refusal.
            serverError = error
            state = .refused
        @unknown default:
            throw .unexpectedChallenge
        }
        return []
    }

    /// The password as it is hashed, which RFC 5802 §2.2 prepares as a stored string.
    private func preparedPassword() throws(SASLError) -> [UInt8] {
        let octets = password.octets
        // Nothing in ASCII is changed, and a string that lies about in memory is not made of it.
        if !octets.isEmpty, octets.allSatisfy({ (0x20..<0x7F).contains($0) }) { return octets }
        guard let text = String(validating: octets, as: UTF8.self) else {
            throw .unusableCredentials("the password is no UTF-8")
        }
        return Array(try SASLError.prepared(text, "the password", as: .stored).utf8)
    }
}

/// Turns what the cryptographic library refuses into an error that says so.
private func available<Value>(_ compute: () throws(CryptoError) -> Value) throws(SASLError) -> Value {
    do throws(CryptoError) {
        return try compute()
    } catch {
        throw .unavailable(error.description)
    }
}

extension SCRAMMechanism.Binding {
    fileprivate var flag: GS2Header.ChannelBinding {
        switch self {
        case .bound(let binding): .used(type: binding.type)
        case .notOffered: .notOffered
        case .unsupported: .unsupported
        }
    }

    fileprivate var octets: [UInt8] {
        if case .bound(let binding) = self { binding.octets } else { [] }
    }
}

extension SCRAMMechanism.Hash {
    fileprivate var function: HashFunction {
        switch self {
        case .sha1: .sha1
        case .sha256: .sha256
        case .sha512: .sha512
        }
    }
}
