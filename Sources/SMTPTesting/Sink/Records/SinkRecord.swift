internal import Synchronization

/// The record of a session under way, which can be read at any time.
///
/// The machine changes it under a lock of its own, which it never holds while it asks a script or a mechanism: those may
/// read the record too.
package final class SinkRecord: Sendable {
    /// The session's number.
    let number: Int

    private let state: Mutex<SinkSession>

    init(number: Int) {
        self.number = number
        state = Mutex(SinkSession(number: number))
    }

    /// The session so far.
    package var session: SinkSession { state.withLock { $0 } }

    /// Reads a part of it, which costs less than a copy of the whole.
    func read<Value: Sendable>(_ body: (SinkSession) -> Value) -> Value { state.withLock { body($0) } }

    /// Changes it in place, so that what is long is not copied.
    func change(_ body: (inout SinkSession) -> Void) { state.withLock { body(&$0) } }

    var hasHello: Bool { read { $0.hello != nil } }

    var hasUser: Bool { read { $0.user != nil } }

    var isEncrypted: Bool { read { $0.isEncrypted } }

    var receivedCount: Int { read { $0.receivedCount } }
}
