public import SMTPWire

/// A way to prove to a server who one is (RFC 4422), as a machine without input or output: challenges go in, responses
/// come out.
///
/// Adopt it to add a mechanism of your own, and pass that to ``Credentials/mechanisms(_:)``. One value serves one
/// exchange; it is copied before its first use, so that the original stays fresh.
public protocol SASLMechanism: Sendable {
    /// The name by which servers offer it.
    var name: AuthenticationMechanism { get }

    /// Whether what it sends must not be seen by others: it goes over an encrypted and verified channel alone then, unless
    /// the options allow otherwise.
    ///
    /// Default `true`.
    var needsSecureChannel: Bool { get }

    /// Whether a step may compute or block for long: it is taken off the event loop then.
    ///
    /// Default `true`.
    var mayTakeLong: Bool { get }

    /// Begins the exchange.
    ///
    /// - Returns: What is sent with the command, or in answer to an empty challenge if it is too long for that; `nil` if
    ///   the server speaks first.
    /// - Throws: ``SASLError``. Nothing has been sent then, and another mechanism may be tried.
    mutating func initialResponse() throws(SASLError) -> [UInt8]?

    /// Answers a challenge.
    ///
    /// - Parameter challenge: The server's octets, whatever they are.
    /// - Returns: The response.
    /// - Throws: ``SASLError``; the exchange is cancelled then.
    mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8]

    /// Takes note that the server reports success.
    ///
    /// - Throws: ``SASLError/serverNotVerified`` or another if success cannot be believed now; the connection is closed
    ///   then.
    mutating func succeeded() throws(SASLError)

    /// What the server has said within the exchange about why it refuses, safe to log.
    ///
    /// Default `nil`.
    var serverError: String? { get }
}

extension SASLMechanism {
    /// `true`.
    public var needsSecureChannel: Bool { true }

    /// `true`.
    public var mayTakeLong: Bool { true }

    /// `nil`.
    public var serverError: String? { nil }
}
