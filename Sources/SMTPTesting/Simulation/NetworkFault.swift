/// Something that goes wrong on the way between a client and a server, at one place of one direction.
///
/// ```swift
/// let faults = [NetworkFault(.delay(.seconds(90)), .homeward, after: 120), NetworkFault(.reset, .outward, after: 300)]
/// ```
public struct NetworkFault: Hashable, Sendable {
    /// The direction that is disturbed.
    public enum Direction: Hashable, Sendable, CaseIterable {
        /// From the client to the server.
        case outward
        /// From the server to the client.
        case homeward
    }

    /// What happens.
    @nonexhaustive
    public enum Kind: Hashable, Sendable {
        /// The connection ends in order for both sides, behind what has passed.
        case cut
        /// The connection is broken off for both sides, behind what has passed.
        case reset
        /// Nothing more of this direction arrives, its end neither; the other direction goes on.
        case stall
        /// What follows comes this much later.
        case delay(Duration)
        /// What follows comes apart from what went before.
        case fragment
        /// The next octet is another: these bits of it are turned over.
        case corrupt(mask: UInt8)
        /// The next octets, so many as came together but no more than `count`, come twice.
        case duplicate(count: Int)
    }

    /// What happens.
    public var kind: Kind

    /// The direction that is disturbed.
    public var direction: Direction

    /// The octets of this direction that pass before.
    public var after: Int

    /// Creates a fault.
    ///
    /// - Parameters:
    ///   - kind: What happens.
    ///   - direction: The direction that is disturbed.
    ///   - count: The octets of this direction that pass before; 0 disturbs the first.
    public init(_ kind: Kind, _ direction: Direction, after count: Int) {
        self.kind = kind
        self.direction = direction
        after = count
    }
}

extension NetworkFault: CustomStringConvertible {
    /// What happens, in which direction, and where.
    public var description: String { "\(kind) \(direction) after \(after)" }
}

extension NetworkFault {
    /// Faults drawn by chance: as many as `count`, each at a place below `octets`.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - octets: The length within which they lie, that of a session for one.
    ///   - changesOctets: Whether octets may be changed or doubled, which TCP guards against and only TLS against malice:
    ///     in clear a changed reply is believed.
    ///   - generator: Decides; the same seed gives the same faults.
    /// - Returns: The faults.
    public static func random(
        _ count: Int,
        within octets: Int,
        changesOctets: Bool = false,
        using generator: inout SeededGenerator
    ) -> [NetworkFault] {
        (0..<count).map { _ in
            let kind: Kind =
                switch Int.random(in: 0..<(changesOctets ? 8 : 6), using: &generator) {
                case 0: .cut
                case 1: .reset
                case 2: .stall
                case 3: .delay(.milliseconds(Int.random(in: 1...400_000, using: &generator)))
                case 4, 5: .fragment
                case 6: .corrupt(mask: UInt8.random(in: 1...255, using: &generator))
                default: .duplicate(count: Int.random(in: 1...64, using: &generator))
                }
            let direction: Direction = Bool.random(using: &generator) ? .outward : .homeward
            return NetworkFault(kind, direction, after: Int.random(in: 0..<max(1, octets), using: &generator))
        }
    }
}
