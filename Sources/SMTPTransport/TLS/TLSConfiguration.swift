/// What TLS demands of the peer and shows of itself.
///
/// Copies share what is costly: the parsed certificates and the sessions kept for resumption. Make a configuration once
/// and use copies of it; changing an option starts afresh, and so nothing is resumed under settings it was not made
/// under. The files are read at the first handshake, or by ``prepare(for:)``, and not again.
public struct TLSConfiguration: Sendable {
    /// Where trusted certificates come from; what any of the sources holds is trusted.
    ///
    /// Default ``TLSTrustSource/system``.
    public var trust: [TLSTrustSource] {
        get { options.trust }
        set { change(\.trust, to: newValue) }
    }

    /// What is verified, and what a failure does.
    ///
    /// Default ``TLSVerificationMode/required``.
    public var verification: TLSVerificationMode {
        get { options.verification }
        set { change(\.verification, to: newValue) }
    }

    /// Fingerprints the peer is known by.
    ///
    /// Default `nil`: none are asked for.
    public var pinning: TLSPinning? {
        get { options.pinning }
        set { change(\.pinning, to: newValue) }
    }

    /// The name to ask the server for (SNI) and to verify, if it is not the host that was dialled.
    ///
    /// A host name, or an IPv4 or IPv6 address. A name may end in a dot; one with other letters than ASCII is put in
    /// lower case and encoded as A-labels (RFC 5891 §4.4), without the mappings of UTS 46: give such a name in its
    /// normal form, or as A-labels. Default `nil`.
    public var serverName: String? {
        get { options.serverName }
        set { change(\.serverName, to: newValue) }
    }

    /// The oldest version to agree on.
    ///
    /// Default ``TLSVersion/tls12``; older ones are broken (RFC 8996) and cannot be asked for.
    public var minimumVersion: TLSVersion {
        get { options.minimumVersion }
        set { change(\.minimumVersion, to: newValue) }
    }

    /// The newest version to agree on.
    ///
    /// Default `nil`: the newest that OpenSSL has.
    public var maximumVersion: TLSVersion? {
        get { options.maximumVersion }
        set { change(\.maximumVersion, to: newValue) }
    }

    /// The certificate to show, with its key.
    ///
    /// A server needs one; a client shows it when it is asked. Default `nil`.
    public var identity: TLSIdentity? {
        get { options.identity }
        set { change(\.identity, to: newValue) }
    }

    /// The cipher suites of TLS 1.2 in OpenSSL's notation, such as `"ECDHE+AESGCM:ECDHE+CHACHA20"`.
    ///
    /// Default `nil`: those of OpenSSL and the system's policy.
    public var cipherList: String? {
        get { options.cipherList }
        set { change(\.cipherList, to: newValue) }
    }

    /// The cipher suites of TLS 1.3, such as `"TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"`.
    ///
    /// Default `nil`: those of OpenSSL and the system's policy.
    public var cipherSuites: String? {
        get { options.cipherSuites }
        set { change(\.cipherSuites, to: newValue) }
    }

    /// The number of sessions a client keeps for resumption, over all servers; 0 turns resumption off.
    ///
    /// Default 256. A session is offered only to the host and name it was made with; one of TLS 1.3 only once
    /// (RFC 8446 §C.4).
    public var sessionCacheCapacity: Int {
        get { options.sessionCacheCapacity }
        set { change(\.sessionCacheCapacity, to: newValue) }
    }

    /// What a server wants of its clients' certificates; a client pays no heed to it.
    ///
    /// Default ``TLSClientCertificates/notRequested``.
    public var clientCertificates: TLSClientCertificates {
        get { options.clientCertificates }
        set { change(\.clientCertificates, to: newValue) }
    }

    /// A file that the secrets of all connections are appended to, in the format of NSS, **for debugging only**: who can
    /// read the file can read the mail.
    ///
    /// Default `nil`: nothing is written.
    public var dangerousKeyLogFile: String? {
        get { options.dangerousKeyLogFile }
        set { change(\.dangerousKeyLogFile, to: newValue) }
    }

    /// What copies share.
    private(set) var contexts = TLSContextStore.ofDefaults

    private struct Options: Sendable {
        var trust: [TLSTrustSource] = [.system]
        var verification: TLSVerificationMode = .required
        var pinning: TLSPinning?
        var serverName: String?
        var minimumVersion: TLSVersion = .tls12
        var maximumVersion: TLSVersion?
        var identity: TLSIdentity?
        var cipherList: String?
        var cipherSuites: String?
        var sessionCacheCapacity: Int = 256
        var clientCertificates: TLSClientCertificates = .notRequested
        var dangerousKeyLogFile: String?
    }

    // Behind properties that are computed, and not observed: an initialiser of somebody's extension sets past observers,
    // and would have left its trust, or its lack of verification, in the contexts of all configurations.
    private var options = Options()

    private mutating func change<Value>(_ option: WritableKeyPath<Options, Value>, to value: Value) {
        options[keyPath: option] = value
        contexts = TLSContextStore()
    }

    /// Creates a configuration that verifies the peer against the system's trusted certificates.
    public init() {}

    /// Reads the files and checks the options now, so that a mistake shows before a connection is made.
    ///
    /// Blocks while files are read, some milliseconds for the system's certificates; later handshakes find it done.
    ///
    /// - Parameter role: The side to prepare for; a client's host is checked as well.
    /// - Throws: ``TLSError`` of the phase ``TLSError/Phase/configuration``.
    public func prepare(for role: TLSRole) throws(TLSError) {
        _ = try contexts.context(for: role, self)
        if case .client(let host) = role { _ = try ServerName.expected(host: host, self) }
    }
}

/// The side of a connection.
public enum TLSRole: Hashable, Sendable {
    /// The side that begins; `host` is what was dialled, a name or an IP address.
    ///
    /// The host is what the certificate must be valid for, unless ``TLSConfiguration/serverName`` says otherwise.
    case client(host: String)

    /// The side that answers.
    case server
}

/// A version of TLS.
@nonexhaustive
public enum TLSVersion: Int, Comparable, Hashable, Sendable, CustomStringConvertible {
    /// TLS 1.2 (RFC 5246).
    case tls12 = 0x0303
    /// TLS 1.3 (RFC 8446).
    case tls13 = 0x0304

    /// Whether `lhs` is older than `rhs`.
    public static func < (lhs: TLSVersion, rhs: TLSVersion) -> Bool { lhs.rawValue < rhs.rawValue }

    /// The name as people write it.
    public var description: String {
        switch self {
        case .tls12: "TLS 1.2"
        case .tls13: "TLS 1.3"
        }
    }
}

/// What a server wants of its clients' certificates.
@nonexhaustive
public enum TLSClientCertificates: Hashable, Sendable {
    /// They are not asked for.
    case notRequested
    /// They are asked for, and one that is shown must be valid; a client may show none.
    case requested
    /// A client without a valid one is refused.
    case required
}
