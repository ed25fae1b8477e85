public import SMTPTransport

/// A session as a ``MailSink`` saw it, under way or over.
///
/// It holds all that the client wrote, credentials too.
public struct SinkSession: Hashable, Sendable {
    /// How a session ended.
    @nonexhaustive
    public enum Ending: Hashable, Sendable {
        /// The client said QUIT.
        case quit
        /// The client closed the connection in order.
        case closedByClient
        /// The connection broke, or TLS failed.
        case broken
        /// The sink closed it: by its script, for a violation, after a silence, or because it was stopped.
        case closedBySink
    }

    /// Its number, from 0.
    public let number: Int

    /// The octets received, as they came, TLS taken away; cut at ``SinkLimits/recordedInput``.
    public internal(set) var received: [UInt8] = []

    /// How many octets came, also of those not kept.
    public internal(set) var receivedCount = 0

    /// How many octets came with each read.
    public internal(set) var segmentLengths: [Int] = []

    /// The name the client said hello with last, and the verb it used, as `EHLO name`.
    public internal(set) var hello: String?

    /// Whether TLS is on.
    public internal(set) var isEncrypted = false

    /// What is known of TLS, the client's certificate too; `nil` in clear, and where ``SinkTLS`` put something else than
    /// a `TLSTransport` over the connection.
    public internal(set) var tls: TLSInfo?

    /// The user the client has authenticated as, if any; STARTTLS makes it `nil` again.
    public internal(set) var user: String?

    /// What XCLIENT has said of the client since TLS began, by the attributes' names in upper case, decoded.
    public internal(set) var clientAttributes: [String: String] = [:]

    /// What the client sent behind STARTTLS before it had the reply; cut at ``SinkLimits/recordedInput``.
    public internal(set) var bytesBehindStartTLS: [UInt8] = []

    /// How it ended, or `nil` while it goes on.
    public internal(set) var ending: Ending?

    /// Where the command lines stand in what was received.
    var commandRanges: [Range<Int>] = []

    init(number: Int) {
        self.number = number
    }

    /// The octets received as text.
    public var receivedText: String { String(decoding: received, as: UTF8.self) }

    /// The octets of each read, as far as they are kept.
    public var segments: [ArraySlice<UInt8>] {
        var start = 0
        return segmentLengths.map { length in
            defer { start = min(start + length, received.count) }
            return received[start..<min(start + length, received.count)]
        }
    }

    /// The command lines without their line ends, as far as they are kept, answers to challenges among them.
    public var commands: [String] {
        commandRanges.map { String(decoding: received[$0], as: UTF8.self) }
    }

    /// Records a segment, as far as there is room for it in `limit` octets.
    mutating func record(_ segment: UnsafeRawBufferPointer, limit: Int) {
        receivedCount += segment.count
        let room = limit - inputFootprint
        guard room > 0 else { return }
        received.append(contentsOf: UnsafeRawBufferPointer(rebasing: segment[..<min(room, segment.count)]))
        segmentLengths.append(segment.count)
    }

    /// Records where a command line stands, if it was kept whole.
    mutating func recordCommand(_ range: Range<Int>) {
        if range.upperBound <= received.count { commandRanges.append(range) }
    }

    /// The octets that the record of the input holds, roughly.
    var inputFootprint: Int { received.count + 8 * segmentLengths.count + 16 * commandRanges.count }

    /// The octets this record holds, roughly.
    var footprint: Int {
        let words = (hello?.utf8.count ?? 0) + (user?.utf8.count ?? 0) + clientAttributes.footprint
        let certificates = tls?.peerCertificates.reduce(0) { $0 + $1.der.count } ?? 0
        return inputFootprint + bytesBehindStartTLS.count + words + certificates
    }
}
