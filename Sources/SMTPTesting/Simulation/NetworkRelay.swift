public import SMTPTransport

/// Carries one direction of a connection from one pipe to the next, and does to it what its faults say.
struct NetworkRelay {
    private let source: PipeTransport
    private let destination: PipeTransport

    /// The faults still to come, by their place.
    private var faults: ArraySlice<NetworkFault>

    /// The octets that came from the source so far.
    private var passed = 0

    /// The next octet is changed by this, if it is.
    private var mask: UInt8 = 0

    /// So many of the next octets come twice.
    private var duplicated = 0

    private let buffer = ReceiveBuffer()

    private init(from source: PipeTransport, to destination: PipeTransport, _ faults: [NetworkFault]) {
        self.source = source
        self.destination = destination
        self.faults = faults.sorted { $0.after < $1.after }[...]
    }

    /// Connects two ends by a network with faults, and returns them with the tasks that carry between them.
    static func connect(
        _ executor: any TransportExecutor,
        _ faults: [NetworkFault],
        _ options: PipeOptions
    ) -> (client: PipeTransport, server: PipeTransport, tasks: [Task<Void, Never>]) {
        let (client, near) = PipeTransport.pair(executor, outward: options, homeward: options)
        let (hither, server) = PipeTransport.pair(executor, outward: options, homeward: options)
        let tasks = [
            start(from: near, to: hither, faults.filter { $0.direction == .outward }),
            start(from: hither, to: near, faults.filter { $0.direction == .homeward }),
        ]
        return (client, server, tasks)
    }

    private static func start(
        from source: PipeTransport,
        to destination: PipeTransport,
        _ faults: [NetworkFault]
    ) -> Task<Void, Never> {
        Task(executorPreference: source.executor) {
            var relay = NetworkRelay(from: source, to: destination, faults)
            await relay.run()
        }
    }

    private mutating func run() async {
        do throws(TransportError) {
            try await carry()
        } catch {
            // One side is gone: whoever still writes to it meets a reset, as over TCP.
            source.abort()
            destination.abort()
        }
    }

    private mutating func carry() async throws(TransportError) {
        while true {
            while let fault = faults.first, fault.after <= passed {
                faults.removeFirst()
                guard try await apply(fault.kind) else { return }
            }
            if buffer.isEmpty {
                guard try await source.read(into: buffer) else { return try await destination.shutdownWrite() }
            }
            try await pass()
        }
    }

    /// Does what a fault says, and returns whether anything may follow.
    private mutating func apply(_ kind: NetworkFault.Kind) async throws(TransportError) -> Bool {
        switch kind {
        case .cut:
            source.close(.closed)
            destination.close(.closed)
            return false
        case .reset:
            throw .reset
        case .stall:
            await source.waitUntilClosed()
            return false
        case .delay(let duration):
            try? await destination.executor.sleep(for: duration)
        case .fragment:
            await Task.yield()
        case .corrupt(let mask):
            self.mask ^= mask
        case .duplicate(let count):
            duplicated = max(duplicated, count)
        }
        return true
    }

    /// Passes on what is there, up to the next fault.
    private mutating func pass() async throws(TransportError) {
        var count = buffer.count
        if let next = faults.first { count = min(count, next.after - passed) }
        if duplicated > 0 { count = min(count, duplicated) }
        var octets = buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0.prefix(count)) } }
        buffer.consume(count)
        passed += count
        octets[0] ^= mask
        mask = 0
        if duplicated > 0 { octets += octets }
        duplicated = 0
        try await destination.write(octets.span.bytes)
    }
}

extension PipeTransport {
    /// Creates two ends connected by a network that has `faults`.
    ///
    /// - Parameters:
    ///   - executor: Where both ends live, and the network.
    ///   - faults: What goes wrong; each at its place, in any order.
    ///   - options: The size of each direction, before the faults and once more behind them, and how it is divided over
    ///     reads.
    /// - Returns: The two ends. What the network does ends when both are closed.
    public static func pair(
        _ executor: any TransportExecutor,
        faults: [NetworkFault],
        options: PipeOptions = PipeOptions()
    ) -> (client: PipeTransport, server: PipeTransport) {
        let (client, server, _) = NetworkRelay.connect(executor, faults, options)
        return (client, server)
    }
}
