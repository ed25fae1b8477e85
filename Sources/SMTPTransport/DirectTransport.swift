/// A transport that no task has to wait for: it takes bytes at once where it can, and tells of those that came by a call.
///
/// A task that waits costs each reply a continuation and a job of its own, and a look at the task's records, under a
/// lock, at each step it takes back to the actor: together as much as all the rest that is done about a reply.
package protocol DirectTransport: Transport {
    /// Whether it keeps this promise; a wrapper does if what it wraps does. By default it does.
    var isDirect: Bool { get }

    /// Hands over as much of `bytes` as goes without waiting.
    ///
    /// - Returns: How many octets were accepted, from the front; the rest is for ``Transport/write(_:)``.
    /// - Throws: ``TransportError`` when the stream broke or was closed.
    func writeAtOnce(_ bytes: RawSpan) throws(TransportError) -> Int

    /// Appends what arrives from now on to `buffer`, and calls `onEvent` for it, on the executor; at once for what is
    /// there already.
    ///
    /// After an event that is not ``StreamEvent/bytes``, and after ``Transport/close(_:)``, no other follows.
    func deliver(into buffer: ReceiveBuffer, _ onEvent: @escaping (StreamEvent) -> Void)

    /// Leaves what arrives from now on to ``Transport/read(into:)``.
    func stopDelivering()

    /// The octets that the other side's system has taken so far, or `nil` if nobody can tell; by default nobody can.
    ///
    /// While a write waits it tells a slow peer from one that has stopped: a system tells of room in large steps.
    var takenCount: Int? { get }
}

extension DirectTransport {
    /// True, for transports that wrap none.
    package var isDirect: Bool { true }

    package var takenCount: Int? { nil }
}

extension Transport {
    /// The transport as one that no task has to wait for, or `nil` if it is none.
    package var asDirect: (any DirectTransport)? {
        guard let direct = self as? any DirectTransport, direct.isDirect else { return nil }
        return direct
    }
}

/// Who is told of what arrives, and the buffer for it.
///
/// A class: a function in an optional or a tuple is wrapped anew at each call.
package final class StreamReceiver {
    package let buffer: ReceiveBuffer
    package let onEvent: (StreamEvent) -> Void

    package init(_ buffer: ReceiveBuffer, _ onEvent: @escaping (StreamEvent) -> Void) {
        self.buffer = buffer
        self.onEvent = onEvent
    }
}

/// What has happened to the incoming direction of a stream.
package enum StreamEvent: Sendable {
    /// Bytes were appended to the buffer.
    case bytes
    /// The other side has ended it.
    case endOfStream
    /// It broke.
    case failed(TransportError)
}
