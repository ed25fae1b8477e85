/// When a server is to let a message go that it holds until then (RFC 4865).
public struct FutureRelease: Hashable, Sendable {
    /// The ways to say it.
    @nonexhaustive
    public enum Moment: Hashable, Sendable {
        /// HOLDFOR: so many seconds from now.
        case after(seconds: Int)
        /// HOLDUNTIL: at this time.
        case at(UTCTime)
    }

    /// The intervals that can be stated, in seconds.
    public static let range = 1...999_999_999

    /// When it is.
    public let moment: Moment

    /// Creates a release some seconds from now.
    ///
    /// - Throws: ``WireError`` outside ``range``.
    public init(afterSeconds seconds: Int) throws(WireError) {
        guard Self.range.contains(seconds) else { throw WireError(.outOfRange, in: .releaseTime) }
        moment = .after(seconds: seconds)
    }

    /// Creates a release at a time.
    public init(at time: UTCTime) {
        moment = .at(time)
    }
}

extension FutureRelease: CustomStringConvertible {
    /// The parameter as it is sent.
    public var description: String {
        switch moment {
        case .after(let seconds): "HOLDFOR=\(seconds)"
        case .at(let time): "HOLDUNTIL=\(time)"
        }
    }
}
