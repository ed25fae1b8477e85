import SMTPTransport
import Synchronization

/// A transport of one's own: it wraps any other, counts what passes, and says so.
///
/// What a wrapper owes is little: it lives on the executor of what it wraps, passes its facts on, and keeps its promises,
/// here by leaving every one of them to it. The library never notices.
final class MeteredTransport: Transport {
    private let wrapped: any Transport
    private let meter: Meter

    init(_ wrapped: any Transport, _ meter: Meter) {
        self.wrapped = wrapped
        self.meter = meter
    }

    var executor: any TransportExecutor { wrapped.executor }
    var localAddress: String? { wrapped.localAddress }
    var remoteAddress: String? { wrapped.remoteAddress }
    var security: TransportSecurity { wrapped.security }

    func read(into buffer: ReceiveBuffer) async throws(TransportError) -> Bool {
        // The buffer may hold bytes from before: what was read is what it has more than that.
        let before = buffer.count
        let isMore = try await wrapped.read(into: buffer)
        if isMore { meter.passed(.inward, buffer.count - before) }
        return isMore
    }

    func write(_ bytes: RawSpan) async throws(TransportError) {
        let count = bytes.byteCount
        try await wrapped.write(bytes)
        meter.passed(.outward, count)
    }

    func shutdownWrite() async throws(TransportError) {
        try await wrapped.shutdownWrite()
    }

    func close(_ reason: TransportError) {
        wrapped.close(reason)
        meter.closed(reason)
    }

    func abort() {
        wrapped.abort()
        meter.closed(.closed)
    }
}

/// What has passed through a transport; the transport is confined to its executor, and this is not.
final class Meter: Sendable {
    enum Direction: String {
        case outward = "->"
        case inward = "<-"
    }

    struct Count {
        var octets = 0
        var segments = 0
    }

    private let counts = Mutex<[Direction: Count]>([:])
    private let log: @Sendable (String) -> Void

    init(log: @escaping @Sendable (String) -> Void) {
        self.log = log
    }

    /// The octets that passed this way, and in how many pieces.
    func count(_ direction: Direction) -> Count {
        counts.withLock { $0[direction] ?? Count() }
    }

    fileprivate func passed(_ direction: Direction, _ octets: Int) {
        counts.withLock { counts in
            counts[direction, default: Count()].octets += octets
            counts[direction, default: Count()].segments += 1
        }
        log("\(direction.rawValue) \(octets) octets")
    }

    fileprivate func closed(_ reason: TransportError) {
        log("-- closed: \(reason)")
    }
}
