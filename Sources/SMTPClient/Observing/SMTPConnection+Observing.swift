internal import SMTPTransport
internal import Synchronization

/// Whom a connection's operations concern.
struct ConnectionSite: Sendable {
    /// What was dialled, or `nil` over a transport that was handed in.
    let endpoint: Endpoint?

    /// The host that the server is to be.
    let host: String

    /// The connection's number in this process, from 1.
    let number = ConnectionNumber.next()
}

/// The observers of one operation under way; without observers it is an empty array, for which nothing is allocated.
struct SMTPObservation {
    private let listeners: [(SMTPOperation.Ending) -> Void]

    fileprivate init(_ listeners: [(SMTPOperation.Ending) -> Void]) {
        self.listeners = listeners
    }

    /// The operation has ended.
    func ended(_ ending: @autoclosure () -> SMTPOperation.Ending) {
        guard !listeners.isEmpty else { return }
        let ending = ending()
        for tell in listeners { tell(ending) }
    }
}

extension SMTPConfiguration {
    /// An operation begins.
    func began(_ kind: @autoclosure () -> SMTPOperation.Kind, at site: ConnectionSite) -> SMTPObservation {
        guard !observers.isEmpty else { return SMTPObservation([]) }
        let operation = SMTPOperation(
            kind: kind(),
            endpoint: site.endpoint,
            host: site.host,
            connection: site.number
        )
        return SMTPObservation(observers.compactMap { $0.operationBegan(operation) })
    }
}

extension SMTPOperation.Ending {
    /// What a report says of a message as a whole.
    init(_ report: DeliveryReport) {
        self = report.isAcceptedForAny ? .sent(report) : .failed(SMTPError(report))
    }
}

extension SMTPConnection {
    /// Runs `body`, and tells the observers how it began and ended.
    func observed<Value>(
        _ kind: @autoclosure () -> SMTPOperation.Kind,
        _ ending: (Value) -> SMTPOperation.Ending,
        _ body: () async throws(SMTPError) -> Value
    ) async throws(SMTPError) -> Value {
        let observation = configuration.began(kind(), at: site)
        do throws(SMTPError) {
            let value = try await body()
            observation.ended(ending(value))
            return value
        } catch {
            observation.ended(.failed(error))
            throw error
        }
    }
}

/// The numbers of connections in this process.
enum ConnectionNumber {
    private static let last = Atomic(0)

    static func next() -> Int {
        last.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
