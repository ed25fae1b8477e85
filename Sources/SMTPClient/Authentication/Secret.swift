internal import SMTPCrypto

/// A password or a token: octets that are never printed, and overwritten when the last copy goes away.
///
/// The octets lie in one place however often the value is copied. What the library makes of them to send or to hash is
/// overwritten where it can be; the text you create a secret from, and buffers on their way to the network, cannot.
public struct Secret: Sendable {
    private let storage: Storage

    /// Creates a secret of a text in UTF-8.
    public init(_ text: String) {
        self.init(text.utf8)
    }

    /// Creates a secret of octets.
    public init(_ octets: some Collection<UInt8>) {
        storage = Storage(octets)
    }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { storage.buffer.isEmpty }

    /// Runs `body` with the octets.
    ///
    /// - Parameter body: Uses the octets; copies it makes of them are its own to overwrite.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func withBytes<Value, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // The storage, and with it the buffer, outlives the call: the secret is borrowed until it ends.
        defer { withExtendedLifetime(storage) {} }
        return try body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(storage.buffer)))
    }

    /// A copy of the octets, for one use.
    var octets: [UInt8] {
        defer { withExtendedLifetime(storage) {} }
        return Array(storage.buffer)
    }

    /// Whether the octets are the same, in a time that does not depend on where they differ.
    func hasSameOctets(as other: Secret) -> Bool { Crypto.areEqual(octets, other.octets) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A mark that says nothing of the secret, its length included.
    public var description: String { "(secret)" }

    /// The same mark.
    public var debugDescription: String { description }

    /// Nothing within.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The only place of a secret's octets.
private final class Storage: @unchecked Sendable {
    // Written by the initialiser alone, so that any thread may read.
    let buffer: UnsafeMutableRawBufferPointer

    init(_ octets: some Collection<UInt8>) {
        buffer = .allocate(byteCount: octets.count, alignment: 1)
        buffer.copyBytes(from: octets)
    }

    deinit {
        Crypto.wipe(buffer)
        buffer.deallocate()
    }
}
