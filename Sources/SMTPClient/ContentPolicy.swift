/// What happens to content that RFC 5321 has no place for.
public struct ContentPolicy: Hashable, Sendable {
    /// What happens to line ends that are not CRLF, and to a last line without one.
    @nonexhaustive
    public enum LineEnds: Hashable, Sendable {
        /// They are sent as CRLF, and a missing last one is added.
        case normalize
        /// The message is refused.
        case refuse
        /// The content goes as it is, octet by octet: by BDAT with `BODY=BINARYMIME`, and only where that is offered
        /// (RFC 3030 §3).
        case keep
    }

    /// What happens to what servers may not take.
    @nonexhaustive
    public enum Excess: Hashable, Sendable {
        /// The message is refused before MAIL.
        case refuse
        /// It goes as it is.
        case send
    }

    /// What happens to line ends that are not CRLF.
    ///
    /// Default ``LineEnds/normalize``.
    public var lineEnds: LineEnds = .normalize

    /// What happens to lines of more than 998 octets, which no server must take (RFC 5321 §4.5.3.1.6).
    ///
    /// Default ``Excess/refuse``. A stream is not looked through for them.
    public var longLines: Excess = .refuse

    /// What happens to NUL octets, which servers cut at, change or refuse (RFC 5321 §4.1.2).
    ///
    /// Default ``Excess/refuse``. A stream is not looked through for them.
    public var nul: Excess = .refuse

    /// What happens to a stream whose octets nobody has stated, at a server that does not offer 8BITMIME.
    ///
    /// Default ``Excess/refuse``.
    public var unstatedEncoding: Excess = .refuse

    /// The most octets of a line, its end not counted (RFC 5321 §4.5.3.1.6).
    public static let lineLengthLimit = 998

    /// Creates the defaults.
    public init() {}
}
