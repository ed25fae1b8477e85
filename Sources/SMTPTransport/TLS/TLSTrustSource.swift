/// A place that trusted certificates come from.
///
/// A certificate found there is trusted as it is: it need not be self-signed, and may be a server's own.
@nonexhaustive
public enum TLSTrustSource: Hashable, Sendable {
    /// The certificates the system trusts: the file or folder its distribution keeps them in, or the one named by
    /// `SSL_CERT_FILE` or `SSL_CERT_DIR` in the environment.
    ///
    /// They are read once in the life of the process. On macOS this is the file in `/etc/ssl` or Homebrew's, not the
    /// keychain.
    case system

    /// A file of one or more certificates in PEM.
    case file(String)

    /// A folder whose files are read, all that are certificates in PEM; their names do not matter.
    case folder(String)

    /// Certificates in PEM, one or more behind each other.
    case pem([UInt8])

    /// Certificates that were read before.
    case certificates([TLSCertificate])
}
