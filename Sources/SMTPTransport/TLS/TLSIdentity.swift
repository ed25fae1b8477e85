/// A certificate to show to the peer, with its private key.
public struct TLSIdentity: Sendable {
    /// Where something in PEM comes from.
    @nonexhaustive
    public enum Source: Hashable, Sendable {
        /// A file, by its path.
        case file(String)
        /// The text itself.
        case pem([UInt8])
    }

    /// The certificate, and behind it those that lead from it to a root, which itself may be left out.
    public var certificates: Source

    /// The private key; it may stand in the same file as the certificate.
    public var key: Source

    /// Gives the passphrase of an encrypted key.
    ///
    /// Called once each time the key is read, and only if it is encrypted; `nil` gives up. Default: there is none, and
    /// an encrypted key is an error. Nobody is ever asked on the terminal.
    public var passphrase: (@Sendable () -> [UInt8]?)?

    /// Creates an identity; nothing is read yet.
    ///
    /// - Parameters:
    ///   - certificates: The certificate and those behind it.
    ///   - key: The private key, by default in the same place.
    ///   - passphrase: Gives the passphrase of an encrypted key.
    public init(certificates: Source, key: Source? = nil, passphrase: (@Sendable () -> [UInt8]?)? = nil) {
        self.certificates = certificates
        self.key = key ?? certificates
        self.passphrase = passphrase
    }
}

extension TLSIdentity.Source: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where it comes from, and nothing of what it says: it may be a key.
    public var description: String {
        switch self {
        case .file(let path): "file \(SafeText.quoted(path))"
        case .pem(let text): "\(text.count) bytes in memory"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror that shows nothing, so that no `dump` prints a key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
