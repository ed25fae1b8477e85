public import SMTPWire

/// ANONYMOUS: no identity, and a trace if one likes to leave one (RFC 4505).
public struct AnonymousMechanism: SASLMechanism {
    /// The most characters of a trace (RFC 4505 §2).
    public static let traceLengthLimit = 255

    private let trace: String
    private var isSent = false

    /// Creates the mechanism.
    ///
    /// - Parameter trace: An address or a token for the server's log; may be empty.
    public init(trace: String = "") {
        self.trace = trace
    }

    /// `ANONYMOUS`.
    public var name: AuthenticationMechanism { .anonymous }

    /// `false`: it sends no secret.
    public var needsSecureChannel: Bool { false }

    /// `false`.
    public var mayTakeLong: Bool { false }

    /// Returns the trace.
    public mutating func initialResponse() throws(SASLError) -> [UInt8]? {
        guard trace.unicodeScalars.count <= Self.traceLengthLimit else {
            throw .unusableCredentials("the trace is longer than \(Self.traceLengthLimit) characters")
        }
        guard !trace.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw .unusableCredentials("the trace has a control character")
        }
        isSent = true
        return Array(trace.utf8)
    }

    /// There is nothing more to say.
    public mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
        throw .unexpectedChallenge
    }

    /// Believes the server.
    public mutating func succeeded() throws(SASLError) {
        guard isSent else { throw .finishedEarly }
    }
}
