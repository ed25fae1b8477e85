public import SMTPTransport

extension Dialogue {
    /// How the octets of a dialogue are divided over reads, in each direction.
    public struct Delivery: Hashable, Sendable {
        /// From the client to the server.
        public var outward: PipeOptions.Fragmentation

        /// From the server to the client.
        public var homeward: PipeOptions.Fragmentation

        /// Creates a way to deliver.
        public init(outward: PipeOptions.Fragmentation, homeward: PipeOptions.Fragmentation) {
            self.outward = outward
            self.homeward = homeward
        }

        /// Whole, by line and by byte, in each combination, and at random in both directions.
        public static let all: [Delivery] = {
            let ways: [PipeOptions.Fragmentation] = [.whole, .byLine, .byByte]
            let pairs = ways.flatMap { outward in ways.map { Delivery(outward: outward, homeward: $0) } }
            return pairs + [Delivery(outward: .random(seed: 1), homeward: .random(seed: 2))]
        }()
    }
}

extension Dialogue.Delivery: CustomStringConvertible {
    /// The two directions in words.
    public var description: String { "client to server \(outward.text), server to client \(homeward.text)" }
}

extension PipeOptions.Fragmentation {
    fileprivate var text: String {
        switch self {
        case .whole: "whole"
        case .byLine: "by line"
        case .byByte: "by byte"
        case .random(let seed): "at random (seed \(seed))"
        @unknown default: "otherwise"
        }
    }
}
